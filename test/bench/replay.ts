/**
 * `npm run bench -- replay`: the whole log read, parsed, and each event's entry verified, beside reading and parsing it page
 * by page with nothing verified. `npm run bench -- stream`: a stream of ten, beside castore on the PostgreSQL of this run.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { EventStore } from '#libs/event-store/event-store.ts';
import { openPostgresStore } from '#libs/event-store/postgresql/postgresql-store.ts';
import { openSqliteReadOnly } from '#libs/event-store/sqlite/read-only.ts';
import { openSqliteStore } from '#libs/event-store/sqlite/sqlite-store.ts';
import { newEvents } from '#libs/event-store/contract/harness.ts';
import { writeBigLog } from './big-log.ts';
import { benchPostgres, castoreOn } from './peers.ts';
import { costRow, cpuMicros, machine, median, printRows } from './rows.ts';

const STREAMS = 200;
const TEN = 10;
const PAGE = 500;

function numberAfter(args: readonly string[], name: string, otherwise: number): number {
  return Number(args[args.indexOf(name) + 1]) || otherwise;
}

export async function benchReplay(args: readonly string[]): Promise<void> {
  const [events, rounds] = [numberAfter(args, '--events', 200_000), numberAfter(args, '--rounds', 7)];
  const folder = mkdtempSync(join(tmpdir(), 'keyledger-bench-'));
  const file = join(folder, 'events.sqlite');
  try {
    await writeBigLog(file, events);
    const [ours, plain, peer]: number[][] = [[], [], []];
    const [ourCost, peerCost]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      const spent = [cpuMicros()];
      ours?.push(await perSecond(events, () => verified(file)));
      spent.push(cpuMicros());
      peer?.push(await perSecond(events, () => Promise.resolve(rawParsed(file))));
      spent.push(cpuMicros());
      const [from = 0, between = 0, until = 0] = spent;
      ourCost.push((between - from) / events);
      peerCost.push((until - between) / events);
      plain?.push(await perSecond(events, () => delivered(file)));
    }
    if (!args.includes('--json')) console.log(`${events} events, ${rounds} rounds, ratios by round; ${machine()}`);
    const row = (work: string, mine: readonly number[] = []) => ({
      work,
      ours: median(mine),
      peer: median(peer ?? []),
      peerName: 'raw paged read + parse',
      limit: median(peer ?? []),
      ratio: median(mine.map((one, round) => one / (peer?.[round] ?? NaN))),
      unit: 'events/s',
    });
    printRows(
      [
        [row('replay, sqlite, hashes verified', ours), '>= 0.7'],
        [row('readAll, sqlite, one by one', plain), 'for comparison'],
        costRow('replay, sqlite, hashes verified', ourCost, peerCost, 'raw paged read + parse'),
      ],
      args.includes('--json'),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function perSecond(events: number, run: () => Promise<number>): Promise<number> {
  const started = performance.now();
  const seen = await run();
  if (seen !== events) throw new Error(`${seen} of ${events} events`);
  return events / ((performance.now() - started) / 1000);
}

async function verified(file: string): Promise<number> {
  const reader = await openSqliteReadOnly(file);
  let seen = 0;
  for await (const row of reader.rows()) if (row.is === 'event') seen += 1;
  await reader.close();
  return seen;
}

async function delivered(file: string): Promise<number> {
  const reader = await openSqliteReadOnly(file);
  let seen = 0;
  for await (const event of reader.readAll()) seen += event.schemaVersion;
  await reader.close();
  return seen;
}

function rawParsed(file: string): number {
  const connection = new Database(file, { readonly: true });
  const statement = connection.prepare(`SELECT * FROM events WHERE position > ? ORDER BY position LIMIT ${PAGE}`);
  let [seen, after] = [0, -1];
  for (;;) {
    const rows = statement.all(after) as { position: number; data: string; metadata: string }[];
    for (const row of rows) {
      const event = { ...row, data: JSON.parse(row.data) as unknown, metadata: JSON.parse(row.metadata) as unknown };
      if (event.data !== undefined) seen += 1;
      after = event.position;
    }
    if (rows.length < PAGE) break;
  }
  connection.close();
  return seen;
}

export async function benchStream(args: readonly string[]): Promise<void> {
  const rounds = numberAfter(args, '--rounds', 7);
  const folder = mkdtempSync(join(tmpdir(), 'keyledger-bench-'));
  const server = await benchPostgres();
  const castore = await castoreOn(server.superuser);
  const sqlite = await openSqliteStore(join(folder, 'events.sqlite'));
  const postgres = await openPostgresStore(server.address);
  try {
    const names = Array.from({ length: STREAMS }, (_, index) => `stream-${index}`);
    for (const stream of names) {
      const events = newEvents(TEN, { data: { text: 'abcdefgh'.repeat(40), serial: 'ATM-000013', counter: 7 } });
      for (const store of [sqlite, postgres]) await store.append({ stream, expected: 'no_stream', events });
      for (const [version, event] of events.entries()) await castore.append(stream, version, event);
    }
    const from = (store: EventStore) => async (stream: string) => {
      let seen = 0;
      for await (const event of store.readStream(stream)) seen += event.schemaVersion;
      return seen;
    };
    const readers = {
      sqlite: from(sqlite),
      postgresql: from(postgres),
      castore: async (stream: string) => (await castore.read(stream)).length,
    };
    const measured: Record<string, number[]> = {};
    for (let round = 0; round <= rounds; round += 1)
      for (const [name, read] of Object.entries(readers)) {
        const one = await readsPerSecond(names, read);
        if (round > 0) (measured[name] ??= []).push(one); // the first warms up
      }
    const row = (name: string) => ({
      work: `read a stream of ${TEN}, ${name}`,
      ours: median(measured[name] ?? []),
      peer: median(measured['castore'] ?? []),
      peerName: 'castore on PostgreSQL',
      limit: null,
      ratio: median((measured[name] ?? []).map((one, round) => one / (measured['castore']?.[round] ?? NaN))),
      unit: 'streams/s',
    });
    printRows(
      [
        [row('sqlite'), '>= 3'],
        [row('postgresql'), 'for comparison'],
      ],
      args.includes('--json'),
    );
  } finally {
    await Promise.all([sqlite.close(), postgres.close(), castore.close()]);
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function readsPerSecond(names: readonly string[], read: (stream: string) => Promise<number>): Promise<number> {
  const started = performance.now();
  let reads = 0;
  for (; performance.now() - started < 500; reads += 1) {
    const seen = await read(names[reads % names.length] ?? '');
    if (seen !== TEN) throw new Error(`${seen} of ${TEN} events`);
  }
  return reads / ((performance.now() - started) / 1000);
}
