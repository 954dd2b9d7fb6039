/** Takes an exported log into the engine of a deployment, where no platform runs: events first, then the checkpoint over them. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { utf8 } from '#libs/kernel/bytes.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { replaceWhole } from '#libs/local/durable-file.ts';
import type { EventStore } from '#libs/event-store/event-store.ts';
import { openPostgresStore } from '#libs/event-store/postgresql/postgresql-store.ts';
import { openSqliteStore } from '#libs/event-store/sqlite/sqlite-store.ts';
import { readCheckpoints } from '#libs/seal/checkpoint-file.ts';
import { readCheckpoint } from '#libs/seal/checkpoint.ts';
import { COSIGNED_FILE } from '#libs/seal/cosigned-file.ts';
import { type Imported, type Importing, importLog } from '#libs/transfer/import-log.ts';
import { CHECKPOINTS_FILE, EVENTS_FILE } from './record.ts';

/** A group of an import is large, and nobody waits for its answer. */
const CALL_MS = 60_000;

/** Places of followers in the log that lay here before; they begin again and do nothing twice. */
const PLACES = ['reactions.place'];

export interface Into {
  /** The platform's own. */
  readonly folder: string;
  /** Address of a PostgreSQL log that was founded and is empty; null for the event file in the folder. */
  readonly events: string | null;
}

/**
 * Refuses, beside what `importLog` refuses, a folder whose checkpoints cover more than the export. Throws one sentence
 * where another process uses the folder.
 */
export async function importInto({ folder, events }: Into, it: Omit<Importing, 'store'>): Promise<Imported | Refusal> {
  const store =
    events === null
      ? await openSqliteStore(join(folder, EVENTS_FILE))
      : await openPostgresStore(events, { callMs: CALL_MS });
  try {
    return await taken(store, folder, it);
  } finally {
    await store.close();
  }
}

async function taken(store: EventStore, folder: string, it: Omit<Importing, 'store'>): Promise<Imported | Refusal> {
  const before = await readCheckpoints(join(folder, CHECKPOINTS_FILE));
  if (isRefusal(before)) return before;
  const imported = await importLog({ store, ...it });
  if (isRefusal(imported)) return imported;
  const { last } = imported;
  const sealed = before.at(-1)?.size ?? 0;
  if (sealed > last.events)
    return refuse(
      'EXPORT_OLDER',
      `Here ${sealed} events were sealed, and the export has ${last.events}; take a newer one.`,
    );
  const log = await store.identity();
  const kept = (note: string, size: number) => utf8(canonicalJson({ log, note, size }));
  for (const place of PLACES) rmSync(join(folder, place), { force: true });
  if (last.cosigned !== null) {
    const read = readCheckpoint(last.cosigned);
    if (isRefusal(read)) return read;
    replaceWhole(join(folder, COSIGNED_FILE), kept(last.cosigned, read.checkpoint.size));
  }
  replaceWhole(join(folder, CHECKPOINTS_FILE), Buffer.concat([kept(last.checkpoint, last.events), utf8('\n')]));
  return imported;
}
