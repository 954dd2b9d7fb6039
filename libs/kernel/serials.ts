/** The serials that an order names: up to sixteen by themselves, or up to 256 by the root of a tree over them. */
import { type Refusal, refuse } from './refusal.ts';
import { type Template, closed, hash, integer, list, name } from './template.ts';

export const SERIALS_MAX = { listed: 16, inTree: 256 } as const;

/** RFC 6962 tree over unique ascending serials; a leaf is a serial's ASCII octets. `root` is base64url. */
export interface SerialTree {
  readonly root: string;
  readonly size: number;
}

export type OrderSerials = readonly string[] | SerialTree;

const listed = list(name, 1, SERIALS_MAX.listed);
const tree = closed({ root: hash, size: integer(1, SERIALS_MAX.inTree) });

export function isSerialTree(serials: OrderSerials): serials is SerialTree {
  return 'root' in serials;
}

/** A list or a tree. A list must be unique and ascending: one set of serials has one spelling. */
export const serials: Template<OrderSerials> = (value, path) => {
  if (typeof value === 'object' && value !== null && 'root' in value) return tree(value, path);
  return listed(value, path);
};

export const BAD_SERIALS = refuse('BAD_SERIALS', 'The serials of an order must be unique and ascending.');

export function areAscending(all: readonly string[]): boolean {
  return all.every((serial, at) => at === 0 || (all[at - 1] ?? '') < serial);
}

/** Null for a tree: whoever holds its list checks that. */
export function serialsHold(given: OrderSerials): Refusal | null {
  return isSerialTree(given) || areAscending(given) ? null : BAD_SERIALS;
}

/** As a person reads it: the serials, or how many and the root of their list. */
export function saidSerials(given: OrderSerials): string {
  return isSerialTree(given) ? `${given.size} modules (list ${given.root})` : given.join(', ');
}
