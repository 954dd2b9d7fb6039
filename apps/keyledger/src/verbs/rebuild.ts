/**
 * `keyledger rebuild`: makes the views of a stopped deployment anew from its events, beside those that stand there, and
 * switches to them. Says whether those had said what the log says.
 */
import { dirname, join } from 'node:path';
import type { LogReader } from '#libs/event-store/log-reader.ts';
import { LEASE_MS, whileHolding } from '#libs/event-store/holding.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { postgresViews } from '#libs/views/postgresql/shared.ts';
import { ViewSchema, prepareViews } from '#libs/views/postgresql/view-schema.ts';
import type { ViewPlace, ViewStore } from '#libs/views/view-store.ts';
import { rebuild as rebuildViews } from '#libs/views/projection.ts';
import { ViewFolder } from '#libs/views/sqlite/view-folder.ts';
import type { Terminal } from '../terminal.ts';
import { countedEvents, couldNotRun, eventPlace, withEventFile } from './event-file.ts';
import { whileStopped } from './stopped.ts';

export interface RebuildOptions {
  readonly folder: string;
  /** Address of a PostgreSQL database of views; null or left out for a file in the platform's folder. */
  readonly views?: string | null;
}

/** A place of views whose rows can be held against each other. */
type Compared = Omit<ViewPlace, 'open'> & { open(): Promise<(ViewStore & Digested) | null> };

interface Digested {
  digests(): ReadonlyMap<string, string> | Promise<ReadonlyMap<string, string>>;
}

/** 0: made anew. 1: made anew, and the ones before had said other than the log. 2: could not run, and nothing was changed. */
export async function rebuild({ folder, views = null }: RebuildOptions, terminal: Terminal): Promise<0 | 1 | 2> {
  const place = eventPlace(folder);
  const opened = await withEventFile(place, async (reader) =>
    whileStopped(dirname(place.events), () =>
      views === null
        ? made(new ViewFolder(join(dirname(place.events), 'views')), reader, terminal)
        : whileNobodyWrites(views, (there) => made(there, reader, terminal)),
    ),
  );
  if (isRefusal(opened)) return couldNotRun(terminal, opened);
  const { events, file, differing } = opened;
  terminal.line(`${events} events told to the views: ${file}`);
  if (differing.length > 0) terminal.line(`The views before had said other than the log: ${differing.join(', ')}.`);
  terminal.data({ rebuilt: true, ...opened });
  return differing.length > 0 ? 1 : 0;
}

interface Made {
  readonly events: number;
  readonly file: string;
  /** Tables of the views before whose rows were others. */
  readonly differing: readonly string[];
}

/** Platforms in other folders may write the same views: refuses VIEWS_BUSY while one does. */
async function whileNobodyWrites(address: string, run: (place: Compared) => Promise<Made>): Promise<Made | Refusal> {
  await prepareViews(address);
  const { name: lease, leases } = postgresViews(address, 'rebuild');
  try {
    const free = await leases.take(lease, LEASE_MS);
    if (free === null) return refuse('VIEWS_BUSY', 'A running platform writes these views; stop every platform first.');
    await leases.release(free.fence);
    const [end, done] = [new AbortController(), Promise.withResolvers<Made>()];
    const holding = whileHolding({
      leases,
      lease,
      signal: end.signal,
      run: ({ fence }) => run(new ViewSchema(address, fence)).then(done.resolve, done.reject),
    });
    return await done.promise.finally(() => (end.abort(), holding));
  } finally {
    await leases.close();
  }
}

async function made(views: Compared, reader: LogReader, terminal: Terminal): Promise<Made> {
  const [log, total] = [await reader.identity(), await countedEvents(reader)];
  const before = await digestsIn(views, log);
  const done = await rebuildViews({
    log,
    events: reader.readAll(),
    factOf: async (judgement) => {
      for await (const fact of reader.readStream(judgement.stream, { from: judgement.revision - 1n, limit: 1 }))
        return fact;
      return null;
    },
    place: views,
    progress: ({ events }) => terminal.progress('views', events, total),
  });
  const after = await digestsIn(views, log);
  const differing = before?.events === done?.events ? differences(before?.tables, after?.tables) : [];
  return { events: done?.events ?? 0, file: views.file, differing };
}

interface Digests {
  readonly events: number;
  readonly tables: ReadonlyMap<string, string>;
}

/** Null where there are none of this code and log, or where they cannot be read. */
async function digestsIn(views: Compared, log: string): Promise<Digests | null> {
  const store = await views.open();
  try {
    const progress = await store?.progress(log);
    return store == null || progress == null ? null : { events: progress.events, tables: await store.digests() };
  } catch {
    return null; // broken: that is what a rebuild is for
  } finally {
    await store?.close();
  }
}

function differences(before: Digests['tables'] = new Map(), after: Digests['tables'] = new Map()): readonly string[] {
  return [...before].filter(([table, digest]) => after.get(table) !== digest).map(([table]) => table);
}
