/**
 * `npm run bench -- page`: a filtered page of 50 of the audit trail, beside resolvers that answer with a constant on the
 * same server; page 10,000 beside page 1; and how fast the views are made from the log, beside reading and parsing it.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Query, Resolver } from '@nestjs/graphql';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { eventNode } from '#apps/platform/src/api/event-node.ts';
import { Board } from '#apps/platform/src/board.ts';
import { Metrics } from '#apps/platform/src/operations/metrics.ts';
import { Standing } from '#apps/platform/src/operations/standing.ts';
import { LIMITS } from '#apps/platform/src/bounds/limits.ts';
import { Rate } from '#apps/platform/src/bounds/rate.ts';
import { NO_DOCUMENTS } from '#apps/platform/src/bounds/trusted-documents.ts';
import type { PlatformConfig } from '#apps/platform/src/config.ts';
import { PERMISSIONS, type Permissions } from '#apps/platform/src/permissions.ts';
import { PlatformModule } from '#apps/platform/src/platform.module.ts';
import type { LogRecord } from '#apps/platform/src/record.ts';
import { type Views, viewsIn } from '#apps/platform/src/views.ts';
import type { EventStore } from '#libs/event-store/event-store.ts';
import { recordedTimes } from '#libs/event-store/recorded-times.ts';
import { MemoryEventStore } from '#libs/event-store/memory/memory-store.ts';
import { openSqliteStore } from '#libs/event-store/sqlite/sqlite-store.ts';
import { systemClock } from '#libs/kernel/clock.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import type { EventFilter } from '#libs/views/questions/event-filter.ts';
import { eventPage } from '#libs/views/questions/events.ts';
import { writeBigLog } from './big-log.ts';

/** Many and short, and compared round by round: whatever else the machine does then slows both alike. */
const ROUNDS = 30;
const ROUND_MS = 200;
const CONNECTIONS = 8;
const FIELDS =
  '{ edges { cursor node { position type stream actor occurredAt recordedAt serial contested } } pageInfo { hasNextPage endCursor } }';

let constantPage: object = {};

@Resolver()
class ConstantResolver {
  @Query('constantPage')
  page(): object {
    return constantPage;
  }

  @Query('constantWord')
  word(): string {
    return 'constant';
  }
}

@Module({})
class BenchModule {
  static of(platform: DynamicModule): DynamicModule {
    return { module: BenchModule, imports: [platform], providers: [ConstantResolver] };
  }
}

/** Nobody signs in here: what is measured are the questions. */
const OPEN: Permissions = {
  ...PERMISSIONS,
  Query: Object.fromEntries(
    [...Object.keys(PERMISSIONS.Query), 'constantPage', 'constantWord'].map((name) => [name, 'anybody' as const]),
  ),
};

const SDL = 'extend type Query { constantPage: EventConnection!  constantWord: String! }';

/** `npm run bench -- graphql`: the same at five million events. */
export function benchGraphql(args: readonly string[]): Promise<void> {
  return benchPage(args.includes('--events') ? args : [...args, '--events', '5000000']);
}

export async function benchPage(args: readonly string[]): Promise<void> {
  const events = Number(args[args.indexOf('--events') + 1] ?? NaN) || 1_000_000;
  const folder = mkdtempSync(join(tmpdir(), 'keyledger-bench-'));
  try {
    mkdirSync(join(folder, 'platform'));
    const file = join(folder, 'platform', 'events.sqlite');
    await timed(`a log of ${events} events written`, () => writeBigLog(file, events));
    const store = await openSqliteStore(file);
    const read = await timed('the log read and parsed', () => drained(store));
    const views = viewsIn(join(folder, 'platform'), store);
    const made = await timed('the views made from it', () => views.start((error) => console.error(error)));
    await timed('the words of its events gathered, beside whoever asks', () => wordsGathered(views));
    const app = await serve({ folder, store, views });
    await comparePages(await app.getUrl(), views, events);
    row('views made from the log / log read and parsed', read / made, '>= 0.4');
    await app.close();
    await views.close();
    await store.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Served {
  readonly folder: string;
  readonly store: EventStore;
  readonly views: Views;
  /** Before it listens. */
  readonly prepare?: (app: NestFastifyApplication) => void;
}

export async function serve({ folder, store, views, prepare }: Served): Promise<NestFastifyApplication> {
  const sdl = join(folder, 'constant.graphql');
  writeFileSync(sdl, SDL);
  const config: PlatformConfig = {
    host: '127.0.0.1',
    port: 0,
    folder,
    events: null,
    founding: null,
    logKeyFile: '',
    listKeyFile: '',
    crlFile: '',
    nodeEnv: 'test',
  };
  const record: LogRecord = {
    store,
    port: { store, times: await recordedTimes(store, systemClock) },
    get sealer(): never {
      throw new Error('no question of the bench asks the seal');
    },
    sealedAt: () => null,
    logKeyLinks: () => [],
    get cosigner(): never {
      throw new Error('no question of the bench asks the witnesses');
    },
    leases: null,
    close: () => store.close(),
  };
  const listKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const board = new Board(new MemoryEventStore());
  const standing = new Standing({ record, board, views });
  const further = { typePaths: [sdl], permissions: OPEN };
  const limits = { ...LIMITS, burst: 1e12, perSecond: 1e12 };
  const parts = {
    config,
    record,
    board,
    views,
    clock: systemClock,
    listKey,
    provider: null,
    standing,
    metrics: new Metrics(standing, { orders: () => 0, webhooks: () => Promise.resolve(0) }),
    limits,
    rate: new Rate(limits),
    documents: NO_DOCUMENTS,
    together: null,
    further,
  };
  const module = BenchModule.of(PlatformModule.of(parts));
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), { logger: ['error'] });
  prepare?.(app);
  await app.listen(0, '127.0.0.1');
  return app;
}

async function comparePages(url: string, views: Views, events: number): Promise<void> {
  const byType: EventFilter = { types: ['TransactionAuthorized'] };
  const byText: EventFilter = { text: 'ATM-000008 sessionest*' };
  const byCommon: EventFilter = { text: 'EUR' };
  const byTwo: EventFilter = { ...byType, actor: 'unit:U-8' };
  constantPage = await pageOf(views, byType);
  const depth = Math.min(10_000, Math.floor(events / 50) - 2);
  const at = (place: number) => Buffer.from(JSON.stringify([1, 'events', place])).toString('base64url');
  const asks = (filter: string) => (cursor: string) =>
    `{ it: events(first: 50, after: "${cursor}", filter: { ${filter} }) ${FIELDS} }`;
  const everything = asks('contested: false');
  const questions = {
    page: (await cursorsOf(views, byType, 20)).map(asks('types: ["TransactionAuthorized"]')),
    'constant page': [`{ it: constantPage ${FIELDS} }`],
    'constant word': ['{ it: constantWord }'],
    'page by two': (await cursorsOf(views, byTwo, 20)).map(asks('types: ["TransactionAuthorized"], actor: "unit:U-8"')),
    'page by text': (await cursorsOf(views, byText, 20)).map(asks('text: "ATM-000008 sessionest*"')),
    'page by common': (await cursorsOf(views, byCommon, 20)).map(asks('text: "EUR"')),
    'page by unit': (await cursorsOf(views, { unit: 'U-8' }, 20)).map(asks('unit: "U-8"')),
    'page 1': [everything(at(events))],
    [`page ${depth}`]: [everything(at(events - depth * 50))],
  };
  const measured = await measure(url, questions);
  for (const [name, { perSecond, octets }] of Object.entries(measured))
    console.log(`  ${name.padEnd(16)} ${perSecond.toFixed(0).padStart(6)} a second, ${octets} octets`);
  const ratio = (name: string, to: string) =>
    median((measured[name]?.all ?? []).map((one, round) => one / (measured[to]?.all[round] ?? NaN)));
  row('filtered page of 50 / constant page of 50', ratio('page', 'constant page'), '>= 0.6');
  row('page by two conditions / constant page of 50', ratio('page by two', 'constant page'), 'for comparison');
  row('page by a unit / constant page of 50', ratio('page by unit', 'constant page'), '>= 0.6');
  row('page by two words / constant page of 50', ratio('page by text', 'constant page'), '>= 0.6');
  row('page by a word of most events / constant page of 50', ratio('page by common', 'constant page'), '>= 0.6');
  row('filtered page of 50 / constant word', ratio('page', 'constant word'), 'for comparison');
  row(`time of page ${depth} / time of page 1`, ratio('page 1', `page ${depth}`), '<= 1.2');
}

/** Alternating rounds; of each question its rounds and their median. */
async function measure(url: string, questions: Readonly<Record<string, readonly string[]>>) {
  const worker = new Worker(new URL('./asker.ts', import.meta.url), { workerData: { url, connections: CONNECTIONS } });
  const ask = (bodies: readonly string[], forMs: number) =>
    new Promise<{ perSecond: number; octets: number }>((resolve, reject) => {
      worker.once('message', (said: { perSecond: number; octets: number } | { failed: string }) =>
        'failed' in said ? reject(new Error(said.failed)) : resolve(said),
      );
      worker.postMessage({ bodies: bodies.map((query) => JSON.stringify({ query })), forMs });
    });
  const rounds: Record<string, { perSecond: number; octets: number }[]> = {};
  for (const bodies of Object.values(questions)) await ask(bodies, ROUND_MS);
  const order = Object.entries(questions);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, bodies] of order) (rounds[name] ??= []).push(await ask(bodies, ROUND_MS));
    order.push(...order.splice(0, 1)); // nobody is always asked behind the same one
  }
  await worker.terminate();
  return Object.fromEntries(
    Object.entries(rounds).map(([name, said]) => {
      const all = said.map(({ perSecond }) => perSecond);
      return [name, { all, perSecond: median(all), octets: said[0]?.octets ?? 0 }];
    }),
  );
}

function median(all: readonly number[]): number {
  return [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;
}

async function pageOf(views: Views, filter: EventFilter, after?: string): Promise<{ edges: { cursor: string }[] }> {
  const reading = views.reading();
  const page =
    reading === null ? null : await eventPage(reading, { filter, page: { first: 50, after: after ?? null } });
  if (page === null || isRefusal(page)) throw new Error('no page');
  const edges = page.edges.map(({ cursor, node }) => ({ cursor, node: eventNode(node) }));
  return { ...page, edges };
}

async function cursorsOf(views: Views, filter: EventFilter, pages: number): Promise<readonly string[]> {
  const cursors: string[] = [];
  for (let at = 0; at < pages; at += 1) {
    const { edges } = await pageOf(views, filter, cursors.at(-1));
    if (edges.length < 50) break;
    cursors.push(edges.at(-1)?.cursor ?? '');
  }
  return cursors;
}

async function wordsGathered(views: Views): Promise<void> {
  for (;;) {
    const progress = await views.reading()?.progress.findUnique({ where: { id: 1 } });
    if (progress != null && progress.words === progress.events) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function drained(store: EventStore): Promise<void> {
  let octets = 0;
  for await (const event of store.readAll()) octets += event.type.length;
  if (octets === 0) throw new Error('an empty log');
}

async function timed(what: string, run: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await run();
  const ms = performance.now() - from;
  console.log(`  ${what}: ${(ms / 1000).toFixed(1)} s`);
  return ms;
}

function row(what: string, ratio: number, goal: string): void {
  console.log(`${what.padEnd(48)} ${ratio.toFixed(2)}  (${goal})`);
}
