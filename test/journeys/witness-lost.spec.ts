/**
 * The only witness is lost: nothing new is trusted anywhere until two officers let another one in. Platform, station and
 * auditor each follow the approved order, and what the lost one signs afterwards counts for nobody. The other one is a real process.
 */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { FLEET_CARD, WITNESS } from '#apps/keyledger/src/demo/names.ts';
import { placesIn } from '#apps/keyledger/src/demo/places.ts';
import { issueCard } from '#apps/keyledger/src/story/card.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { Teller } from '#apps/keyledger/src/story/teller.ts';
import { World } from '#apps/keyledger/src/story/world.ts';
import { verify } from '#apps/keyledger/src/verbs/verify.ts';
import { readAddresses } from '#apps/platform/src/seal/witness-addresses.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import { systemClock } from '#libs/kernel/clock.ts';
import { entryOfCanonical } from '#libs/kernel/event.ts';
import { orderId } from '#libs/kernel/order.ts';
import { isFinding, replay } from '#libs/proof/replay.ts';
import { cosign, withSignatures } from '#libs/seal/cosignature.ts';
import { cosignatureKey } from '#libs/seal/note-key.ts';
import { type Data, type Log, altered, dataOf, nth, numbered, without } from './forgery.ts';
import { type HouseInProcess, houseInProcess } from './house-in-process.ts';
import { PeopleBench, codeOf } from './people-bench.ts';
import { keyledger } from './real-processes.ts';
import { heard } from './story-record.ts';
import { until } from './until.ts';

const SECOND = 'second.example/witness';
const room = mkdtempSync(join(tmpdir(), 'kl-lost-'));
const [folder, own] = [join(room, 'data'), join(room, 'second')];
const { platform, station } = placesIn(folder);
const address = join(room, 'second.sock');

interface Seal {
  readonly size: number;
  readonly cosignedSize: number;
  readonly witnesses: readonly { readonly name: string; readonly problem: string | null }[];
}

let it: HouseInProcess;
let key: string;

const bereft = () => houseInProcess({ folder, stationConfig: ({ witness: _, ...given }) => given });

beforeAll(async () => {
  const first = await houseInProcess({ folder });
  await founding(first.world);
  await issueCard(first.world);
  await first.close();
  const made = await keyledger({ args: ['witness', 'init', '--name', SECOND, '--data', own, '--json'] }).ended;
  key = (JSON.parse(made.stdout) as { witness: string }).witness;
  const { logKey } = first.house.deployment.founding;
  const serving = Promise.withResolvers<void>();
  keyledger({
    args: ['witness', 'serve', '--log-key', logKey, '--listen', address, '--data', own, '--json'],
    onLine: (line) => void (line.serving !== undefined && serving.resolve()),
  });
  await serving.promise;
  writeFileSync(join(platform.folder, 'witnesses.json'), JSON.stringify([{ name: SECOND, address }]));
  it = await bereft();
}, 180_000);

afterAll(async () => {
  await it?.close();
  rmSync(room, { recursive: true, force: true });
});

const seal = async (): Promise<Seal> => {
  const asked = '{ seal { size cosignedSize witnesses { name problem } } }';
  return (await it.world.callers.ask<{ seal: Seal }>('rita', asked, {})).seal;
};

async function verdict(): Promise<[number, string]> {
  const { terminal, lines, warnings } = heard();
  const code = await verify({ folder }, terminal);
  return [code, [...lines, ...warnings].join('\n')];
}

const judged = async (log: Log): Promise<string> => {
  const result = await replay(numbered(log));
  return isFinding(result) ? `${result.code} ${result.type}` : 'holds';
};

const carried = (bytes: Uint8Array) =>
  new PeopleBench(it).submit('clara', 'admitWitness', { order: 'ID!' }, { order: orderId(bytes) });

test('the lost one is told by name, and what happens meanwhile is witnessed by nobody', async () => {
  await it.world.callers.signedIn('clara');
  expect(await until(async () => (await seal()).witnesses[0]?.problem != null)).toBe(true);
  const { size, cosignedSize, witnesses } = await seal();
  expect(witnesses.map(({ name }) => name)).toEqual([WITNESS]);
  expect(cosignedSize).toBeLessThan(size);
});

test('one officer lets nobody in, and nobody a key that is none; two let another in, once', async () => {
  const bench = new PeopleBench(it);
  const order = { kind: 'admit-witness', witness: key, instead: WITNESS };
  expect(codeOf(await carried(await bench.ordered(order, ['anna'])))).toBe('QUORUM_PERSONS');
  const noKey = { ...order, witness: `${SECOND}+00000000+AAAA` };
  expect(codeOf(await carried(await bench.ordered(noKey)))).toBe('BAD_WITNESS_POLICY');
  const bytes = await bench.ordered(order);
  expect(codeOf(await carried(bytes))).toBe('done');
  expect(codeOf(await carried(await bench.ordered(order)))).toBe('WITNESS_UNKNOWN');
  expect(await until(async () => (await seal()).cosignedSize === (await seal()).size)).toBe(true);
  expect((await seal()).witnesses).toEqual([{ name: SECOND, problem: null }]);
});

test('the station follows, and a new card is trusted again', async () => {
  const tale = { name: 'second card', file: join(room, 'second-card.json') };
  const { house, log } = it;
  const world = new World({ house, log, clock: systemClock, teller: new Teller(() => undefined), tale });
  const { cardKey } = await issueCard(world, FLEET_CARD);
  const trust = readFileSync(join(station.folder, 'trust.json'), 'utf8');
  const { keys, witnessPolicy } = JSON.parse(trust) as { keys: { cardKey: string }[]; witnessPolicy: object };
  expect(keys.map((one) => one.cardKey)).toContain(cardKey);
  expect(witnessPolicy).toMatchObject({ stated: { quorum: 1, witnesses: [key] } });
  await world.close();
});

describe('an auditor', () => {
  test('counts by the policy that the record came to, also after a restart', async () => {
    expect(await until(async () => (await seal()).cosignedSize === (await it.events()).length)).toBe(true);
    const [code, said] = await verdict();
    expect([code, said]).toEqual([0, expect.stringContaining(`witnessed up to ${(await it.events()).length}`)]);
    await it.close();
    it = await bereft();
    expect((await seal()).witnesses.map(({ name }) => name)).toEqual([SECOND]);
    expect((await verdict())[0]).toBe(0);
  });

  test('takes nothing more from the one that was replaced', async () => {
    await it.stop();
    const file = join(platform.folder, 'cosigned.json');
    const kept = readFileSync(file, 'utf8');
    const checkpoint = JSON.parse(kept) as { note: string };
    const body = checkpoint.note.slice(0, checkpoint.note.lastIndexOf('\n\n') + 1);
    const bare = checkpoint.note
      .split('\n')
      .filter((line) => !line.startsWith(`— ${SECOND} `))
      .join('\n');
    const old = { name: WITNESS, key: createPrivateKey(readFileSync(station.witnessKey)) };
    writeFileSync(
      file,
      JSON.stringify({ ...checkpoint, note: withSignatures(bare, [cosign(body, old, 1_790_000_000)]) }),
    );
    expect(await verdict()).toEqual([1, expect.stringContaining('NOT_WITNESSED')]);
    writeFileSync(file, kept);
    expect((await verdict())[0]).toBe(0);
  });

  test('names the event itself where somebody altered who was let in, however badly and however well it is hashed', async () => {
    const event = nth(await it.events(), 'WitnessAdmitted');
    const position = Number(event.position);
    for (const [at, [type, data]] of [
      ['WitnessAdmitted', '{"witness"'],
      ['WitnessAdmitted', '{"witness":null}'],
      ['WitnessAdmitted', 'null'],
      ['CheckpointKeyIntroduced', 'null'],
      ['SignedIn', 'null'],
    ].entries() as ArrayIterator<[number, [string, string]]>) {
      const copy = join(room, `copy-${at}`);
      cpSync(folder, copy, { recursive: true });
      const metadata = canonicalJson(event.metadata);
      const entry = entryOfCanonical({ ...event, revision: Number(event.revision), type, data, metadata }, 'hex');
      const database = new Database(join(copy, 'platform', 'events.sqlite'));
      database.exec('DROP TRIGGER events_no_update');
      const update = database.prepare('UPDATE events SET type = ?, data = ?, entry = ? WHERE position = ?');
      update.run(type, data, Buffer.from(entry, 'hex'), position);
      database.close();
      const { terminal, lines, warnings } = heard();
      expect([type, data, await verify({ folder: copy }, terminal)]).toEqual([type, data, 1]);
      expect([...lines, ...warnings].join('\n')).toContain('DOES NOT HOLD at position ');
    }
  });

  test('finds a witness that no two officers let in, or another than they did', async () => {
    const log = await it.events();
    expect(await judged(log)).toBe('holds');
    const event = nth(log, 'WitnessAdmitted');
    const told = (own: Data) => judged(altered(log, event, (data) => ({ ...data, ...own })));
    const thief = cosignatureKey('thief.example', generateKeyPairSync('ed25519').privateKey).line;
    expect(await told({ witness: thief })).toBe('ACT_OTHER_THAN_ORDERED WitnessAdmitted');
    expect(await told({ instead: null })).toBe('ACT_OTHER_THAN_ORDERED WitnessAdmitted');
    const stream = `order-${String(dataOf(event).order)}`;
    const approval = log.findLast(({ type, stream: one }) => type === 'OrderApproved' && one === stream);
    expect(await judged(without(log, approval!))).toBe('QUORUM_PERSONS WitnessAdmitted');
  });
});

describe('keyledger witness', () => {
  const typed = async (...args: readonly string[]): Promise<[number | null, string]> => {
    const { code, stdout, stderr } = await keyledger({ args: ['witness', ...args] }).ended;
    return [code, stdout + stderr];
  };

  test('has one name and one key for ever, and says so', async () => {
    expect(await typed('init', '--name', SECOND, '--data', own)).toEqual([0, `${key}\n`]);
    expect(await typed('init', '--name', 'third.example', '--data', own)).toEqual([
      2,
      expect.stringMatching(/^WITNESS_NAMED: /),
    ]);
    const serve = ['serve', '--log-key', key, '--data', own] as const;
    expect(await typed(...serve)).toEqual([2, expect.stringContaining('It is no verifier key of a log.')]);
    const { logKey } = it.house.deployment.founding;
    expect(await typed('serve', '--log-key', logKey, '--data', room)).toEqual([
      2,
      expect.stringMatching(/^WITNESS_KEYLESS: /),
    ]);
  }, 180_000);
});

test('whatever is mistyped, at any depth, could not run: 1 is a record that does not hold', async () => {
  for (const args of [
    ['log-key', 'turn'],
    ['export', '--format', 'x'],
  ])
    expect([args, (await keyledger({ args }).ended).code]).toEqual([args, 2]);
}, 180_000);

test('addresses that make no sense stop the platform with one sentence', async () => {
  const file = join(room, 'witnesses.json');
  for (const [text, why] of [
    ['{', 'a list of up to 64 witnesses'],
    ['[{"name":"a b","address":"/x"}]', 'the name of witness 1'],
    ['[{"name":"a","address":"ftp://x"}]', 'the address of witness a'],
    ['[{"name":"a","address":"http://u:p@x"}]', 'the address of witness a'],
  ] as const) {
    writeFileSync(file, text);
    expect(() => readAddresses(file)).toThrow(why);
  }
  writeFileSync(file, '[{"name":"a","address":"https://witness.example/of-ours"}]');
  expect(readAddresses(file)).toEqual([{ name: 'a', address: 'https://witness.example/of-ours' }]);
});
