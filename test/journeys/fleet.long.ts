/** A whole fleet: 121 machines under two orders, by real processes; openssl looks at every certificate. */
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { MachineStatus } from '#apps/keyledger/src/verbs/fleet-status.ts';
import { pem } from '#libs/certificates/pem.ts';
import { fromBase64url } from '#libs/kernel/bytes.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { Replay } from '#libs/proof/replay.ts';
import { type Serving, machines, serving } from './fleet-processes.ts';
import { eventsIn, keyledger, temporaryFolder } from './real-processes.ts';

const MACHINES = 121;
const OPENSSL = spawnSync('openssl', ['version']).status === 0;
const { folder, drop } = temporaryFolder();

let house: Serving;
let events: readonly StoredEvent[];

beforeAll(async () => {
  house = await serving(folder);
  const csv = join(folder, 'machines.csv');
  writeFileSync(csv, machines(MACHINES));
  for (const args of [['import', csv], ['place'], ['personalize', '--count', String(MACHINES)]]) {
    const { code, stderr } = await house.fleet(...args).ended;
    if (code !== 0) throw new Error(`${args[0]}: ${stderr}`);
  }
  events = await eventsIn(folder);
}, 300_000);

afterAll(async () => {
  house?.command.child.kill('SIGTERM');
  await house?.command.ended;
  drop();
});

const of = (type: string) => events.filter((event) => event.type === type);
const octets = (text: unknown) => fromBase64url(String(text)) ?? new Uint8Array();

test('S01a S31b every machine operates, under two orders with one approval of two persons each', async () => {
  const orders = of('OrderRequested')
    .map(({ stream, data }) => ({ stream, serials: (data as { serials: readonly string[] }).serials.length }))
    .filter(({ serials }) => serials > 0);
  expect(orders.map(({ serials }) => serials)).toEqual([100, 21]);
  for (const { stream, serials } of orders) {
    const types = events.filter((event) => event.stream === stream).map(({ type }) => type);
    expect(types.filter((type) => type === 'OrderApproved')).toHaveLength(2);
    expect(types.filter((type) => type === 'OrderSpent')).toHaveLength(serials);
  }
  expect(new Set(of('ModuleEnteredOperation').map(({ stream }) => stream)).size).toBe(MACHINES);
  const { stdout } = await house.fleet('status').ended;
  const all = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as MachineStatus);
  expect(all.filter(({ state }) => state === 'operating')).toHaveLength(MACHINES);
  expect(new Set(all.map(({ fingerprint }) => fingerprint)).size).toBe(MACHINES);
});

test('S29b the record holds, and every certificate follows from it', async () => {
  const { code, stdout } = await keyledger({ args: ['verify'], environment: house.environment }).ended;
  expect(stdout).toContain(`${MACHINES} certificates rebuilt`);
  expect(code).toBe(0);
});

test(`S29b S23b openssl accepts every certificate${OPENSSL ? '' : ' (left out: no openssl here)'}`, () => {
  if (!OPENSSL) return;
  const walk = new Replay();
  for (const event of events) expect(walk.step(event)).toBeNull();
  const file = (name: string, der: Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, pem('CERTIFICATE', der));
    return path;
  };
  const { manufacturerRoot } = of('DeploymentFounded')[0]?.data as Record<string, unknown>;
  const { customerCa, cardCa } = of('SigningKeyCertified')[0]?.data as Record<string, unknown>;
  const root = file('root.pem', octets(manufacturerRoot));
  const above = [file('customer.pem', octets(customerCa)), file('card.pem', octets(cardCa))];
  const leaves = [...walk.known.certificates.values()].map(({ der, serial }) => file(`${serial}.pem`, der));
  expect(leaves).toHaveLength(MACHINES);
  const untrusted = above.flatMap((one) => ['-untrusted', one]);
  const answer = execFileSync('openssl', ['verify', '-x509_strict', '-CAfile', root, ...untrusted, ...leaves], {
    encoding: 'utf8',
  });
  expect(answer.match(/: OK$/gm)).toHaveLength(MACHINES);
});
