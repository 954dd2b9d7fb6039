/** Whoever changes the event file by hand, and whoever owns more than that: `verify` names the position. */
import { execFileSync, spawnSync } from 'node:child_process';
import { type KeyObject, generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { reconstruct } from '#apps/keyledger/src/verbs/reconstruct.ts';
import { NOT_WITNESSED, verify } from '#apps/keyledger/src/verbs/verify.ts';
import { intrude } from '#libs/event-store/sqlite/sqlite.harness.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { type StoredEvent, entryOf } from '#libs/kernel/event.ts';
import { signCheckpoint } from '#libs/seal/checkpoint.ts';
import { MerkleTree } from '#libs/seal/merkle.ts';
import { ed25519NoteKey } from '#libs/seal/note-key.ts';
import { COPY, SHIFT, SWAP } from '#libs/seal/tampering.fixture.ts';
import { type Log, altered, nth, numbered } from './forgery.ts';
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
}

/** A copy of event file and checkpoints without what witnesses cosigned, to be tampered with: never a plain 0. */
function copy(): Copy {
  const folder = mkdtempSync(join(tmpdir(), 'kl-tamper-'));
  copies.push(folder);
  cpSync(record.folder, folder, { recursive: true });
  const platform = join(folder, 'platform');
  return { folder, file: join(platform, 'events.sqlite'), checkpoints: join(platform, 'checkpoints.ndjson') };
}

async function verdict(folder: string, checkpoint?: string): Promise<{ code: number; said: string; found: string }> {
  const { terminal, lines } = heard();
  const [json, plain] = [heard(true), { folder, ...(checkpoint === undefined ? {} : { checkpoint }) }];
  const code = await verify(plain, terminal);
  expect(await verify(plain, json.terminal)).toBe(code);
  const { code: found = '' } = json.data[0] as { code?: string };
  return { code, said: lines.join('\n'), found };
}

const at = (event: StoredEvent): number => Number(event.position);

/** All rows written anew, with the entries and positions that belong to them. */
function rewrite({ file }: Copy, log: Log): Log {
  const events = numbered(log);
  intrude(file, ['DELETE FROM events']);
  const connection = new Database(file);
  const row = connection.prepare('INSERT INTO events VALUES (?,?,?,?,?,?,?,?,?,?,?,?)');
  for (const [index, it] of events.entries()) {
    const texts = [it.occurredAt, it.recordedAt, it.salt, canonicalJson(it.data), canonicalJson(it.metadata)];
    row.run(index, it.stream, it.revision, it.id, it.type, it.schemaVersion, ...texts, Buffer.from(entryOf(it)));
  }
  connection.close();
  return events;
}

function noteOver(log: Log, key: KeyObject): string {
  const tree = new MerkleTree();
  for (const event of log) tree.append(entryOf(event));
  return signCheckpoint({ size: log.length, root: tree.root() }, { name: 'keyledger.example/demo', key });
}

/** One new checkpoint instead of all that were stored. */
function reseal(copied: Copy, log: Log, key: KeyObject): void {
  const [first = ''] = readFileSync(copied.checkpoints, 'utf8').split('\n');
  const { log: identity } = JSON.parse(first) as { log: string };
  writeFileSync(
    copied.checkpoints,
    `${canonicalJson({ log: identity, size: log.length, note: noteOver(log, key) })}\n`,
  );
}

describe('an untouched log', () => {
  test('S01a is verified, beside the running platform too', async () => {
    const { code, said } = await verdict(copy().folder);
    expect([code, record.verifiedLive]).toEqual([NOT_WITNESSED, 0]);
    expect(said).toMatch(
      /^\d+ events, tree root [0-9a-f]{64}, sealed up to \d+, \d+ orders with their approvals, 1 certificate rebuilt: all verified\. DEMO deployment [\w-]{43}$/,
    );
  });

  test('what no checkpoint covers yet is counted and named', async () => {
    const it = copy();
    const lines = readFileSync(it.checkpoints, 'utf8').split('\n').slice(0, -2);
    writeFileSync(it.checkpoints, `${lines.join('\n')}\n{"log":"torn`);
    const { code, said } = await verdict(it.folder);
    expect(code).toBe(NOT_WITNESSED);
    expect(said).toMatch(/sealed up to (\d+), \d+ events? from position \1 on not yet under a checkpoint/);
  });

  test('whose triggers were dropped is said loudly', async () => {
    const it = copy();
    intrude(it.file, []);
    const { terminal, warnings } = heard();
    expect(await verify({ folder: it.folder }, terminal)).toBe(NOT_WITNESSED);
    expect(warnings.join()).toContain('ALTERED');
    expect(warnings.join()).toContain('events_no_update');
  });
});

describe('a log changed by hand', () => {
  const rows: readonly [string, string, (it: Copy) => number][] = [
    [
      'one changed byte',
      'SEAL_ENTRY',
      ({ file }) => {
        const position = at(nth(record.events, 'UnitEnrolled'));
        intrude(file, [`UPDATE events SET data = replace(data, '"U-7"', '"U-8"') WHERE position = ${position}`]);
        return position;
      },
    ],
    [
      'a deleted row',
      'SEAL_ROW',
      ({ file }) => {
        const position = at(nth(record.events, 'OrderApproved', 3));
        intrude(file, [`DELETE FROM events WHERE position = ${position}`]);
        return position;
      },
    ],
    [
      'a deleted row, the gap closed',
      'SEAL_ROOT',
      ({ file }) => {
        const position = at(nth(record.events, 'OperationRefused'));
        intrude(file, [`DELETE FROM events WHERE position = ${position}`, ...SHIFT(position, -1)]);
        return position;
      },
    ],
    [
      'two swapped rows of one stream',
      'SEAL_REVISION',
      ({ file }) => {
        const first = record.events.findIndex(({ stream }, n) => record.events[n + 1]?.stream === stream);
        intrude(file, SWAP(first, first + 1));
        return first;
      },
    ],
    [
      'an inserted row',
      'SEAL_ENTRY',
      ({ file }) => (intrude(file, [...SHIFT(5, 1), COPY(4, 5, "'unit-U-9', 0, 'forged'")]), 5),
    ],
    [
      'a changed approver, his entry hashed anew',
      'SEAL_ROOT',
      ({ file }) => {
        const [event, forged] = renamed();
        intrude(file, []);
        const connection = new Database(file);
        connection
          .prepare('UPDATE events SET data = ?, entry = ? WHERE position = ?')
          .run(canonicalJson(forged.data), Buffer.from(entryOf(forged)), at(event));
        connection.close();
        return at(event);
      },
    ],
    ['a cut tail', 'SEAL_TAIL', ({ file }) => (intrude(file, ['DELETE FROM events WHERE position >= 40']), 40)],
    [
      'every hash written anew without the log key',
      'SEAL_ROOT',
      (it) => (rewrite(it, altered(record.events, ...renaming())), at(renaming()[0])),
    ],
    [
      'every hash written anew and signed with another key',
      'SEAL_CHECKPOINT',
      (it) => {
        const events = rewrite(it, altered(record.events, ...renaming()));
        reseal(it, events, generateKeyPairSync('ed25519').privateKey);
        return 0;
      },
    ],
    [
      'a changed approver, all hashed anew and sealed by the log key itself',
      'APPROVER_ALTERED',
      (it) => {
        const events = rewrite(it, altered(record.events, ...renaming()));
        reseal(it, events, record.logKey);
        return at(renaming()[0]);
      },
    ],
    [
      'another log key put into the founding, all sealed by it',
      'SIGN_IN_BY_STRANGER',
      (it) => {
        const { privateKey } = generateKeyPairSync('ed25519');
        const { line } = ed25519NoteKey('keyledger.example/demo', privateKey);
        const events = rewrite(
          it,
          altered(record.events, record.events[0]!, (data) => ({ ...data, logKey: line })),
        );
        reseal(it, events, privateKey);
        return 1;
      },
    ],
    ['no checkpoint at all', 'SEAL_CHECKPOINT', ({ checkpoints }) => (rmSync(checkpoints), 0)],
    ['a damaged checkpoint file', 'CHECKPOINTS_DAMAGED', ({ checkpoints }) => (writeFileSync(checkpoints, 'x\n'), 0)],
  ];

  const renaming = (): [StoredEvent, (data: Record<string, unknown>) => Record<string, unknown>] => {
    const approvals = record.events.filter(({ type }) => type === 'OrderApproved');
    const event = approvals.find((one) => (one.data as { person: string }).person === 'P-BO')!;
    return [event, (data) => ({ ...data, person: 'P-EMIL' })];
  };
  const renamed = (): [StoredEvent, StoredEvent] => {
    const [event, change] = renaming();
    return [event, { ...event, data: change(event.data as Record<string, unknown>) }];
  };

  test.each(rows)('%s: exit 1, %s at its position', async (_name, wanted, tamper) => {
    const it = copy();
    const position = tamper(it);
    const { code, said, found } = await verdict(it.folder);
    expect([code, found]).toEqual([1, wanted]);
    const named = Number(/^DOES NOT HOLD at position (\d+) \(/.exec(said)?.[1]);
    if (wanted === 'SEAL_ROOT')
      expect(named).toBeLessThanOrEqual(position); // the first that its checkpoint covers
    else expect(named).toBe(position);
  });

  test('where only a root tells, the signatures in the events narrow it down', async () => {
    const it = copy();
    const [event] = renaming();
    rewrite(it, altered(record.events, ...renaming()));
    expect((await verdict(it.folder)).said).toContain(
      `By its signatures it is position ${at(event)}: The record names P-EMIL`,
    );
  });

  test('a tail cut together with its checkpoints shows against a checkpoint kept elsewhere, and only there', async () => {
    const it = copy();
    const kept = join(it.folder, 'kept.note');
    writeFileSync(kept, noteOver(record.events, record.logKey));
    expect((await verdict(it.folder, kept)).code).toBe(NOT_WITNESSED);
    intrude(it.file, ['DELETE FROM events WHERE position >= 40']);
    reseal(it, record.events.slice(0, 40), record.logKey);
    expect((await verdict(it.folder)).code).toBe(NOT_WITNESSED);
    const { code, said, found } = await verdict(it.folder, kept);
    expect([code, found]).toEqual([1, 'SEAL_TAIL']);
    expect(said).toContain('at position 40 (no event)');
  });

  test('another history sealed by the log key shows against the checkpoint kept elsewhere', async () => {
    const it = copy();
    const kept = join(it.folder, 'kept.note');
    writeFileSync(kept, noteOver(record.events, record.logKey));
    const last = record.events.at(-1)!;
    const events = rewrite(
      it,
      record.events.map((one) =>
        one === last ? { ...one, occurredAt: one.recordedAt, metadata: { ...one.metadata, actor: 'x' } } : one,
      ),
    );
    reseal(it, events, record.logKey);
    expect((await verdict(it.folder)).code).toBe(NOT_WITNESSED);
    expect(await verdict(it.folder, kept)).toMatchObject({ code: 1, found: 'SEAL_FORK' });
  });
});

const garble = (file: string): void => writeFileSync(file, 'no database '.repeat(999));

describe('nothing to judge', () => {
  const files: readonly [string, (it: Copy) => { folder: string; checkpoint?: string }][] = [
    ['no folder', () => ({ folder: '/nowhere' })],
    [
      'garbage instead of an event file',
      ({ folder, file }) => {
        garble(file);
        rmSync(`${file}-wal`);
        return { folder };
      },
    ],
    [
      'garbage beside a write-ahead log',
      ({ folder, file }) => {
        garble(file);
        return { folder };
      },
    ],
    ['a kept checkpoint that is not there', ({ folder }) => ({ folder, checkpoint: join(folder, 'none') })],
  ];

  test.each(files)('%s: one sentence, exit 2', async (_name, prepare) => {
    const [plain, json] = [heard(), heard(true)];
    const options = prepare(copy());
    expect([await verify(options, plain.terminal), await verify(options, json.terminal)]).toEqual([2, 2]);
    expect(plain.lines).toEqual([]);
    expect(plain.warnings).toEqual([expect.stringMatching(/^[A-Z_]+: [A-Z].*\.$/)]);
    expect(json.data).toEqual([{ failed: { code: expect.any(String), message: expect.any(String) } }]);
  });

  test('a kept checkpoint that is none does not hold', async () => {
    const it = copy();
    const kept = join(it.folder, 'kept.note');
    writeFileSync(kept, 'nonsense');
    expect(await verdict(it.folder, kept)).toMatchObject({ code: 1, found: 'SEAL_CHECKPOINT' });
  });
});

const OPENSSL = spawnSync('openssl', ['version']).status === 0;

describe('a certificate from the event file alone', () => {
  function eventsOnly(): Copy {
    const it = copy();
    rmSync(it.checkpoints);
    return it;
  }
  const derOf = (pem: string): Buffer => Buffer.from(pem.split('-----')[2]!.replaceAll('\n', ''), 'base64');

  test('S29b equals what the module holds, bit for bit, and says so', async () => {
    const { folder } = eventsOnly();
    const { terminal, lines } = heard();
    expect(await reconstruct({ folder, fingerprint: record.fingerprint }, terminal)).toBe(0);
    const said = lines.join('\n');
    expect(toBase64url(derOf(said))).toBe(record.module.operation?.certificate);
    expect(said).toContain('Equal: the module signed that it holds exactly this certificate.');
    expect(said).toMatch(/approved by P-ANNA \(class A, @\d+\) and P-BO \(class A, @\d+\)/);
    expect(said.match(/BEGIN CERTIFICATE/g)).toHaveLength(4);
  });

  test(`S29b is accepted by openssl under the manufacturer root${OPENSSL ? '' : ' (left out: no openssl here)'}`, async () => {
    if (!OPENSSL) return;
    const { folder } = eventsOnly();
    const out = join(folder, 'chain.pem');
    expect(await reconstruct({ folder, fingerprint: record.fingerprint, out }, heard().terminal)).toBe(0);
    const pems = readFileSync(out, 'utf8').match(/-----BEGIN[^]*?END CERTIFICATE-----\n/g)!;
    const files = pems.map((pem, n) => (writeFileSync(join(folder, `${n}.pem`), pem), join(folder, `${n}.pem`)));
    const [leaf = '', cardCa = '', customerCa = '', root = ''] = files;
    const untrusted = ['-untrusted', cardCa, '-untrusted', customerCa];
    const answer = execFileSync('openssl', ['verify', '-x509_strict', '-CAfile', root, ...untrusted, leaf], {
      encoding: 'utf8',
    });
    expect(answer).toContain('0.pem: OK');
  });

  test('S29b is found by hex with colons and by a unique beginning; a bad question is exit 2, an unknown one exit 1', async () => {
    const { folder } = eventsOnly();
    const hex = Buffer.from(record.fingerprint, 'base64url').toString('hex').toUpperCase();
    const ask = (fingerprint: string) => reconstruct({ folder, fingerprint }, heard().terminal);
    const asked = [
      hex,
      hex.match(/../g)!.join(':'),
      hex.slice(0, 12),
      record.fingerprint.slice(0, 8),
      'short',
      'A'.repeat(43),
    ];
    expect(await Promise.all(asked.map(ask))).toEqual([0, 0, 0, 0, 2, 1]);
    expect(await reconstruct({ folder: '/nowhere', fingerprint: record.fingerprint }, heard().terminal)).toBe(2);
    expect(await reconstruct({ folder, fingerprint: record.fingerprint, out: '/nowhere/x' }, heard().terminal)).toBe(2);
  });
});
