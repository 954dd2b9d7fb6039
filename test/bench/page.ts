/**
 * `npm run bench -- graphql`: pages of 50 of the audit trail, beside a resolver on the same server that answers with such
 * a page as a constant; and page 10,000 beside page 1. `bench -- page` is the same over fewer events.
 */
import { Worker } from 'node:worker_threads';
import { eventNode } from '#apps/platform/src/api/event-node.ts';
import type { Views } from '#apps/platform/src/views.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import type { EventFilter } from '#libs/views/questions/event-filter.ts';
import { eventPage } from '#libs/views/questions/events.ts';
import { eventsOf, keptLog } from './kept-log.ts';
import { type BenchRow, median, printRows } from './rows.ts';
import { answerAlways, serve } from './server.ts';

/** Many and short, and compared round by round: whatever else the machine does then slows both alike. */
const ROUNDS = 30;
const ROUND_MS = 200;
const CONNECTIONS = 8;
const PAGE = 50;
const FIELDS =
  '{ edges { cursor node { position type stream actor occurredAt recordedAt serial contested } } pageInfo { hasNextPage endCursor } }';

const TYPE = 'TransactionAuthorized';

/** Each as a filter of GraphQL, beside the constant page. */
const FILTERED: readonly [work: string, filter: EventFilter, least: number | null][] = [
  ['by a type', { types: [TYPE] }, 0.6],
  ['by a unit', { unit: 'U-8' }, 0.6],
  ['by a type and an actor', { types: [TYPE], actor: 'unit:U-8' }, null],
  ['by a word of a quarter of all events', { text: 'EUR' }, 0.6],
  ['by two words', { text: 'ATM-000008 SessionEstablished' }, null],
];

/** Each at its beginning and ten thousand pages on. */
const DEEP: readonly [work: string, filter: EventFilter][] = [
  ['of everything', { contested: false }],
  ['of a type', { types: [TYPE] }],
  ['of a word', { text: 'EUR' }],
];

export function benchGraphql(args: readonly string[]): Promise<void> {
  return compared(args, eventsOf(args, 5_000_000));
}

export function benchPage(args: readonly string[]): Promise<void> {
  return compared(args, eventsOf(args, 1_000_000));
}

async function compared(args: readonly string[], events: number): Promise<void> {
  const it = await keptLog(args, events);
  try {
    const app = await serve(it);
    printRows(await rowsOf(await app.getUrl(), { views: it.views, events }), args.includes('--json'));
    await app.close();
  } finally {
    await it.close();
  }
}

interface Asked {
  readonly views: Views;
  readonly events: number;
}

async function rowsOf(url: string, { views, events }: Asked): Promise<readonly (readonly [BenchRow, string])[]> {
  const [[, first] = ['', {}]] = FILTERED;
  answerAlways(await pageOf(views, first));
  const depth = Math.min(10_000, Math.floor(events / (4 * PAGE)));
  const questions: Record<string, readonly string[]> = { constant: [`{ it: constantPage ${FIELDS} }`] };
  for (const [work, filter] of FILTERED) questions[work] = (await cursorsOf(views, filter)).map(asking(filter));
  for (const [work, filter] of DEEP) {
    questions[`page 1 ${work}`] = [asking(filter)(cursorAt(events))];
    questions[`page ${depth} ${work}`] = [asking(filter)(cursorAt(events - depth * PAGE))];
  }
  const measured = await measure(url, questions);
  const beside = (work: string, peerName: string): BenchRow => {
    const [ours, peer] = [measured[work] ?? [], measured[peerName] ?? []];
    const ratio = median(ours.map((one, round) => one / (peer[round] ?? NaN)));
    return { work, ours: median(ours), peer: median(peer), peerName, limit: null, ratio, unit: '1/s' };
  };
  const deep = DEEP.map(([work]): readonly [BenchRow, string] => {
    const row = beside(`page 1 ${work}`, `page ${depth} ${work}`);
    return [{ ...row, work: `time of page ${depth} ${work} / page 1` }, '<= 1.2'];
  });
  const filtered = FILTERED.map(([work, , least]): readonly [BenchRow, string] => {
    const row = beside(work, 'constant');
    return [{ ...row, work: `page of ${PAGE} ${work}` }, least === null ? 'for comparison' : `>= ${least}`];
  });
  return [...filtered, ...deep];
}

/** Begins behind a place of the log, wherever what is asked for stands. */
function cursorAt(place: number): string {
  return Buffer.from(JSON.stringify([1, 'events', place])).toString('base64url');
}

function asking(filter: EventFilter): (cursor: string) => string {
  const said = Object.entries(filter).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return (cursor) => `{ it: events(first: ${PAGE}, after: "${cursor}", filter: { ${said.join(', ')} }) ${FIELDS} }`;
}

/** Alternating rounds; of each question how many a second in each. */
async function measure(
  url: string,
  questions: Readonly<Record<string, readonly string[]>>,
): Promise<Readonly<Record<string, readonly number[]>>> {
  const worker = new Worker(new URL('./asker.ts', import.meta.url), { workerData: { url, connections: CONNECTIONS } });
  const ask = (bodies: readonly string[]) =>
    new Promise<number>((resolve, reject) => {
      worker.once('message', (said: { perSecond: number } | { failed: string }) =>
        'failed' in said ? reject(new Error(said.failed)) : resolve(said.perSecond),
      );
      worker.postMessage({ bodies: bodies.map((query) => JSON.stringify({ query })), forMs: ROUND_MS });
    });
  const rounds: Record<string, number[]> = {};
  for (const bodies of Object.values(questions)) await ask(bodies);
  const order = Object.entries(questions);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, bodies] of order) (rounds[name] ??= []).push(await ask(bodies));
    order.push(...order.splice(0, 1)); // nobody is always asked behind the same one
  }
  await worker.terminate();
  return rounds;
}

async function pageOf(views: Views, filter: EventFilter, after?: string): Promise<{ edges: { cursor: string }[] }> {
  const reading = views.reading();
  const page =
    reading === null ? null : await eventPage(reading, { filter, page: { first: PAGE, after: after ?? null } });
  if (page === null || isRefusal(page)) throw new Error('no page');
  const edges = page.edges.map(({ cursor, node }) => ({ cursor, node: eventNode(node) }));
  return { ...page, edges };
}

/** Twenty pages in a row, or as many as are full. */
async function cursorsOf(views: Views, filter: EventFilter): Promise<readonly string[]> {
  const cursors: string[] = [];
  while (cursors.length < 20) {
    const { edges } = await pageOf(views, filter, cursors.at(-1));
    if (edges.length < PAGE) break;
    cursors.push(edges.at(-1)?.cursor ?? '');
  }
  return cursors.length > 1 ? cursors.slice(0, -1) : cursors;
}
