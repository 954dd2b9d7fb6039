/** A log out of one engine and into another: the same root, whatever cuts it off on the way, and nothing that was altered gets in. */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { newEvent } from '#libs/event-store/contract/harness.ts';
import type { EventStore } from '#libs/event-store/event-store.ts';
import { MemoryEventStore } from '#libs/event-store/memory/memory-store.ts';
import { openSqliteStore } from '#libs/event-store/sqlite/sqlite-store.ts';
import { toHex } from '#libs/kernel/bytes.ts';
import { type NewEvent, entryOf } from '#libs/kernel/event.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { signCheckpoint } from '#libs/seal/checkpoint.ts';
import { MerkleTree } from '#libs/seal/merkle.ts';
import { type Exported, exportLog } from './export-log.ts';
import { linesIn } from './log-lines.ts';
import { importLog } from './import-log.ts';

const signer = { name: 'keyledger.example/log', key: generateKeyPairSync('ed25519').privateKey };
let folder: string;
let source: MemoryEventStore;
let file: string;
const open: { close: () => Promise<void> }[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kl-'));
  file = join(folder, 'log.ndjson');
  source = new MemoryEventStore();
  for (let index = 0; index < 120; index += 1) {
    const events = Array.from({ length: 1 + (index % 3) }, () =>
      newEvent({ data: { index, text: 'zażółć “it”', nested: [{ deep: null }] } }),
    );
    await source.append({ stream: `a-${index % 7}`, expected: 'any', events });
  }
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  rmSync(folder, { recursive: true, force: true });
});

async function rootOf(store: Pick<EventStore, 'readAll'>): Promise<MerkleTree> {
  const tree = new MerkleTree();
  for await (const event of store.readAll()) tree.append(entryOf(event));
  return tree;
}

async function exported(store: EventStore = source, to = file): Promise<Exported | Refusal> {
  const tree = await rootOf(store);
  const head = { size: tree.size, root: tree.root() };
  const checkpoint = { ...head, note: signCheckpoint(head, signer) };
  return exportLog({ log: await store.identity(), events: store.readAll(), checkpoint, cosigned: null, file: to });
}

const linesOf = (from = file) => linesIn(from);

async function sqlite(name: string): Promise<EventStore> {
  const store = await openSqliteStore(join(folder, name));
  open.push(store);
  return store;
}

const code = (result: object): string | null => ('code' in result ? String(result.code) : null);

describe('an export', () => {
  test('gets into every engine with the same root, and out of it again line for line', async () => {
    expect(await exported()).toMatchObject({ events: 240, resumed: 0 });
    const root = toHex((await rootOf(source)).root());
    for (const [name, store] of [
      ['memory', new MemoryEventStore()],
      ['sqlite', await sqlite('events.sqlite')],
    ] as const) {
      const imported = await importLog({ store, lines: linesOf() });
      expect([name, code(imported)]).toEqual([name, null]);
      expect([name, toHex((await rootOf(store)).root())]).toEqual([name, root]);
      const again = join(folder, `${name}.ndjson`);
      await exported(store, again);
      const body = (text: string) => text.split('\n').slice(1, -2);
      expect(body(readFileSync(again, 'utf8'))).toEqual(body(readFileSync(file, 'utf8')));
    }
  });

  test('that was cut off at any octet goes on where it stopped', async () => {
    await exported();
    const whole = readFileSync(file);
    const part = `${file}.part`;
    for (const left of [0, 1, 40, 300, 1000, 5000, 20_000, whole.length - 600, whole.length - 1, whole.length]) {
      rmSync(file, { force: true });
      writeFileSync(part, whole.subarray(0, left));
      const result = await exported();
      if (isRefusal(result)) throw new Error(result.code);
      expect(result.resumed > 0).toBe(left >= 1000);
      const lines = (octets: Buffer) => octets.toString().split('\n').slice(0, -2);
      expect(lines(readFileSync(file))).toEqual(lines(whole));
      expect(existsSync(part)).toBe(false);
    }
  });

  test('does not go on with another log’s lines, and ends under no root that is not the checkpoint’s', async () => {
    const other = new MemoryEventStore();
    await other.append({ stream: 'b-1', expected: 'any', events: [newEvent()] });
    await exported(other);
    writeFileSync(`${file}.part`, readFileSync(file));
    rmSync(file);
    expect(await exported()).toMatchObject({ code: 'OTHER_EXPORT' });
    rmSync(`${file}.part`);
    const head = { size: 5, root: new Uint8Array(32) };
    const checkpoint = { ...head, note: signCheckpoint(head, signer) };
    const wrong = { log: 'x', events: source.readAll(), checkpoint, cosigned: null, file };
    expect(await exportLog(wrong)).toMatchObject({ code: 'LOG_NOT_SEALED' });
    expect(existsSync(file)).toBe(false);
  });
});

describe('an import', () => {
  const altered = async (change: (lines: string[]) => string[], store: EventStore = new MemoryEventStore()) => {
    if (!existsSync(file)) await exported();
    const lines = change(readFileSync(file, 'utf8').trimEnd().split('\n'));
    writeFileSync(join(folder, 'altered'), `${lines.join('\n')}\n`);
    return code(await importLog({ store, lines: linesOf(join(folder, 'altered')) }));
  };

  test('takes nothing for whole that was altered, cut off or put together', async () => {
    expect(await altered((lines) => lines)).toBeNull();
    expect(await altered((lines) => lines.with(9, lines[9]!.replace('zażółć', 'zazolc')))).toBe('ROOT_DIFFERS');
    expect(await altered((lines) => lines.slice(0, -1))).toBe('EXPORT_CUT_OFF');
    expect(await altered((lines) => [...lines, lines[5]!])).toBe('EXPORT_DAMAGED');
    expect(await altered((lines) => lines.slice(1))).toBe('EXPORT_DAMAGED');
    expect(await altered((lines) => [lines[0]!, ...lines])).toBe('EXPORT_DAMAGED');
    expect(await altered((lines) => lines.with(7, 'no json'))).toBe('EXPORT_DAMAGED');
    expect(await altered((lines) => lines.with(7, '{"id":"x"}'))).toBe('EXPORT_DAMAGED');
    expect(await altered((lines) => lines.with(-1, lines.at(-1)!.replace('"events":240', '"events":239')))).toBe(
      'ROOT_DIFFERS',
    );
    expect(await altered((lines) => lines.slice(0, 1))).toBe('EXPORT_CUT_OFF');
  });

  test('that lacks an event in the middle of a stream is refused by the engine, and the rest does not count', async () => {
    await expect(altered((lines) => lines.toSpliced(20, 1))).rejects.toMatchObject({ code: 'WrongExpectedRevision' });
  });

  test('that was cut off goes on behind what stands there, and refuses an engine with other events', async () => {
    const store = await sqlite('events.sqlite');
    expect(await altered((lines) => lines.slice(0, 101), store)).toBe('EXPORT_CUT_OFF');
    expect((await rootOf(store)).size).toBe(100);
    expect(await importLog({ store, lines: linesOf() })).toMatchObject({ resumed: 100 });
    expect(await importLog({ store, lines: linesOf() })).toMatchObject({ resumed: 240 });
    expect((await rootOf(store)).size).toBe(240);
    await store.append({ stream: 'c-1', expected: 'no_stream', events: [newEvent()] });
    expect(code(await importLog({ store, lines: linesOf() }))).toBe('OTHER_LOG');
    const other = new MemoryEventStore();
    const event: NewEvent = newEvent();
    await other.append({ stream: 'a-0', expected: 'no_stream', events: [event] });
    expect(code(await importLog({ store: other, lines: linesOf() }))).toBe('OTHER_LOG');
  });
});
