/** A big log and its views, written once through the store and told once by the projector, and kept between runs. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Views, viewsIn } from '#apps/platform/src/views.ts';
import type { EventStore } from '#libs/event-store/event-store.ts';
import { openSqliteStore } from '#libs/event-store/sqlite/sqlite-store.ts';
import { writeBigLog } from './big-log.ts';
import { Progress } from './progress.ts';

/** Where logs are kept if nobody says otherwise. */
const FOLDER = join(import.meta.dirname, '../../data/bench');

export interface KeptLog {
  readonly folder: string;
  readonly store: EventStore;
  readonly views: Views;
  /** Seconds that each part took in this run; null where it was there already. */
  readonly took: { readonly log: number | null; readonly views: number | null; readonly words: number | null };
  close(): Promise<void>;
}

/** The value of `--name value`; null where it is not given. */
export function optionOf(args: readonly string[], name: string): string | null {
  const at = args.indexOf(`--${name}`);
  return at === -1 ? null : (args[at + 1] ?? null);
}

export function eventsOf(args: readonly string[], otherwise: number): number {
  return Number(optionOf(args, 'events')) || otherwise;
}

/** `--folder` names where logs are kept; each is in a folder named by its number of events. */
export async function keptLog(args: readonly string[], events: number): Promise<KeptLog> {
  const folder = join(optionOf(args, 'folder') ?? FOLDER, String(events));
  const log = await written(folder, events);
  const store = await openSqliteStore(join(folder, 'platform', 'events.sqlite'));
  const progress = new Progress('views', events);
  const views = viewsIn(join(folder, 'platform'), store, (line) => progress.at(Number(/\d+/.exec(line)?.[0] ?? 0)));
  const told = await secondsOf(() => views.start((error) => console.error(error)));
  progress.end();
  const words = await secondsOf(() => wordsGathered(views, events));
  const took = { log, views: told > 1 ? told : null, words: words > 1 ? words : null };
  for (const [what, seconds] of Object.entries(took))
    if (seconds !== null)
      console.log(
        `  ${what} of ${events} events made in ${seconds.toFixed(0)} s, ${(events / seconds).toFixed(0)} a second`,
      );
  const close = async (): Promise<void> => {
    await views.close();
    await store.close();
  };
  return { folder, store, views, took, close };
}

/** Under another name until it is whole: what was cut off is begun anew. */
async function written(folder: string, events: number): Promise<number | null> {
  const platform = join(folder, 'platform');
  if (existsSync(platform)) return null;
  const building = join(folder, 'platform.building');
  rmSync(building, { recursive: true, force: true });
  mkdirSync(building, { recursive: true });
  const progress = new Progress('log', events);
  const seconds = await secondsOf(() =>
    writeBigLog(join(building, 'events.sqlite'), events, (count) => progress.at(count)),
  );
  progress.end();
  renameSync(building, platform);
  return seconds;
}

async function wordsGathered(views: Views, events: number): Promise<void> {
  const progress = new Progress('words', events);
  for (;;) {
    const asked = views.reading()?.rowsOf<{ words: number; events: number }>('SELECT words, events FROM progress', []);
    const [at] = (await asked) ?? [];
    if (at !== undefined && at.words === at.events) return progress.end();
    progress.at(at?.words ?? 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function secondsOf(run: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await run();
  return (performance.now() - from) / 1000;
}
