/**
 * `npm run bench -- append`: durable appends at an exact revision, of about 500 octets, by 256 writers and by one, on both
 * engines; beside a plain group-commit loop on the same SQLite and castore on the same PostgreSQL, round by round.
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventStore } from '#libs/event-store/event-store.ts';
import { openPostgresStore } from '#libs/event-store/postgresql/postgresql-store.ts';
import { openSqliteStore } from '#libs/event-store/sqlite/sqlite-store.ts';
import type { NewEvent } from '#libs/kernel/event.ts';
import { nonce, uuidv7 } from '#libs/kernel/ids.ts';
import { benchPostgres, castoreOn, durabilityOn } from './peers.ts';
import { plainLoop } from './plain-loop.ts';
import { type BenchRow, costRow, cpuMicros, machine, median, printRows } from './rows.ts';

type Append = (stream: string, expected: number, event: NewEvent) => Promise<unknown>;

interface Contender {
  readonly append: Append;
  readonly heads: Map<string, number>;
  readonly rounds: { readonly many: number[]; readonly one: number[]; readonly p99: number[]; readonly cpu: number[] };
}

const WRITERS = 256;
const TEXT = 'abcdefgh'.repeat(38);

export async function benchAppend(args: readonly string[]): Promise<void> {
  const json = args.includes('--json');
  const rounds = Number(args[args.indexOf('--rounds') + 1]) || 7;
  const folder = mkdtempSync(join(tmpdir(), 'keyledger-bench-'));
  const server = await benchPostgres();
  const castore = await castoreOn(server.superuser);
  const sqlite = await openSqliteStore(join(folder, 'events.sqlite'));
  const postgres = await openPostgresStore(server.address);
  const plain = plainLoop(join(folder, 'plain.sqlite'), true);
  const bare = plainLoop(join(folder, 'bare.sqlite'), false);
  try {
    const contenders = {
      sqlite: contender(ours(sqlite)),
      plain: contender(plain.append),
      bare: contender(bare.append),
      postgresql: contender(ours(postgres)),
      castore: contender((stream, expected, event) => castore.append(stream, expected + 1, event)),
    };
    const limits: number[] = [];
    const order = Object.values(contenders);
    for (const one of order) await run(one, WRITERS, 300);
    for (let round = 0; round < rounds; round += 1) {
      for (const one of order) {
        const { perSecond, p99, cpu } = await run(one, WRITERS, 1000);
        one.rounds.many.push(perSecond);
        one.rounds.cpu.push(cpu);
        one.rounds.p99.push(p99);
        one.rounds.one.push((await run(one, 1, 300)).perSecond);
      }
      limits.push(syncs(join(folder, 'limit'), 131_072) * 256);
      order.push(...order.splice(0, 1)); // nobody is always measured behind the same one
    }
    if (!json) {
      console.log(`${server.version}; ${rounds} rounds, medians, ratios by round; ${machine()}`);
      const { journalMode, synchronous } = sqlite.durability();
      console.log(`sqlite waits for: journal_mode ${String(journalMode)}, synchronous ${String(synchronous)}`);
      console.log(`plain group commit: ${plain.durability}; without triggers: ${bare.durability}`);
      console.log(`postgresql: ${await durabilityOn(server.address)}`);
      console.log(`castore: ${await durabilityOn(server.superuser)}`);
    }
    printRows(tableOf(contenders, median(limits)), json);
  } finally {
    await Promise.all([sqlite.close(), postgres.close(), castore.close()]);
    plain.close();
    bare.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function ours(store: EventStore): Append {
  return (stream, expected, event) =>
    store.append({ stream, expected: expected < 0 ? 'no_stream' : BigInt(expected), events: [event] });
}

function contender(append: Append): Contender {
  return { append, heads: new Map(), rounds: { many: [], one: [], p99: [], cpu: [] } };
}

/** So many writers, each in a stream of its own, each waiting for its answer before it goes on. */
async function run(
  { append, heads }: Contender,
  writers: number,
  forMs: number,
): Promise<{ perSecond: number; p99: number; cpu: number }> {
  const took: number[] = [];
  const [started, spent] = [performance.now(), cpuMicros()];
  const until = started + forMs;
  const write = async (writer: number): Promise<void> => {
    const stream = `bench-${writer}`;
    for (let head = heads.get(stream) ?? -1; performance.now() < until;) {
      const from = performance.now();
      await append(stream, head, eventOf(writer));
      took.push(performance.now() - from);
      head += 1;
      heads.set(stream, head);
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  const seconds = (performance.now() - started) / 1000;
  const cpu = (cpuMicros() - spent) / took.length;
  took.sort((a, b) => a - b);
  return { perSecond: took.length / seconds, p99: took[Math.floor(took.length * 0.99)] ?? NaN, cpu };
}

function eventOf(writer: number): NewEvent {
  const time = '2026-01-31T12:00:00.000Z';
  const data = { serial: `ATM-${writer}`, counter: writer, text: TEXT, currency: 'EUR', amount: 5000 };
  const metadata = { actor: 'unit:U-7', command: 'a8098c1a-f86e-11da-bd1a-00112444be1e' };
  return {
    id: uuidv7(),
    type: 'TransactionAuthorized',
    schemaVersion: 1,
    occurredAt: time,
    recordedAt: time,
    salt: nonce(),
    data,
    metadata,
  };
}

/** Writes of so many octets, each made durable, in a second. */
function syncs(file: string, octets: number): number {
  const handle = openSync(file, 'w');
  const buffer = Buffer.alloc(octets, 1);
  const started = performance.now();
  let many = 0;
  for (; performance.now() - started < 300; many += 1) {
    writeSync(handle, buffer);
    fdatasyncSync(handle);
  }
  closeSync(handle);
  return many / ((performance.now() - started) / 1000);
}

function tableOf(
  all: Readonly<Record<'sqlite' | 'plain' | 'bare' | 'postgresql' | 'castore', Contender>>,
  limit: number,
) {
  const { sqlite, plain, bare, postgresql, castore } = all;
  const row = (
    work: string,
    mine: readonly number[],
    its: readonly number[],
    named: { peerName: string; limit: number | null },
  ) => ({
    work,
    ours: median(mine),
    peer: median(its),
    ratio: median(mine.map((one, round) => one / (its[round] ?? NaN))),
    unit: 'events/s',
    ...named,
  });
  const onCastore = { peerName: 'castore on PostgreSQL', limit };
  const p99: BenchRow = {
    work: 'append p99, sqlite, 256 writers',
    ours: median(sqlite.rounds.p99),
    peer: median(plain.rounds.p99),
    peerName: 'plain group commit',
    limit: null,
    ratio: median(sqlite.rounds.p99.map((one, round) => one / (plain.rounds.p99[round] ?? NaN))),
    unit: 'ms',
  };
  return [
    [row('append, sqlite, 256 writers', sqlite.rounds.many, castore.rounds.many, onCastore), '>= 8'],
    [
      row('append, sqlite, 256 writers', sqlite.rounds.many, plain.rounds.many, {
        peerName: 'plain group commit',
        limit,
      }),
      '>= 0.9',
    ],
    [
      row('append, sqlite, 256 writers', sqlite.rounds.many, bare.rounds.many, {
        peerName: 'the same without triggers',
        limit,
      }),
      'for comparison',
    ],
    [row('append, postgresql, 256 writers', postgresql.rounds.many, castore.rounds.many, onCastore), '>= 3'],
    [row('append, sqlite, 1 writer', sqlite.rounds.one, castore.rounds.one, { ...onCastore, limit: null }), '>= 0.9'],
    [
      row('append, postgresql, 1 writer', postgresql.rounds.one, castore.rounds.one, { ...onCastore, limit: null }),
      'for comparison',
    ],
    [p99, 'ours <= 15 ms'],
    costRow('append, sqlite, 256 writers', sqlite.rounds.cpu, plain.rounds.cpu, 'plain group commit'),
  ] as const;
}
