/** Free text: every word must stand in the event. Words are looked up in their index; a hash in the columns that hold hashes. */
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import type { Reading } from '../sqlite/reading.ts';

export interface Search {
  /** Words that must all stand there, one that ends in `*` as a beginning; null where only hashes were asked for. */
  readonly match: readonly string[] | null;
  readonly hashes: readonly string[];
}

const CHARACTERS_MAX = 200;
const WORDS_MAX = 8;
const HASHES_MAX = 2;
const HASH = /^[A-Za-z0-9_-]{43}$/;

/** Words that are parted by blanks; one that ends in `*` is the beginning of a word. Refuses BAD_FILTER, TEXT_INDEX_BUILDING. */
export async function searchIn(
  reading: Reading,
  text: string,
  alongside: readonly string[],
): Promise<Search | Refusal> {
  const words = wordsIn(text);
  const hashes = words.filter((word) => HASH.test(word));
  const others = words.filter((word) => !HASH.test(word));
  if (text.length > CHARACTERS_MAX || words.length === 0 || others.length > WORDS_MAX || hashes.length > HASHES_MAX)
    return refuse('BAD_FILTER', `A text has from 1 to ${WORDS_MAX} words, and ${CHARACTERS_MAX} characters at most.`);
  if (others.length === 0) return { match: null, hashes };
  const sql = 'SELECT words, events FROM progress WHERE id = 1';
  const [progress] = await reading.rowsOf<{ words: number; events: number }>(sql, []);
  if (progress === undefined || progress.words < progress.events)
    return refuse(
      'TEXT_INDEX_BUILDING',
      `The words of ${progress?.words ?? 0} of ${progress?.events ?? 0} events can be searched so far; ask again in a moment.`,
    );
  return { match: [...others, ...alongside], hashes };
}

/** Words that hold anything to look for. */
export function wordsIn(text: string): readonly string[] {
  return text.split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
}
