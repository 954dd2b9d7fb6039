/** The custodians' verbs beside a running house: a log that is archived, a PIN that is given anew, a card that is ended. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openCard } from '#apps/keyledger/src/demo/images.ts';
import { servesNoMore, tellServing } from '#apps/keyledger/src/demo/running.ts';
import { issueCard } from '#apps/keyledger/src/story/card.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { orderFor, personalized, registerModule } from '#apps/keyledger/src/story/personalization.ts';
import { type Act, custodians } from '#apps/keyledger/src/verbs/custodians.ts';
import { lease } from '#apps/keyledger/src/verbs/field-lease.ts';
import { type HouseInProcess, houseInProcess } from './house-in-process.ts';
import { PeopleBench, codeOf } from './people-bench.ts';
import { heard } from './story-record.ts';

let it: HouseInProcess;
let orderId: string;
const image = () => openCard(it.house.deployment.places).read();
const does = async (act: Act, pin?: string) => {
  const { terminal, lines, warnings } = heard();
  return { code: await custodians({ act, folder: it.folder, card: 'C-0042', pin }, terminal), lines, warnings };
};

beforeAll(async () => {
  it = await houseInProcess();
  await founding(it.world);
  const card = await issueCard(it.world);
  await registerModule(it.world);
  const order = orderFor(it.world, card)('personalize');
  orderId = order.id;
  await personalized(it.world, order);
}, 180_000);

afterAll(() => it?.close());

describe('the custodians of a chip card', () => {
  test('are told where nothing serves the folder', async () => {
    servesNoMore(it.house.deployment.places);
    await expect(does('archive')).rejects.toMatchObject({ code: 'NOT_RUNNING' });
    tellServing(it.house);
  });

  test('S29a archive its log: the entries lie at headquarters, and the card goes on where it stood', async () => {
    const [entry] = image().log;
    expect(await does('archive')).toMatchObject({ code: 0, lines: ['C-0042: 1 entries lie in the archive.'] });
    expect(image()).toMatchObject({ log: [], archived: { number: 1 } });
    const file = join(dirname(it.house.deployment.places.headquarters.leaseKey), 'archive-C-0042.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual([entry?.entry]);
    expect(await does('archive')).toMatchObject({ code: 0 });
  }, 180_000);

  test('S29b give a lease for the field where their own policy allows it, and the record says so', async () => {
    const gives = async (entries: number, order = orderId) => {
      const { terminal, lines, warnings } = heard();
      return { code: await lease({ folder: it.folder, card: 'C-0042', order, entries }, terminal), lines, warnings };
    };
    const refused = (code: string) => ({ code: 1, warnings: [expect.stringContaining(code)] });
    expect(await gives(2)).toMatchObject(refused('FIELD_ENTRIES'));
    const policy = join(dirname(it.house.deployment.places.headquarters.leaseKey), 'policy.json');
    writeFileSync(policy, JSON.stringify({ fieldEntriesMax: 4, more: 1 }));
    await expect(gives(2)).rejects.toThrow('cannot be used');
    writeFileSync(policy, JSON.stringify({ fieldEntriesMax: 4 }));
    expect(await gives(5)).toMatchObject(refused('FIELD_ENTRIES'));
    expect(await gives(2, 'A'.repeat(43))).toMatchObject(refused('ORDER_UNKNOWN'));
    expect(await gives(4)).toMatchObject({ code: 0, lines: [expect.stringContaining('4 times in the field')] });
    expect(image().keptLease).toMatchObject({ entriesLeft: 4 });
    const given = (await it.events()).filter(({ type }) => type === 'FieldLeaseGiven');
    expect(given.map(({ data }) => data)).toEqual([expect.objectContaining({ entries: 4, after: 1 })]);
  }, 180_000);

  test('S31b bring it the set that the set it holds approved, once, and nothing else', async () => {
    expect(await does('adopt')).toMatchObject({ code: 1, warnings: [expect.stringContaining('SET_NOTHING_NEW')] });
    const bench = new PeopleBench(it);
    const before = image().customer?.approverSet;
    for (const again of [2, 3]) {
      const set = bench.later();
      expect(codeOf(await bench.adopts(await bench.ordered(bench.adoption(set)), set))).toBe('done');
      bench.inForce = set;
      expect(set.version).toBe(again);
    }
    expect(await does('adopt')).toMatchObject({ code: 0, lines: ['C-0042 holds approver set 3.'] });
    expect(image().customer?.approverSet).not.toBe(before);
    expect(await does('adopt')).toMatchObject({ code: 1, warnings: [expect.stringContaining('SET_NOTHING_NEW')] });
  }, 180_000);

  test('unblock the technician, and end the card for ever', async () => {
    expect(await does('unblock', '1')).toMatchObject({ code: 1, warnings: [expect.stringContaining('PIN_LENGTH')] });
    expect(await does('unblock', '424242')).toMatchObject({ code: 0 });
    expect(await does('block')).toMatchObject({ code: 0, lines: ['The card is blocked for ever.'] });
    expect(image()).toMatchObject({ life: 'blocked', signingKey: null });
    expect(await does('unblock', '424242')).toMatchObject({
      code: 1,
      warnings: [expect.stringContaining('CARD_BLOCKED')],
    });
  }, 180_000);
});
