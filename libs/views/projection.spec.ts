/** The log told to the views: whatever the batches are cut into, the same rows; and a report moves nothing before it is accepted. */
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { personalizationStream } from '#libs/domain/personalization/personalization.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { type Told, logOf } from '#test/kit/made-log.ts';
import { approved, isOverdue, order, requested, spent, taken, withdrawn } from '#test/kit/order-examples.ts';
import { madeUpId } from '#test/kit/orders.ts';
import { VIEW_ENGINES, type ViewsHere } from '#test/kit/view-engines.ts';
import type { Rows } from '#test/kit/view-rows.ts';
import { Projection, rebuild } from './projection.ts';

jest.setTimeout(60_000);

const ID = madeUpId('order');
const RUN = personalizationStream(ID, 'ATM-1');
const ACCEPTED = (fact: string) => ({ type: 'ReportAccepted', data: { fact } });
const CONTESTED = (fact: string) => ({ type: 'ReportContested', data: { fact, code: 'TOO_LATE', message: 'Late.' } });
const JWK = { crv: 'P-256', kty: 'EC', x: madeUpId('x'), y: madeUpId('y') };

const facts: readonly Told[] = [
  [`order-${ID}`, requested(order)],
  [`order-${ID}`, approved('ana')],
  ['unit-U-1', { type: 'UnitEnrolled', data: { unit: 'U-1', credential: JWK, order: ID } }],
  [
    'card-C-1',
    {
      type: 'CardIssued',
      data: {
        card: 'C-1',
        deviceKey: 'AAAA',
        deviceCertificate: 'AAAA',
        custodians: ['kim', 'lee'],
        enforcement: 'device',
        order: ID,
      },
    },
  ],
  [`order-${ID}`, approved('bo')],
  ['card-C-1', { type: 'SigningKeyCertified', data: { cardKey: madeUpId('card') } }],
  ['card-C-1', { type: 'CardActivated', data: { cardKey: madeUpId('card'), approverSet: madeUpId('set') } }],
  [
    'security-module-ATM-1',
    {
      type: 'ModuleInitialized',
      data: { serial: 'ATM-1', moduleClass: 'atm', identityCertificate: 'AAAA', identityCa: 'AAAA' },
    },
  ],
  ['security-module-ATM-1', { type: 'ModuleDelivered', data: { to: 'bank' } }],
  ['security-module-ATM-1', { type: 'PersonalizationReserved', data: { order: ID, unit: 'U-1', until: 2000 } }],
  [`order-${ID}`, taken('ATM-1')],
  ['unit-U-1', { type: 'LineAttached', data: { order: ID, serial: 'ATM-1', link: 'v24', technician: 'tom' } }],
  ['unit-U-1', ACCEPTED('LineAttached')],
  [RUN, { type: 'PersonalizationStarted', data: { order: ID, serial: 'ATM-1', unit: 'U-1', technician: 'tom' } }],
  [RUN, ACCEPTED('PersonalizationStarted')],
  [
    RUN,
    {
      type: 'ModuleKeyReceived',
      data: {
        spki: 'AAAA',
        salt: 's',
        epoch: 1,
        birth: 'personalization',
        attestation: 'a',
        attestationSignature: 's',
      },
    },
  ],
  [RUN, ACCEPTED('ModuleKeyReceived')],
  [
    RUN,
    {
      type: 'CertificateIssued',
      data: { card: 'C-1', cardKey: madeUpId('card'), number: 1, entry: 'e', fingerprint: madeUpId('print') },
    },
  ],
  [RUN, ACCEPTED('CertificateIssued')],
  [`order-${ID}`, spent('ATM-1')],
  ['unit-U-1', { type: 'LineAttached', data: { order: ID, serial: 'ATM-2', link: 'v24', technician: 'tom' } }],
  ['unit-U-1', CONTESTED('LineAttached')],
  [
    'security-module-ATM-1',
    {
      type: 'ModuleEnteredOperation',
      data: { order: ID, fingerprint: madeUpId('print'), epoch: 1, statement: 's', signature: 's' },
    },
  ],
  ['security-module-ATM-1', ACCEPTED('ModuleEnteredOperation')],
  [`order-${ID}`, taken('ATM-2')],
  [`order-${ID}`, isOverdue('ATM-2')],
  [`order-${ID}`, withdrawn],
  ['security-module-ATM-1', { type: 'ModuleRetired', data: { order: ID, reason: 'broken' } }],
  ['card-C-1', { type: 'CardRetired', data: { order: ID, reason: 'broken' } }],
  ['unit-U-1', { type: 'UnitWithdrawn', data: {} }],
];
const log = logOf(facts);

const factOf = (events: readonly StoredEvent[]) => (judgement: StoredEvent) =>
  Promise.resolve(
    events.find(({ stream, revision }) => stream === judgement.stream && revision === judgement.revision - 1n) ?? null,
  );

async function* each(events: readonly StoredEvent[]): AsyncGenerator<StoredEvent> {
  yield* events;
}

/** Rows after the batches; each batch is told by a projection of its own, as after a restart. */
async function toldOn({ place, rows }: ViewsHere, batches: readonly (readonly StoredEvent[])[]): Promise<Rows> {
  await rebuild({ log: 'log', events: each([]), factOf: factOf(log), place });
  for (const batch of batches) {
    const store = await place.open();
    if (store === null) throw new Error('no views');
    const from = (await store.progress('log')) ?? { position: null, events: 0 };
    await new Projection({ store, log: 'log', factOf: factOf(log), from }).take(batch);
    await store.close();
  }
  return rows();
}

const cutInto = (events: readonly StoredEvent[], at: readonly number[]): readonly (readonly StoredEvent[])[] => {
  const ends = [...new Set([...at, events.length])].sort((a, b) => a - b);
  return ends.map((end, index) => events.slice(ends[index - 1] ?? 0, end));
};

for (const engine of VIEW_ENGINES)
  (engine.missing === null ? describe : describe.skip)(`the log told to the views on ${engine.name}`, () => {
    const toldIn = async (batches: readonly (readonly StoredEvent[])[]) => toldOn(await engine.make(), batches);
    afterAll(() => engine.end());

    test('gives the same rows wherever it is cut, also between a report and its judgement', async () => {
      const whole = await toldIn([log]);
      expect(await toldIn(log.map((event) => [event]))).toEqual(whole);
      const cuts = fc.array(fc.integer({ min: 1, max: log.length - 1 }), { maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(cuts, async (at) => expect(await toldIn(cutInto(log, at))).toEqual(whole)),
        { numRuns: engine.name === 'sqlite' ? 12 : 4, seed: 35 },
      );
    });

    test('moves nothing by a report that waits for its judgement, or that was contested', async () => {
      const attached = log.findIndex(({ type }) => type === 'LineAttached');
      const waiting = await toldIn([log.slice(0, attached + 1)]);
      expect(waiting.unit).toMatchObject([{ lines: 0, lineSerial: null }]);
      const judged = await toldIn([log.slice(0, attached + 2)]);
      expect(judged.unit).toMatchObject([{ lines: 1, lineSerial: 'ATM-1', position: log[attached + 1]?.position }]);
      const all = await toldIn([log]);
      expect(all.unit).toMatchObject([{ lines: 1 }]);
      const contested = (all.event ?? []).filter((row) => 'contested' in row && row.contested === 1);
      expect(contested).toMatchObject([
        { type: 'LineAttached', serial: 'ATM-2', contestCode: 'TOO_LATE' },
        { type: 'ReportContested', serial: 'ATM-2', contestCode: 'TOO_LATE' },
      ]);
    });

    test('takes every key of whatever is retired or withdrawn along', async () => {
      const retiring = log.findIndex(({ type }) => type === 'ModuleRetired');
      const states = (rows: Rows) =>
        Object.fromEntries((rows.key_view ?? []).map((row) => [String(row.kind), row.state]));
      expect(states(await toldIn([log.slice(0, retiring)]))).toEqual({
        'unit-credential': 'active',
        'device-key': 'active',
        'signing-key': 'active',
        'identity-key': 'active',
        'module-key': 'active',
      });
      expect(states(await toldIn([log]))).toEqual({
        'unit-credential': 'deactivated',
        'device-key': 'deactivated',
        'signing-key': 'deactivated',
        'identity-key': 'deactivated',
        'module-key': 'deactivated',
      });
    });

    test('says of an order what its decider says', async () => {
      const { order_view: orders } = await toldIn([log]);
      expect(orders).toMatchObject([
        {
          state: 'withdrawn',
          taken: JSON.stringify([
            { unit: 'unit-1', serial: 'ATM-1' },
            { unit: 'unit-1', serial: 'ATM-2' },
          ]),
          overdue: '["ATM-2"]',
          since: 0,
        },
      ]);
    });

    test('writes rows and position together: a batch that fails leaves neither', async () => {
      const { place, rows } = await engine.make();
      await rebuild({ log: 'log', events: each(log.slice(0, 4)), factOf: factOf(log), place });
      const before = await rows();
      const store = await place.open();
      const from = (await store?.progress('log')) ?? null;
      if (store === null || from === null) throw new Error('no views');
      const again = [...log.slice(4, 7), { ...log[7]!, position: log[7]!.position, type: null as never }];
      await expect(new Projection({ store, log: 'log', factOf: factOf(log), from }).take(again)).rejects.toThrow(
        /not.null/i,
      );
      await store.close();
      expect(await rows()).toEqual(before);
    });
  });
