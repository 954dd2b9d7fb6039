/** A record with what witnesses cosigned beside it, against whoever holds the log key and owns everything else. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { verify } from '#apps/keyledger/src/verbs/verify.ts';
import { intrude } from '#libs/event-store/sqlite/sqlite.harness.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import { entryOf } from '#libs/kernel/event.ts';
import { signCheckpoint } from '#libs/seal/checkpoint.ts';
import { MerkleTree } from '#libs/seal/merkle.ts';
import { type StoryRecord, heard, storyRecord } from './story-record.ts';

let record: StoryRecord;
const copies: string[] = [];

beforeAll(async () => {
  record = await storyRecord();
}, 180_000);

afterAll(() => {
  for (const folder of copies) rmSync(folder, { recursive: true, force: true });
  record?.drop();
});

interface Copy {
  readonly folder: string;
  readonly file: string;
  readonly checkpoints: string;
  readonly cosigned: string;
}

/** Event file, checkpoints and what the witness cosigned of them. */
function copy(): Copy {
  const folder = mkdtempSync(join(tmpdir(), 'kl-witnessed-'));
  copies.push(folder);
  cpSync(record.folder, folder, { recursive: true });
  const at = (name: string) => join(folder, 'platform', name);
  writeFileSync(at('cosigned.json'), record.cosigned);
  return { folder, file: at('events.sqlite'), checkpoints: at('checkpoints.ndjson'), cosigned: at('cosigned.json') };
}

async function verdict(folder: string, checkpoint?: string): Promise<[number, string]> {
  const { terminal, lines, warnings } = heard();
  const code = await verify({ folder, ...(checkpoint === undefined ? {} : { checkpoint }) }, terminal);
  return [code, [...lines, ...warnings].join('\n')];
}

const note = () => (JSON.parse(record.cosigned) as { note: string }).note;

/** Whoever holds the log key seals the first so many events anew, the last of them as he likes it. */
function resealed({ file, checkpoints }: Copy, size: number, change: boolean): void {
  const events = record.events.slice(0, size);
  const last = events.at(-1)!;
  const forged = { ...last, metadata: { ...last.metadata, actor: 'mallory' } };
  const all = change ? events.with(-1, forged) : events;
  intrude(file, [`DELETE FROM events WHERE position >= ${size}`]);
  const connection = new Database(file);
  if (change)
    connection
      .prepare('UPDATE events SET metadata = ?, entry = ? WHERE position = ?')
      .run(canonicalJson(forged.metadata), Buffer.from(entryOf(forged)), size - 1);
  connection.close();
  const tree = new MerkleTree();
  for (const event of all) tree.append(entryOf(event));
  const { log } = JSON.parse(readFileSync(checkpoints, 'utf8').split('\n')[0] ?? '') as { log: string };
  const name = 'keyledger.example/demo';
  const sealed = signCheckpoint({ size, root: tree.root() }, { name, key: record.logKey });
  writeFileSync(checkpoints, `${canonicalJson({ log, note: sealed, size })}\n`);
}

describe('a record with what witnesses cosigned', () => {
  test('is verified with it, and says how far', async () => {
    const [code, said] = await verdict(copy().folder);
    expect([code, said]).toEqual([0, expect.stringContaining(`witnessed up to ${record.events.length}`)]);
  });

  test('without it holds by itself, and no plain 0 comes of it', async () => {
    const it = copy();
    rmSync(it.cosigned);
    const [code, said] = await verdict(it.folder);
    expect([code, said]).toEqual([3, expect.stringContaining('NOT WITNESSED: the founding asks for witnesses')]);
  });

  test('shows a tail that was cut, and another history, though the log key sealed both', async () => {
    for (const [change, code] of [
      [false, 'SEAL_TAIL'],
      [true, 'SEAL_FORK'],
    ] as const) {
      const it = copy();
      const size = change ? record.events.length : record.events.length - 3;
      resealed(it, size, change);
      expect(await verdict(it.folder)).toEqual([1, expect.stringContaining(code)]);
      rmSync(it.cosigned);
      expect((await verdict(it.folder))[1]).not.toContain(code);
      const kept = join(it.folder, 'kept.txt');
      writeFileSync(kept, note()); // the cosigned note, kept by an auditor
      expect(await verdict(it.folder, kept)).toEqual([1, expect.stringContaining(code)]);
    }
  });

  test('whose cosignature was forged, replayed or taken off does not hold', async () => {
    const changes: readonly [string, (text: string) => string][] = [
      ['COSIGNED_DAMAGED', () => '{"log":"x"}'],
      ['NOT_WITNESSED', (text) => text.replace(/— keyledger\.example\/witness [^\\]*\\n/, '')],
      ['BAD_COSIGNATURE', (text) => text.replace(/(— keyledger\.example\/witness .{20})./, '$1B').replace('BB', 'CB')],
      ['COSIGNED_DAMAGED', (text) => text.replace(/"size":(\d+)/, '"size":1')],
    ];
    for (const [code, change] of changes) {
      const it = copy();
      writeFileSync(it.cosigned, change(record.cosigned));
      expect(await verdict(it.folder)).toEqual([1, expect.stringContaining(code)]);
    }
  });
});
