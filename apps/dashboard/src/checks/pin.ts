/** The deployment that this browser knows: pinned at the first sign-in, held against the founding ever after. */
import { hashId } from './hash.ts';

export interface Founding {
  /** SHA-256 of the founding, base64url. */
  readonly genesis: string;
  /** Canonical JSON. */
  readonly founding: string;
}

const KEPT = 'keyledger genesis';

/** With the pinned genesis in the place of the told one: another founding does not pass for ours. */
export function pinned({ genesis, founding }: Founding): { readonly genesis: string; readonly text: string } {
  const known = localStorage.getItem(KEPT);
  if (known === null) localStorage.setItem(KEPT, genesis);
  return { genesis: known ?? genesis, text: founding };
}

/** Pins another one: told by a link of the reader's own machine, or compared by him. */
export function pin(genesis: string): void {
  localStorage.setItem(KEPT, genesis);
}

/** Null where none was pinned yet. */
export function pinnedGenesis(): string | null {
  return localStorage.getItem(KEPT);
}

/** Whether the founding is the one whose hash this browser pinned. */
export async function isPinned(told: Founding): Promise<boolean> {
  const { genesis, text } = pinned(told);
  return (await hashId(text)) === genesis;
}
