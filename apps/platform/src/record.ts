/** The record: the one place where an engine is chosen. The log, its seal, and what appends to it. */
import { createPrivateKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Founding } from '#libs/domain/log/log.ts';
import type { EventStore } from '#libs/event-store/event-store.ts';
import type { Leases } from '#libs/event-store/leases.ts';
import { postgresLeases } from '#libs/event-store/postgresql/leases.ts';
import type { HandlePort } from '#libs/event-store/handle.ts';
import { isKurrentAddress } from '#libs/event-store/kurrentdb/address.ts';
import { withDriver } from '#libs/event-store/kurrentdb/driver.ts';
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
import type { NoteSigner } from '#libs/seal/signed-note.ts';
import { openTileFolder } from '#libs/seal/tile-store.ts';
import { type LogKeyLink, linksIn } from './seal/log-keys.ts';
import { Cosigner, type WitnessAddress } from './seal/cosigner.ts';
import { policiesIn } from './seal/witness-policies.ts';

export const EVENTS_FILE = 'events.sqlite';
export const CHECKPOINTS_FILE = 'checkpoints.ndjson';
const TILES_FOLDER = 'tiles';

export interface LogRecord {
  readonly store: EventStore;
  readonly sealer: Sealer;
  readonly cosigner: Cosigner;
  /** When the newest checkpoint was signed, RFC 3339; null where none was since the start. */
  /** Keys that the log had after its first, each with what a station follows it by. */
  readonly logKeyLinks: () => readonly LogKeyLink[];
  readonly sealedAt: () => string | null;
  readonly port: HandlePort;
  /** Who of several platforms does what only one may; null where the engine is of one process. */
  readonly leases: Leases | null;
  readonly close: () => Promise<void>;
}

export interface RecordPlace {
  readonly folder: string;
  /** Address of a PostgreSQL or KurrentDB log; null for the event file in the folder. */
  readonly events: string | null;
  /** Name in checkpoints and in the log key: fixed for ever. */
  readonly origin: string;
  readonly logKeyFile: string;
  readonly clock: Clock;
  /** There only while the log key is rolled over. */
  readonly nextLogKeyFile?: string | undefined;
  /** Of the genesis. */
  readonly witnessPolicy: Founding['witnessPolicy'];
  readonly witnesses: readonly WitnessAddress[];
}

/** Opens log, seal and the lines to its witnesses. Throws one clear sentence when the log is not the one that was sealed, or another process owns it. */
export async function openRecord(place: RecordPlace): Promise<LogRecord> {
  const { folder, events } = place;
  const engine =
    events === null
      ? await openSqliteStore(join(folder, EVENTS_FILE), { waitMs: PREDECESSOR_MS })
      : await openOnServer(events);
  const setBack = await clockSetBack(engine, place.clock);
  if (setBack !== null) await orThrow(Promise.resolve(refuse('CLOCK_SET_BACK', setBack)), engine);
  const checkpoints = await orThrow(openCheckpointFile(join(folder, CHECKPOINTS_FILE)), engine);
  const tiles = openTileFolder(join(folder, TILES_FOLDER));
  const opened = [engine, checkpoints, tiles];
  const sealer = await orThrow(
    Sealer.open({ log: engine, signer: signerOf(place, place.logKeyFile), ...nextSigner(place), checkpoints, tiles }),
    ...opened,
  );
  const cosigner = await orThrow(openCosigner(place, sealer, engine), ...opened, sealer);
  let sealedAt: string | null = null;
  sealer.listen(() => (sealedAt = place.clock.rfc3339()));
  const store = new UpcastingStore(UPCASTERS, engine);
  const port = { store, times: await recordedTimes(store, place.clock) };
  const leases =
    events === null || isKurrentAddress(events)
      ? null
      : postgresLeases({ address: events }, `${hostname()}:${process.pid}`);
  const close = async (): Promise<void> => {
    await leases?.close();
    await cosigner.close();
    await sealer.close();
    await tiles.close();
    await checkpoints.close();
    await store.close();
  };
  const logKeyLinks = () => linksIn(place.folder);
  return { store, sealer, cosigner, logKeyLinks, sealedAt: () => sealedAt, port, leases, close };
}

/** KurrentDB's driver is large and has native parts: it is loaded where it is needed. */
async function openOnServer(address: string): Promise<EventStore> {
  if (!isKurrentAddress(address)) return openPostgresStore(address, { isRising: true });
  const { openKurrentStore } = await withDriver(() => import('#libs/event-store/kurrentdb/kurrentdb-store.ts'));
  return openKurrentStore(address);
}

function signerOf({ origin }: RecordPlace, file: string): NoteSigner {
  return { name: origin, key: createPrivateKey(readFileSync(file)) };
}

function nextSigner(place: RecordPlace): { readonly next?: NoteSigner } {
  const file = place.nextLogKeyFile;
  return file === undefined || !existsSync(file) ? {} : { next: signerOf(place, file) };
}

async function openCosigner(
  { folder, events, witnessPolicy, witnesses: addresses }: RecordPlace,
  sealer: Sealer,
  engine: EventStore,
): Promise<Cosigner | Refusal> {
  const policies = await policiesIn(engine, witnessPolicy);
  const head = events === null ? {} : { head: () => engine.head() };
  return isRefusal(policies) ? policies : Cosigner.open({ folder, sealer, policies, addresses, ...head });
}

async function orThrow<T>(opening: Promise<T | Refusal>, ...opened: readonly { close(): Promise<void> }[]): Promise<T> {
  const result = await opening;
  if (!isRefusal(result)) return result;
  for (const one of opened.toReversed()) await one.close();
  throw new Error(`${result.code}: ${result.message}`);
}
