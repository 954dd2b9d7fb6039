/**
 * Trusted documents: questions that are known by their hash (`trusted-documents.json` beside the record). Whoever sends the hash
 * need not send the question; and where the operator says so, people's sessions may ask nothing else.
 */
import { createHash } from 'node:crypto';
import { readWhole } from '#libs/local/durable-file.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';

export interface TrustedDocuments {
  /** By `sha256:` and the hash in hex. */
  readonly byId: ReadonlyMap<string, string>;
  /** Whether people may ask these alone; devices are bound by what they are. */
  readonly only: boolean;
}

export const NO_DOCUMENTS: TrustedDocuments = { byId: new Map(), only: false };

const UNKNOWN = refuse('DOCUMENT_UNKNOWN', 'No question of this id is known here; send the question itself.');
const NOT_TRUSTED = refuse('DOCUMENT_NOT_TRUSTED', 'Sessions of people ask trusted documents alone here.');

/** None where there is no such file. Throws one clear sentence where it makes no sense. */
export function readDocuments(file: string): TrustedDocuments {
  const octets = readWhole(file);
  if (octets === null) return NO_DOCUMENTS;
  const { only, documents } = parsed(file, Buffer.from(octets).toString('utf8'));
  if (typeof only !== 'boolean' || !Array.isArray(documents) || !documents.every((one) => typeof one === 'string'))
    throw new Error(`The file ${file} cannot be used: it is {"only": true or false, "documents": [questions]}.`);
  return { only, byId: new Map(documents.map((one: string) => [idOf(one), one])) };
}

/** `sha256:` and 64 hex digits. */
export function idOf(document: string): string {
  return `sha256:${createHash('sha256').update(document).digest('hex')}`;
}

/** The question that is meant; refuses DOCUMENT_UNKNOWN, and DOCUMENT_NOT_TRUSTED where people ask and it is none of these. */
export function meant(
  { byId, only }: TrustedDocuments,
  asked: { readonly id: string | null; readonly query: string | null; readonly byPerson: boolean },
): string | null | Refusal {
  const { id, query, byPerson } = asked;
  if (id !== null) return byId.get(id) ?? UNKNOWN;
  if (!only || !byPerson || query === null) return query;
  return byId.has(idOf(query)) ? query : NOT_TRUSTED;
}

function parsed(file: string, text: string): { only?: unknown; documents?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    throw new Error(`The file ${file} cannot be used: it is no JSON.`);
  }
}
