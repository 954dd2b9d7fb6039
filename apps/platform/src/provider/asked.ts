/** What is asked of a provider over HTTP: never a redirect followed, never longer than a few seconds or octets. */
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';

const TIMEOUT_MS = 10_000;
const OCTETS_MAX = 262_144;

export type Answered = Readonly<Record<string, unknown>>;

export const SILENT = refuse(
  'PROVIDER_SILENT',
  'The provider does not answer as OpenID Connect has it; sign in by your key, or later.',
);

/** The JSON object of the answer, whatever its status below 500. */
export async function asked(url: string, init: RequestInit = {}): Promise<Answered | Refusal> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, { ...init, redirect: 'error', signal });
    if (response.status >= 500) return SILENT;
    const value: unknown = JSON.parse(await bounded(response));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Answered) : SILENT;
  } catch {
    return SILENT; // not reachable, too slow, too long, no JSON
  }
}

async function bounded({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let [text, octets] = ['', 0];
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    octets += chunk.length;
    if (octets > OCTETS_MAX) throw new Error('too long');
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

export function textIn(answered: Answered, member: string): string {
  const value = answered[member];
  return typeof value === 'string' ? value : '';
}
