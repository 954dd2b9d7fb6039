/** Words of an event for free text, where the database does not cut them itself: as SQLite's `unicode61` does. */
import type { Row } from './view.ts';

/** Longer texts are hashes, keys and signatures, which nobody types; but sentences and orders are read to the end. */
export const WORD_MAX = 42;
export const WORDS_MAX = 4000;

/** Letters and digits in small letters, in their order; Latin ones without their accent, where they bear one alone. */
export function tokensOf(text: string): readonly string[] {
  const plain = text
    .replace(/\p{Script=Latin}/gu, bare)
    .replace(/[\u0300-\u0331]/g, '')
    .toLowerCase();
  return plain.match(/[\p{L}\p{N}\p{Co}]+/gu) ?? [];
}

function bare(letter: string): string {
  const [base = letter, ...accents] = letter.normalize('NFD');
  return accents.length === 1 ? base : letter;
}

/** Type, actor, stream and every text that the data holds, at any depth. */
export function wordsOfEvent({ type, actor, stream, room, data }: Row): string {
  const name = String(stream);
  const said = [...textsIn(JSON.parse(String(data)), null)].join(' ').slice(0, WORDS_MAX);
  return [type, actor, name.length <= WORD_MAX ? name : room, said].map(String).join(' ');
}

function* textsIn(value: unknown, key: string | null): Generator<string> {
  if (typeof value === 'string') {
    if (value.length <= WORD_MAX || value.includes(' ') || key === 'bytes') yield value;
  } else if (Array.isArray(value)) {
    for (const one of value) yield* textsIn(one, null);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, one] of Object.entries(value)) yield* textsIn(one, name);
  }
}
