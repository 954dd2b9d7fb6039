/** The log key is rolled over: both sign for a while, station and witness follow by themselves, and everything old holds. */
import { createPrivateKey } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { placesIn } from '#apps/keyledger/src/demo/places.ts';
import { issueCard } from '#apps/keyledger/src/story/card.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { finishKey, introduceKey } from '#apps/keyledger/src/verbs/log-key.ts';
import { verify } from '#apps/keyledger/src/verbs/verify.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { openCheckpoint, signCheckpoint } from '#libs/seal/checkpoint.ts';
import { ed25519NoteKey } from '#libs/seal/note-key.ts';
import { headOf } from '#test/kit/stranger.ts';
import { type HouseInProcess, houseInProcess } from './house-in-process.ts';
import { heard } from './story-record.ts';
import { until } from './until.ts';

const room = mkdtempSync(join(tmpdir(), 'kl-log-key-'));
const folder = join(room, 'data');
const kept = join(room, 'kept.txt');
const { platform, station } = placesIn(folder);
const ORIGIN = 'keyledger.example/demo';
const keyIn = (file: string) => createPrivateKey(readFileSync(file));
const opens = (note: string, key: ReturnType<typeof keyIn>) =>
  !isRefusal(openCheckpoint(note, ed25519NoteKey(ORIGIN, key)));

async function inHouse(run: (it: HouseInProcess) => Promise<void>): Promise<void> {
  const it = await houseInProcess({ folder });
  try {
    await run(it);
  } finally {
    await it.close();
  }
}

async function verified(checkpoint?: string): Promise<[number, string]> {
  const { terminal, lines, warnings } = heard();
  const code = await verify({ folder, ...(checkpoint === undefined ? {} : { checkpoint }) }, terminal);
  return [code, [...lines, ...warnings].join('\n')];
}

const checkpointOf = async ({ house }: HouseInProcess) => (await fetch(`${house.platformUrl}/log/checkpoint`)).text();
/** The witness has cosigned all that there is. */
const witnessed = (it: HouseInProcess) =>
  until(async () => headOf(await checkpointOf(it)).size === (await it.events()).length);
const stationKeys = () =>
  (JSON.parse(readFileSync(join(station.folder, 'trust.json'), 'utf8')) as { logKeys?: string[] }).logKeys?.length ?? 1;

let old: ReturnType<typeof keyIn>;

beforeAll(async () => {
  await inHouse(async (it) => {
    await founding(it.world);
    await issueCard(it.world);
    expect(await witnessed(it)).toBe(true);
    writeFileSync(kept, await checkpointOf(it));
  });
  old = keyIn(platform.logKey);
}, 180_000);

afterAll(() => rmSync(room, { recursive: true, force: true }));

test('before it is introduced, and before both signed, there is nothing to finish', async () => {
  const { terminal, warnings } = heard();
  expect(await finishKey({ folder }, terminal)).toBe(2);
  expect(await introduceKey({ folder }, heard().terminal)).toBe(0);
  const next = readFileSync(platform.nextLogKey, 'utf8');
  expect(await introduceKey({ folder }, heard().terminal)).toBe(0);
  expect(readFileSync(platform.nextLogKey, 'utf8')).toBe(next);
  expect(await finishKey({ folder }, terminal)).toBe(2);
  expect(warnings.map((line) => line.split(':')[0])).toEqual(['NO_NEXT_KEY', 'NOT_INTRODUCED']);
});

test('both keys sign for a while; then the next one alone, and verify, station and witness go on', async () => {
  const next = keyIn(platform.nextLogKey);
  await inHouse(async (it) => {
    expect(await until(() => Promise.resolve(existsSync(join(platform.folder, 'log-keys.json'))))).toBe(true);
    expect(await witnessed(it)).toBe(true);
    const note = await checkpointOf(it);
    expect([opens(note, old), opens(note, next)]).toEqual([true, true]);
    expect((await verified(kept))[0]).toBe(0);
  });
  const { terminal, lines } = heard();
  expect(await finishKey({ folder }, terminal)).toBe(0);
  expect(lines[0]).toContain(ed25519NoteKey(ORIGIN, next).line);
  expect([existsSync(platform.nextLogKey), keyIn(platform.logKey).equals(next)]).toEqual([false, true]);
  await inHouse(async (it) => {
    await it.world.callers.signedIn('anna');
    expect(await until(() => Promise.resolve(stationKeys() === 2))).toBe(true);
    expect(await witnessed(it)).toBe(true);
    const note = await checkpointOf(it);
    expect([opens(note, old), opens(note, next)]).toEqual([false, true]);
  });
  expect((await verified())[0]).toBe(0);
  expect((await verified(kept))[0]).toBe(0); // signed by the old key alone, before
}, 300_000);

test('a thief of the old key signs nothing any more, and the platform does not go back to it', async () => {
  const last = JSON.parse(readFileSync(platform.checkpoints, 'utf8').trimEnd().split('\n').at(-1) ?? '') as {
    note: string;
    size: number;
  };
  const { size, root } = headOf(last.note);
  const forged = signCheckpoint({ size, root: Uint8Array.from(Buffer.from(root, 'hex')) }, { name: ORIGIN, key: old });
  writeFileSync(join(room, 'forged.txt'), forged);
  const [code, said] = await verified(join(room, 'forged.txt'));
  expect([code, said]).toEqual([1, expect.stringContaining('SEAL_CHECKPOINT')]);
  const key = readFileSync(platform.logKey);
  writeFileSync(platform.logKey, old.export({ format: 'pem', type: 'pkcs8' }));
  await expect(houseInProcess({ folder })).rejects.toThrow(/CHECKPOINT_NOT_OURS|LOG_KEY_OTHER/);
  writeFileSync(platform.logKey, key);
}, 180_000);
