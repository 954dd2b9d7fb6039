/** Cursors: the key of a row in one ordering, opaque to whoever holds it. */
import { fromBase64url } from '#libs/kernel/bytes.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';

export interface KeyColumn {
  readonly name: string;
  readonly type: 'number' | 'string';
}

/** How a connection is ordered, newest first; the last column tells any two rows apart. */
export interface Ordering {
  /** Stands in its cursors, so that none is taken for another's. */
  readonly name: string;
  readonly columns: readonly KeyColumn[];
}

/** Values of an ordering's columns. */
export type Key = readonly (string | number)[];

const VERSION = 1;
const CHARACTERS_MAX = 1000;

export function cursorOf({ name }: Ordering, key: Key): string {
  return Buffer.from(JSON.stringify([VERSION, name, ...key])).toString('base64url');
}

/** The key in a cursor; refuses BAD_CURSOR for what is none of this ordering. */
export function keyIn({ name, columns }: Ordering, cursor: string): Key | Refusal {
  const octets = cursor.length > CHARACTERS_MAX ? null : fromBase64url(cursor);
  const [version, ordering, ...key] = octets === null ? [] : listIn(Buffer.from(octets).toString('utf8'));
  const fits = key.length === columns.length && columns.every(({ type }, index) => typeof key[index] === type);
  if (version === VERSION && ordering === name && fits) return key as Key;
  return refuse('BAD_CURSOR', 'This is no cursor of this connection and filter; begin again without one.');
}

function listIn(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
