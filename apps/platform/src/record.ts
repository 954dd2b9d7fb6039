/** The record: the one place where an engine is chosen. The log, its seal, and what appends to it. */
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventStore } from '#libs/event-store/event-store.ts';
import type { HandlePort } from '#libs/event-store/handle.ts';
import { openPostgresStore } from '#libs/event-store/postgresql/postgresql-store.ts';
import { clockSetBack, recordedTimes } from '#libs/event-store/recorded-times.ts';
import { openSqliteStore } from '#libs/event-store/sqlite/sqlite-store.ts';
import { UpcastingStore } from '#libs/event-store/upcast.ts';
import { UPCASTERS } from '#libs/domain/upcasters.ts';
import type { Clock } from '#libs/kernel/clock.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { PREDECESSOR_MS } from '#libs/local/folder-lock.ts';
import { openCheckpointFile } from '#libs/seal/checkpoint-file.ts';
import { Sealer } from '#libs/seal/sealer.ts';

export const EVENTS_FILE = 'events.sqlite';
export const CHECKPOINTS_FILE = 'checkpoints.ndjson';

export interface LogRecord {
  readonly store: EventStore;
  readonly sealer: Sealer;
  readonly port: HandlePort;
  readonly close: () => Promise<void>;
}

export interface RecordPlace {
  readonly folder: string;
  /** Address of a PostgreSQL log; null for the event file in the folder. */
  readonly events: string | null;
  /** Name in checkpoints and in the log key: fixed for ever. */
  readonly origin: string;
  readonly logKeyFile: string;
  readonly clock: Clock;
}

/** Opens log and seal. Throws one clear sentence when the log is not the one that was sealed, or another process owns it. */
export async function openRecord(place: RecordPlace): Promise<LogRecord> {
  const { folder, events } = place;
  const engine =
    events === null
      ? await openSqliteStore(join(folder, EVENTS_FILE), { waitMs: PREDECESSOR_MS })
      : await openPostgresStore(events);
  const setBack = await clockSetBack(engine, place.clock);
  if (setBack !== null) await orThrow(Promise.resolve(refuse('CLOCK_SET_BACK', setBack)), engine);
  const checkpoints = await orThrow(openCheckpointFile(join(folder, CHECKPOINTS_FILE)), engine);
  const sealer = await orThrow(Sealer.open({ log: engine, signer: signerOf(place), checkpoints }), engine, checkpoints);
  const store = new UpcastingStore(UPCASTERS, engine);
  const port = { store, times: await recordedTimes(store, place.clock) };
  const close = async (): Promise<void> => {
    await sealer.close();
    await checkpoints.close();
    await store.close();
  };
  return { store, sealer, port, close };
}

function signerOf({ origin, logKeyFile }: RecordPlace) {
  return { name: origin, key: createPrivateKey(readFileSync(logKeyFile)) };
}

async function orThrow<T>(opening: Promise<T | Refusal>, ...opened: readonly { close(): Promise<void> }[]): Promise<T> {
  const result = await opening;
  if (!isRefusal(result)) return result;
  for (const one of opened.toReversed()) await one.close();
  throw new Error(`${result.code}: ${result.message}`);
}
