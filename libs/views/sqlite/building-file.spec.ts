/** A view database made by two threads: the same rows as one alone makes, and what fails in the other is told. */
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { temporaryFolder } from '#libs/event-store/sqlite/sqlite.harness.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { logOf } from '#test/kit/made-log.ts';
import { order, requested } from '#test/kit/order-examples.ts';
import { madeUpId } from '#test/kit/orders.ts';
import { Projection } from '../projection.ts';
import type { View } from '../view.ts';
import { BuildingFile } from './building-file.ts';
import { ViewFile } from './view-file.ts';

jest.setTimeout(60_000);

const TEXTS = ['a', 'ü', '語', '😀', '"\\\n\u0000'];

/** Orders, and sessions of stations whose names are of one octet a character, of two, of three and of four. */
const log = logOf(
  Array.from({ length: 60 }, (_, at) => at).flatMap((at) => {
    const session = `session-${at}`;
    const station = `ST-${TEXTS[at % TEXTS.length]}`;
    const established = { station, serial: `ATM-${at}`, fingerprint: madeUpId(String(at)), exporter: madeUpId('e') };
    return [
      [`order-${madeUpId(`order ${at}`)}`, requested(order)] as const,
      [session, { type: 'SessionEstablished', data: established }] as const,
      [session, { type: 'ReportAccepted', data: { fact: 'SessionEstablished' } }] as const,
      [session, { type: 'SessionClosed', data: { reason: TEXTS[at % TEXTS.length] } }] as const,
      [
        session,
        { type: 'ReportContested', data: { fact: 'SessionClosed', code: 'TOO_LATE', message: 'Late.' } },
      ] as const,
    ];
  }),
);

/** Events before a thread is begun: from the first one on, or never. */
const [TWO, ONE] = [0, Infinity];

let place: ReturnType<typeof temporaryFolder>;

beforeEach(() => {
  place = temporaryFolder();
});

afterEach(() => {
  place.drop();
});

const factOf = async (judgement: StoredEvent): Promise<StoredEvent | null> =>
  Promise.resolve(
    log.find(({ stream, revision }) => stream === judgement.stream && revision === judgement.revision - 1n) ?? null,
  );

/** In batches of eleven, the thread there behind the first where there is to be one. */
async function built(name: string, alone: number): Promise<ReadonlyMap<string, string>> {
  const file = join(place.folder, name);
  const store = new BuildingFile(file, alone);
  const projection = new Projection({ store, log: 'log', factOf, from: { position: null, events: 0 } });
  for (let at = 0; at < log.length; at += 11) {
    await projection.take(log.slice(at, at + 11));
    if (alone === TWO) await handedOver(store, at);
  }
  expect(store.isHandedOver).toBe(alone === TWO);
  await store.finish();
  await store.close();
  const views = ViewFile.open(file);
  expect(await views.progress('log')).toEqual({ position: log.at(-1)?.position, events: log.length });
  const digests = views.digests();
  await views.close();
  return digests;
}

/** Written without a change until the thread, which is begun by the first write, stands. */
async function handedOver(store: BuildingFile, at: number): Promise<void> {
  const last = log.slice(at, at + 11).at(-1);
  for (; !store.isHandedOver; await after(5))
    await store.write('log', [], { position: last?.position ?? null, events: Math.min(at + 11, log.length) });
}

/** Of no table. */
const NOWHERE: View = {
  name: 'nowhere',
  key: 'id',
  columns: ['id', 'what'],
  types: 'every',
  keysOf: () => [],
  apply: () => null,
};

test('a view database made by two threads has the rows of one made by one', async () => {
  expect(await built('two.sqlite', TWO)).toEqual(await built('one.sqlite', ONE));
});

test('what the thread could not write is told at the end at the latest, and the file can be closed', async () => {
  const store = new BuildingFile(join(place.folder, 'failing.sqlite'), TWO);
  await handedOver(store, 0);
  await store.write('log', [{ view: NOWHERE, rows: [{ id: 'a', what: null }], gone: [] }], {
    position: null,
    events: 12,
  });
  await expect(store.finish()).rejects.toThrow(/no such table: nowhere/);
  await store.close();
  await store.close();
});

test('nobody reads the views while a thread makes them, and a closed file is written no more', async () => {
  const store = new BuildingFile(join(place.folder, 'left.sqlite'), TWO);
  await handedOver(store, 0);
  await expect(store.progress('log')).rejects.toThrow(/nobody else reads/);
  await store.close();
  await expect(store.write('log', [], { position: null, events: 1 })).rejects.toThrow(/closed/);
});
