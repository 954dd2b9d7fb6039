/** `fleet personalize`: orders for many modules, each approved once by two persons, and then a look at the unit's work. */
import { utf8 } from '#libs/kernel/bytes.ts';
import { orderId, renderOrder } from '#libs/kernel/order.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { listsSerials } from '#libs/serial-tree/serial-tree.ts';
import { Complaint } from '../config.ts';
import { FLEET_CARD } from '../demo/names.ts';
import { type FleetDesk, fleetCard, openDesk } from '../fleet/desk.ts';
import { machinesIn } from '../fleet/machines.ts';
import { FleetOrders, type WrittenFleetOrder, orderIn, waitingUnder, written } from '../fleet/orders.ts';
import type { FleetRecord } from '../fleet/record.ts';
import type { ShownOrder } from '../fleet/platform.ts';
import { StoryBroken } from '../story/teller.ts';
import { pause } from '../story/world.ts';
import type { Terminal } from '../terminal.ts';
import type { FleetOptions } from './fleet-place.ts';

export interface PersonalizeOptions extends FleetOptions {
  /** How many machines are to operate afterwards, in the order of their serials; default all that stand in their place. */
  readonly count?: number;
}

const LOOK_MS = 200;
/** So long nothing may move before somebody is told. */
const PATIENCE_MS = 120_000;

/** 0 where all of them operate, 1 where some failed, each named with its code. Killed, it is run again. */
export async function fleetPersonalize(options: PersonalizeOptions, terminal: Terminal): Promise<number> {
  const desk = await openDesk(options);
  try {
    const wanted = wantedOf(desk, options.count);
    const orders = await ordersFor(desk, wanted);
    for (const order of orders) await approvedOnce(desk, order, terminal);
    await worked(desk, { orders, wanted }, terminal);
    return told(desk, { orders, wanted }, terminal);
  } finally {
    await desk.close();
  }
}

function wantedOf({ places, record }: FleetDesk, count: number | undefined): readonly string[] {
  const standing = machinesIn(places.fleet.machines)
    .map(({ serial }) => serial)
    .filter((serial) => record.module(serial)?.site != null);
  if (standing.length === 0)
    throw new Complaint('NOTHING_PLACED', 'No machine stands in its place; begin with keyledger fleet place.');
  return standing.slice(0, count);
}

/** Those that were cut off before, and new ones for whatever no open order holds. */
async function ordersFor(desk: FleetDesk, wanted: readonly string[]): Promise<readonly WrittenFleetOrder[]> {
  const { world, record, places } = desk;
  const { cardKey } = await fleetCard(desk);
  const disabled = record.disabled(cardKey);
  if (disabled !== null)
    throw new Complaint(disabled, `Chip card ${FLEET_CARD} of the fleet certifies nothing more: ${disabled}.`);
  const orders = new FleetOrders(places.fleet.orders);
  const now = world.clock.seconds();
  const isOpen = (order: WrittenFleetOrder) => waitingUnder(order, record, now).length > 0;
  const open = orders.all.map((order) => written(world, order, cardKey)).filter(isOpen);
  const held = new Set(open.flatMap((order) => waitingUnder(order, record, now)));
  const fresh = orders.add(wanted.filter((serial) => !record.operates(serial) && !held.has(serial)));
  return [...open, ...fresh.map((order) => written(world, order, cardKey))];
}

/** Clara asks; Anna and Bo are shown bytes and list by the platform, look at both, and sign the bytes. */
async function approvedOnce({ platform }: FleetDesk, order: WrittenFleetOrder, terminal: Terminal): Promise<void> {
  held(await platform.request('clara', order.written, order.serials));
  const shown = await platform.shown(order.written.id);
  const sentence = shown === null ? null : readBeforeSigning(order, shown);
  if (shown === null || sentence === null)
    throw new Complaint(
      'BAD_SERIALS',
      `The platform shows other bytes or another list than order ${order.written.id}.`,
    );
  terminal.line(`${sentence}\n      One approval for ${order.serials.length} modules: order ${order.written.id}.`);
  for (const who of ['anna', 'bo'] as const) held(await platform.approve(who, order.written, shown));
  terminal.data({ order: order.written.id, serials: order.serials.length });
}

/** What stands in the bytes, when they and the list are what they should be; null when they are not. */
function readBeforeSigning(order: WrittenFleetOrder, { bytes, serials }: ShownOrder): string | null {
  if (orderId(utf8(bytes)) !== order.written.id || !listsSerials(orderIn(bytes).serials, serials)) return null;
  const lines = renderOrder(utf8(bytes));
  return isRefusal(lines) ? null : (lines[0] ?? null);
}

function held<T>(outcome: T | Refusal): T {
  if (isRefusal(outcome)) throw new StoryBroken(outcome);
  return outcome;
}

interface Run {
  readonly orders: readonly WrittenFleetOrder[];
  readonly wanted: readonly string[];
}

/** Until each operates, or has failed under its last order. */
async function worked({ world, record }: FleetDesk, { orders, wanted }: Run, terminal: Terminal): Promise<void> {
  for (let stillMs = 0; ; stillMs += LOOK_MS) {
    if ((await record.readOn()) > 0) stillMs = 0;
    const now = world.clock.seconds();
    const waiting = orders.flatMap((order) => waitingUnder(order, record, now)).filter((one) => wanted.includes(one));
    terminal.progress('personalize', wanted.length - waiting.length, wanted.length);
    if (waiting.length === 0) return;
    if (stillMs >= PATIENCE_MS)
      throw new Complaint(
        'FLEET_STALLED',
        `Nothing moved for ${PATIENCE_MS / 1000} s; ${waiting.length} modules wait. Look at the unit, and run this again.`,
      );
    await pause(LOOK_MS);
  }
}

function told({ record }: FleetDesk, { orders, wanted }: Run, terminal: Terminal): number {
  const failed = wanted
    .map((serial) => ({ serial, code: nameOf(record, orders, serial) }))
    .filter(({ code }) => code !== null);
  for (const { serial, code } of failed) terminal.warn(`${serial}: ${code}`);
  const operating = wanted.length - failed.length;
  terminal.line(`${operating} of ${wanted.length} modules operate.`);
  terminal.data({ operating, wanted: wanted.length, failed });
  return failed.length === 0 ? 0 : 1;
}

/** Why a module does not operate, or is let in nowhere: what its unit said, or what became of order and card; else null. */
function nameOf(record: FleetRecord, orders: readonly WrittenFleetOrder[], serial: string): string | null {
  if (record.operates(serial)) return record.shutOut(serial);
  const order = orders.findLast(({ serials }) => serials.includes(serial));
  if (order === undefined) return record.failure(serial) ?? 'NOT_ORDERED';
  const failure = record.failureUnder(order.written.id, serial);
  if (failure !== null) return failure;
  return record.disabled(orderIn(order.written.text).cardKey) ?? record.ending(order.written.id) ?? 'ORDER_EXPIRED';
}
