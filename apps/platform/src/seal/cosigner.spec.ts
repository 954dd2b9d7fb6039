/** The platform and its witnesses over real sockets: honest ones, dead ones, ones that lie, and a log that was rolled back or forked. */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startWitness, witnessFile } from '#apps/station/src/witness-desk.ts';
import { newEvents } from '#libs/event-store/contract/harness.ts';
import { MemoryEventStore } from '#libs/event-store/memory/memory-store.ts';
import { systemClock } from '#libs/kernel/clock.ts';
import type { NewEvent } from '#libs/kernel/event.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { openCheckpointFile } from '#libs/seal/checkpoint-file.ts';
import { judgeWitnessed, parseWitnessPolicy } from '#libs/seal/cosignature.ts';
import { cosignatureKey, ed25519NoteKey } from '#libs/seal/note-key.ts';
import { Sealer } from '#libs/seal/sealer.ts';
import { until } from '#test/journeys/until.ts';
import { Cosigner } from './cosigner.ts';

const LOG = { name: 'keyledger.example/log', key: generateKeyPairSync('ed25519').privateKey };
const logKey = ed25519NoteKey(LOG.name, LOG.key);

let folder: string;
const open: { close: () => Promise<void> }[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kl-'));
});
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
  rmSync(folder, { recursive: true, force: true });
});

function held<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(`${value.code}: ${value.message}`);
  return value;
}

async function heard(holds: () => boolean): Promise<void> {
  expect(await until(() => Promise.resolve(holds()))).toBe(true);
}

interface Stood {
  readonly name: string;
  readonly line: string;
  readonly address: string;
}

/** An honest witness at a socket of its own. */
async function honest(name: string): Promise<Stood> {
  const { privateKey: key } = generateKeyPairSync('ed25519');
  const keyFile = join(folder, `${name}.pem`);
  writeFileSync(keyFile, key.export({ format: 'pem', type: 'pkcs8' }));
  const address = join(folder, `${name}.sock`);
  const keysOf = (origin: string) => (origin === LOG.name ? [logKey] : null);
  const config = { name, keyFile, address };
  open.push(
    await startWitness({ config, folder: join(folder, name), keysOf, clock: systemClock, say: () => undefined }),
  );
  return { name, line: cosignatureKey(name, key).line, address };
}

/** One that answers what it likes, over HTTP. */
async function liar(name: string, answer: { status: number; type?: string; body: string }): Promise<Stood> {
  const server: Server = createServer((request, response) => {
    request.resume();
    response.writeHead(answer.status, { 'content-type': answer.type ?? 'text/plain' }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  });
  const { port } = server.address() as AddressInfo;
  const key = generateKeyPairSync('ed25519').privateKey;
  return { name, line: cosignatureKey(name, key).line, address: `http://127.0.0.1:${port}/` };
}

async function logOf(events: readonly NewEvent[]) {
  const store = new MemoryEventStore();
  const append = (more: readonly NewEvent[]) => store.append({ stream: 'a-1', expected: 'any', events: more });
  if (events.length > 0) await append(events);
  const checkpoints = held(await openCheckpointFile(join(mkdtempSync(join(folder, 'log-')), 'checkpoints.ndjson')));
  const sealer = held(await Sealer.open({ log: store, signer: LOG, checkpoints, batchMs: 1 }));
  open.push({ close: () => sealer.close().then(() => checkpoints.close()) });
  return { append, sealer };
}

function cosigner(sealer: Sealer, quorum: number, stood: readonly Stood[], place = folder): Cosigner {
  const policy = held(parseWitnessPolicy({ quorum, witnesses: stood.map(({ line }) => line) }));
  const it = held(Cosigner.open({ folder: place, sealer, policies: [policy], addresses: stood }));
  open.push(it);
  return it;
}

describe('a platform with witnesses', () => {
  test('gets each checkpoint cosigned by all that are there, and appends wait for none of them', async () => {
    const [w1, w2] = [await honest('w1'), await honest('w2')];
    const dead = { ...(await honest('w3')), address: join(folder, 'nobody.sock') };
    const { append, sealer } = await logOf(newEvents(3));
    const it = cosigner(sealer, 2, [w1, w2, dead]);
    expect((await it.over(3, 5000))?.size).toBe(3);
    await append(newEvents(5));
    const cosigned = await it.over(8, 5000);
    expect(judgeWitnessed(cosigned?.note ?? '', it.policy)).toBeNull();
    expect(it.witnesses.map(({ size, problem }) => [size, problem])).toEqual([
      [8, null],
      [8, null],
      [null, 'ENOENT'],
    ]);
    expect(it.standstill).toBeNull();
    expect(witnessFile(join(folder, 'w1', 'witness.json')).head(LOG.name)?.size).toBe(8);
  });

  test('takes up the cosigned checkpoint after a restart, and a witness that was away is told what it missed', async () => {
    const w1 = await honest('w1');
    const { append, sealer } = await logOf(newEvents(3));
    const first = cosigner(sealer, 1, [w1]);
    const before = await first.over(3, 5000);
    await first.close();
    await append(newEvents(400));
    const again = cosigner(sealer, 1, [w1]);
    expect(again.latest).toEqual(before);
    expect((await again.over(403, 5000))?.size).toBe(403);
  });

  test('waits in vain where too few cosign, says so, and nothing stands still for that', async () => {
    const w1 = await honest('w1');
    const dead = { ...(await honest('w2')), address: join(folder, 'nobody.sock') };
    const { sealer } = await logOf(newEvents(3));
    const it = cosigner(sealer, 2, [w1, dead]);
    expect(await it.over(1, 300)).toBeNull();
    expect([it.latest, it.standstill]).toEqual([null, null]);
    expect(existsSync(join(folder, 'cosigned.json'))).toBe(false);
  });

  test('believes a witness nothing that it did not sign', async () => {
    const genuine = await honest('w1');
    const { sealer } = await logOf(newEvents(3));
    const helper = cosigner(sealer, 1, [genuine], mkdtempSync(join(folder, 'h-')));
    const line = (await helper.over(3, 5000))?.note.split('\n').findLast((one) => one.startsWith('— w1')) ?? '';
    const stood = [
      await liar('says-yes', { status: 200, body: 'yes\n' }),
      await liar('another', { status: 200, body: `${line}\n` }),
      await liar('silent', { status: 200, body: '' }),
      await liar('failing', { status: 500, body: 'x' }),
      await liar('chatty', { status: 200, body: 'x'.repeat(100_000) }),
      await liar('odd-size', { status: 409, type: 'text/x.tlog.size', body: '-1\n' }),
    ];
    const it = cosigner(sealer, 1, stood);
    await heard(() => it.witnesses.every(({ problem }) => problem !== null));
    expect(it.witnesses.map(({ problem }) => problem)).toEqual([
      'BAD_COSIGNATURE',
      'BAD_COSIGNATURE',
      'BAD_COSIGNATURE',
      'HTTP_500',
      'NO_ANSWER',
      'HTTP_409',
    ]);
    expect(it.latest).toBeNull();
  });

  test('that was restored from an older copy learns it from its witness, and decides nothing', async () => {
    const w1 = await honest('w1');
    const events = newEvents(9);
    const now = await logOf(events);
    await cosigner(now.sealer, 1, [w1], mkdtempSync(join(folder, 'a-'))).over(9, 5000);
    const older = await logOf(events.slice(0, 4));
    const it = cosigner(older.sealer, 1, [w1]);
    await heard(() => it.standstill !== null);
    expect(it.standstill).toMatchObject({ code: 'LOG_BEHIND' });
    expect(it.standstill?.message).toContain('has seen 9 events of this log and 4 are here');
    await older.append(events.slice(4));
    expect((await it.over(9, 12_000))?.size).toBe(9);
    expect(it.standstill).toBeNull();
  }, 180_000);

  test('that went on from an older copy has another history, and decides nothing', async () => {
    const w1 = await honest('w1');
    const events = newEvents(9);
    const now = await logOf(events);
    await cosigner(now.sealer, 1, [w1], mkdtempSync(join(folder, 'a-'))).over(9, 5000);
    const forked = await logOf([...events.slice(0, 4), ...newEvents(8)]);
    const it = cosigner(forked.sealer, 1, [w1]);
    await heard(() => it.standstill !== null);
    expect(it.standstill).toMatchObject({ code: 'LOG_FORKED' });
    expect(await it.over(1, 200)).toBeNull();
  });

  test('is not stopped by one liar of three, and is by two who know a longer log', async () => {
    const said = { status: 409, type: 'text/x.tlog.size', body: '1000000\n' };
    const [w1, w2, w3] = [await honest('w1'), await honest('w2'), await honest('w3')];
    const [l1, l2] = [await liar('l1', said), await liar('l2', said)];
    const { sealer } = await logOf(newEvents(3));
    const fine = cosigner(sealer, 2, [w1, w2, l1]);
    await fine.over(3, 5000);
    await heard(() => fine.witnesses[2]?.problem === 'LOG_BEHIND');
    expect(fine.standstill).toBeNull();
    const stopped = cosigner(sealer, 2, [w3, l1, l2], mkdtempSync(join(folder, 'b-')));
    await heard(() => stopped.standstill !== null);
    expect(stopped.standstill).toMatchObject({ code: 'LOG_BEHIND' });
  });

  test('refuses to start on less, or other, than the cosigned checkpoint beside it', async () => {
    const w1 = await honest('w1');
    const events = newEvents(6);
    const now = await logOf(events);
    await cosigner(now.sealer, 1, [w1]).over(6, 5000);
    const policy = held(parseWitnessPolicy({ quorum: 1, witnesses: [w1.line] }));
    const openOn = async (log: readonly NewEvent[]) => {
      const { sealer } = await logOf(log);
      await heard(() => sealer.latest !== null);
      return Cosigner.open({ folder, sealer, policies: [policy], addresses: [] });
    };
    expect(await openOn(events.slice(0, 5))).toMatchObject({ code: 'LOG_SHRUNK' });
    expect(await openOn([...events.slice(0, 5), ...newEvents(2)])).toMatchObject({ code: 'LOG_REWRITTEN' });
    writeFileSync(join(folder, 'cosigned.json'), '{}');
    expect(await openOn(events)).toMatchObject({ code: 'COSIGNED_DAMAGED' });
  });
});
