/** The projector keeps the views behind the log, whatever happens to their file, and tells who waits. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { orderDecider, orderStream } from '#libs/domain/order/order.ts';
import { type HandlePort, handle } from '#libs/event-store/handle.ts';
import { MemoryEventStore } from '#libs/event-store/memory/memory-store.ts';
import { recordedTimes } from '#libs/event-store/recorded-times.ts';
import { systemClock } from '#libs/kernel/clock.ts';
import { uuidv7 } from '#libs/kernel/ids.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { openReading } from '#libs/views/sqlite/reading.ts';
import { ViewFolder } from '#libs/views/sqlite/view-folder.ts';
import { personalizeOrder } from '#test/kit/orders.ts';
import { request } from '#test/kit/order-examples.ts';
import { viewRows } from '#test/kit/view-rows.ts';
import { Projector } from './projector.ts';

const folder = mkdtempSync(join(tmpdir(), 'kl-projector-'));
afterAll(() => rmSync(folder, { recursive: true }));

let places = 0;
const newPlace = (): ViewFolder => new ViewFolder(join(folder, String((places += 1))));

async function newPort(): Promise<HandlePort> {
  const store = new MemoryEventStore();
  return { store, times: await recordedTimes(store, systemClock) };
}

/** Requests an order of its own; gives the receipt's position. */
async function appends(port: HandlePort, id: string): Promise<string> {
  const order = personalizeOrder();
  const it = { decider: orderDecider, stream: orderStream(id), command: request(order) };
  const outcome = await handle(port, { ...it, commandId: uuidv7(), actor: 'test', operation: 'test' });
  if (isRefusal(outcome)) throw new Error(outcome.code);
  return outcome.position ?? '';
}

const opened: { close: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function started(port: HandlePort, place: ViewFolder) {
  const failures: unknown[] = [];
  const projector = new Projector({ store: port.store, place, openReading });
  opened.push(projector);
  await projector.start((error) => failures.push(error));
  return { projector, failures };
}

const orderCount = async (projector: Projector<Awaited<ReturnType<typeof openReading>>>): Promise<number> =>
  (await projector.reading()?.order.findMany())?.length ?? NaN;

describe('the projector', () => {
  test('serves an empty log, and whoever waits for a position sees it', async () => {
    const port = await newPort();
    const { projector } = await started(port, newPlace());
    expect(projector.state).toEqual({ is: 'serving', position: null });
    for (let count = 1; count <= 20; count += 1) {
      const position = await appends(port, String(count));
      expect(await projector.reached(position, 5000)).toBe(true);
      expect(await orderCount(projector)).toBe(count);
    }
    expect(await projector.reached('99999999999999999999', 50)).toBe(false);
  });

  test('goes on where it stood, and tells no event twice', async () => {
    const [port, place] = [await newPort(), newPlace()];
    await appends(port, 'a');
    const first = await started(port, place);
    await first.projector.close();
    const before = place.identity();
    const position = await appends(port, 'b');
    const { projector } = await started(port, place);
    expect(await projector.reached(position, 5000)).toBe(true);
    expect([place.identity(), await orderCount(projector)]).toEqual([before, 2]);
    expect(viewRows(place.file).progress).toMatchObject([{ events: (viewRows(place.file).event ?? []).length }]);
  });

  test('ahead of its log, as after a backup was put back, it makes the views anew', async () => {
    const [port, place] = [await newPort(), newPlace()];
    await appends(port, 'a');
    await (await started(port, place)).projector.close();
    const rows = viewRows(place.file);
    const store = await place.open();
    const beyond = '00000000000000000099' as never;
    await store?.write(await port.store.identity(), [], { position: beyond, events: 100 });
    await store?.close();
    const { projector, failures } = await started(port, place);
    expect([await orderCount(projector), failures]).toEqual([1, []]);
    expect(viewRows(place.file)).toEqual(rows);
  });

  test('a reader that finds them broken has them made anew', async () => {
    const [port, place] = [await newPort(), newPlace()];
    const position = await appends(port, 'a');
    const { projector } = await started(port, place);
    const before = place.identity();
    projector.broken();
    expect(projector.reading()).toBeNull();
    expect(projector.state.is).toBe('rebuilding');
    expect(await projector.reached(position, 5000)).toBe(true);
    expect(await orderCount(projector)).toBe(1);
    expect(place.identity()).not.toBe(before);
  });

  test('fails loudly when the store does', async () => {
    const port = await newPort();
    const { failures } = await started(port, newPlace());
    await port.store.close();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(failures).toMatchObject([{ code: 'Unavailable' }]);
  });
});
