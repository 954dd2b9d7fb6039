/** The SQLite engine for the contract suite: a folder of its own for each log. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Harness, RawAccess } from '../contract/harness.ts';
import type { EventStore } from '../event-store.ts';
import { openSqliteReadOnly } from './read-only.ts';
import { openSqliteStore } from './sqlite-store.ts';

const TRIGGERS = ['events_no_update', 'events_no_delete', 'events_at_the_end'];

/** A new folder under the system's temporary one; the caller drops it. */
export function temporaryFolder(): { readonly folder: string; readonly drop: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'keyledger-spec-'));
  return {
    folder,
    drop: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What an intruder with the file does: runs statements on a connection of his own, the triggers dropped if he wishes. */
export function intrude(file: string, statements: readonly string[], dropTriggers = true): void {
  const connection = new Database(file);
  try {
    if (dropTriggers) for (const trigger of TRIGGERS) connection.exec(`DROP TRIGGER IF EXISTS ${trigger}`);
    for (const statement of statements) connection.exec(statement);
  } finally {
    connection.close();
  }
}

export const sqliteHarness: Harness = {
  open: async () => {
    const { folder, drop } = temporaryFolder();
    const file = join(folder, 'events.sqlite');
    const opened: EventStore[] = [];
    const reopen = async () => {
      const store = await openSqliteStore(file);
      opened.push(store);
      return store;
    };
    const dispose = async () => {
      for (const store of opened) await store.close();
      drop();
    };
    return { store: await reopen(), reopen, raw: rawAccess(file), stall: async () => stalled(file), dispose };
  },
  lacks: { 'a wire': 'store and caller are one process on one machine; an answer is lost only with both' },
};

/** Another writer that holds the file, and then thinks better of it. */
async function stalled(file: string): Promise<() => Promise<void>> {
  const connection = new Database(file, { timeout: 5000 });
  connection.exec('BEGIN IMMEDIATE');
  return Promise.resolve(async () => {
    connection.exec('ROLLBACK');
    connection.close();
    return Promise.resolve();
  });
}

function rawAccess(file: string): RawAccess {
  return {
    refused: [
      "UPDATE events SET data = '{}' WHERE position = 1",
      'DELETE FROM events WHERE position = 2',
      'DELETE FROM events',
      'INSERT OR REPLACE INTO events SELECT * FROM events WHERE position = 1',
      "INSERT OR REPLACE INTO events SELECT 3, stream, 0, 'new', type, schema_version, occurred_at, recorded_at, salt, data, metadata, entry FROM events WHERE position = 1",
      'INSERT OR REPLACE INTO events SELECT 3, stream, 1, id, type, schema_version, occurred_at, recorded_at, salt, data, metadata, entry FROM events WHERE position = 1',
      "INSERT INTO events SELECT 9, 'b-1', 0, 'new', type, schema_version, occurred_at, recorded_at, salt, data, metadata, entry FROM events WHERE position = 1",
      "UPDATE log SET value = 'another'",
      'DELETE FROM log',
      "INSERT OR REPLACE INTO log VALUES ('identity', 'another')",
    ],
    run: async (statement) => Promise.resolve().then(() => intrude(file, [statement], false)),
    flipOctet: async (position) => {
      intrude(file, [`UPDATE events SET data = replace(data, '1', '3') WHERE position = ${Number(position)}`]);
      return Promise.resolve();
    },
    removeTail: async () => {
      intrude(file, ['DELETE FROM events WHERE position = (SELECT max(position) FROM events)']);
      return Promise.resolve();
    },
    rows: async function* () {
      const reader = await openSqliteReadOnly(file);
      yield* reader.rows();
      await reader.close();
    },
  };
}
