/**
 * Goldens of every event that was ever stored, `events/<Type>.v<n>.json`: each is still judged by the shape of its version, has
 * the entry that was sealed, and is read as today's version. One that stands is never rewritten; `KEYLEDGER_GOLDENS=write`
 * adds those that are missing, from a story told for it and from examples of what no story tells.
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { tellStory } from '#apps/keyledger/src/story/story.ts';
import { roomOfStream } from '#libs/domain/rooms.ts';
import { UPCASTERS } from '#libs/domain/upcasters.ts';
import { type Upcasters, upcast } from '#libs/event-store/upcast.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import { type StoredEvent, entryOf } from '#libs/kernel/event.ts';
import { judgeShape, storedVersions } from '#libs/proof/event-shapes.ts';
import { logOf } from '#test/kit/made-log.ts';
import { houseInProcess } from '../journeys/house-in-process.ts';
import { EXAMPLES } from './event-examples.ts';

const FOLDER = new URL('./events/', import.meta.url);
const UP: Upcasters = UPCASTERS;

interface Golden {
  readonly stored: Omit<StoredEvent, 'revision'> & { readonly revision: number };
  /** SHA-256 that was sealed, base64url. */
  readonly entry: string;
  /** What it is read as today. */
  readonly reads: { readonly schemaVersion: number; readonly data: unknown };
}

const names = Object.entries(storedVersions()).flatMap(([type, versions]) =>
  Array.from({ length: versions }, (_, at) => `${type}.v${at + 1}`),
);

const fileOf = (name: string): URL => new URL(`${name}.json`, FOLDER);

function goldenOf(event: StoredEvent): Golden {
  const { schemaVersion, data } = upcast(UP, event);
  const stored = { ...event, revision: Number(event.revision) };
  return { stored, entry: toBase64url(entryOf(event)), reads: { schemaVersion, data } };
}

if (process.env['KEYLEDGER_GOLDENS'] === 'write')
  test('goldens that are missing are written', async () => {
    const it = await houseInProcess();
    await tellStory(it.world);
    const told: StoredEvent[] = [];
    for await (const row of it.log.rows()) if (row.is === 'event') told.push(row.event);
    await it.close();
    for (const event of [...told, ...logOf(EXAMPLES.map(([stream, type, data]) => [stream, { type, data }]))]) {
      const file = fileOf(`${event.type}.v${event.schemaVersion}`);
      if (!existsSync(file)) writeFileSync(file, `${JSON.stringify(goldenOf(event), null, 2)}\n`);
    }
  }, 300_000);

test('every version of every type that may be stored has its golden, and no golden is of another', () => {
  const present = readdirSync(FOLDER).map((file) => file.replace(/\.json$/, ''));
  expect(present.sort()).toEqual(names.sort());
});

test.each(names)('%s is judged, sealed and read as on the day it was stored', (name) => {
  const golden = JSON.parse(readFileSync(fileOf(name), 'utf8')) as Golden;
  const event: StoredEvent = { ...golden.stored, revision: BigInt(golden.stored.revision) };
  expect(`${event.type}.v${event.schemaVersion}`).toBe(name);
  const room = event.stream.startsWith('refusal-') ? 'refusal' : roomOfStream(event.stream);
  if (room === null) throw new Error(`${event.stream} is in no room`);
  expect(judgeShape({ ...event, room })).toBeNull();
  expect(goldenOf(event)).toEqual(golden);
  const today = upcast(UP, event);
  expect(judgeShape({ ...today, room })).toBeNull();
  expect(today.schemaVersion).toBe(storedVersions()[event.type]);
  expect(canonicalJson(upcast(UP, today).data)).toBe(canonicalJson(today.data));
});
