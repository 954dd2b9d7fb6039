/**
 * An order out of its signed bytes alone: hashed here, read here, every member shown. What this file does not know it
 * shows under its own name rather than leaving it out.
 */
import { type Json, isList, isObject, memberText, parseCanonical } from './canonical.ts';
import { hashId } from './hash.ts';

export interface ReadOrder {
  /** base64url(SHA-256(bytes)), computed here. */
  readonly id: string;
  readonly bytes: string;
  readonly kind: string;
  readonly members: Readonly<Record<string, Json>>;
}

/** Null where the bytes are not the canonical form of an order. */
export async function readOrder(bytes: string): Promise<ReadOrder | null> {
  const value = parseCanonical(bytes);
  if (!isObject(value ?? undefined)) return null;
  const members = value as Readonly<Record<string, Json>>;
  const { kind, domain } = members;
  if (typeof kind !== 'string' || domain !== 'keyledger/order/v1') return null;
  return { id: await hashId(bytes), bytes, kind, members };
}

export function textOf({ members }: Pick<ReadOrder, 'members'>, name: string): string {
  return memberText(members, name);
}

/** Seconds since 1970, where the order names a time; NaN else. */
export function secondsOf({ members }: Pick<ReadOrder, 'members'>, name: string): number {
  const value = members[name];
  return typeof value === 'number' ? value : NaN;
}

export function listOf({ members }: Pick<ReadOrder, 'members'>, name: string): readonly string[] {
  const value = members[name];
  if (value === undefined || !isList(value)) return [];
  return value.filter((one) => typeof one === 'string');
}

/** How many modules it names, by themselves or by the root of their tree. */
export function modulesOf(order: Pick<ReadOrder, 'members'>): { readonly count: number; readonly root: string | null } {
  const { serials } = order.members;
  if (isObject(serials)) return { count: Number(serials['size']), root: memberText(serials, 'root') };
  return { count: listOf(order, 'serials').length, root: null };
}
