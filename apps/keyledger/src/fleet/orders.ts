/** The orders of a fleet: which modules each gives to the unit. Kept before anybody is asked, so that a run cut off is taken up. */
import { utf8 } from '#libs/kernel/bytes.ts';
import { type Order, parseOrder } from '#libs/kernel/order.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { type OrderSerials, SERIALS_MAX } from '#libs/kernel/serials.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';
import { serialTree } from '#libs/serial-tree/serial-tree.ts';
import { personalizationOrder } from '../story/personalization.ts';
import { StoryBroken } from '../story/teller.ts';
import type { World, WrittenOrder } from '../story/world.ts';
import type { FleetRecord } from './record.ts';

/** Modules under one approval: people should still be able to look through the list. */
export const MODULES_PER_ORDER = 100;

export interface FleetOrder {
  readonly name: string;
  /** Unique, ascending. */
  readonly serials: readonly string[];
}

export interface WrittenFleetOrder extends FleetOrder {
  readonly written: WrittenOrder;
}

export class FleetOrders {
  readonly #file: string;
  #orders: readonly FleetOrder[];

  constructor(file: string) {
    this.#file = file;
    const kept = readWhole(file);
    this.#orders = kept === null ? [] : (JSON.parse(Buffer.from(kept).toString('utf8')) as FleetOrder[]); // our own file
  }

  get all(): readonly FleetOrder[] {
    return this.#orders;
  }

  /** New orders over these modules, at most a hundred each; durable before they are answered. */
  add(serials: readonly string[]): readonly FleetOrder[] {
    const sorted = [...serials].sort();
    const count = Math.ceil(sorted.length / MODULES_PER_ORDER);
    const fresh = Array.from({ length: count }, (_, at) => ({
      name: `personalize-${this.#orders.length + at + 1}`,
      serials: sorted.slice(at * MODULES_PER_ORDER, (at + 1) * MODULES_PER_ORDER),
    }));
    if (fresh.length === 0) return [];
    const next = [...this.#orders, ...fresh];
    replaceWhole(this.#file, utf8(JSON.stringify(next, null, 2)));
    this.#orders = next;
    return fresh;
  }
}

/** What an order names: its serials, or the root of the tree over them where they are too many to stand in it. */
function namedIn(serials: readonly string[]): OrderSerials {
  if (serials.length <= SERIALS_MAX.listed) return serials;
  const tree = serialTree(serials);
  if (isRefusal(tree)) throw new StoryBroken(tree);
  return tree;
}

/** The bytes of an order, written once and the same ever after. */
export function written(world: World, order: FleetOrder, cardKey: string): WrittenFleetOrder {
  const serials = namedIn(order.serials);
  return { ...order, written: personalizationOrder(world, { name: order.name, cardKey, serials }) };
}

export function orderIn(text: string): Extract<Order, { kind: 'personalize' }> {
  const order = parseOrder(utf8(text));
  if (isRefusal(order)) throw new StoryBroken(order);
  if (order.kind !== 'personalize') throw new Error('an order of another kind stands among those of the fleet');
  return order;
}

/** Modules that still wait under an order: neither in operation nor failed under it, and the order still to be used. */
export function waitingUnder(order: WrittenFleetOrder, record: FleetRecord, now: number): readonly string[] {
  const { notAfter, cardKey } = orderIn(order.written.text);
  if (notAfter < now || record.ending(order.written.id) !== null || record.disabled(cardKey) !== null) return [];
  return order.serials.filter(
    (serial) => !record.operates(serial) && record.failureUnder(order.written.id, serial) === null,
  );
}
