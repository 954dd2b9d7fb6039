/**
 * A peer of the appends: group commit as one would write it first, on the same SQLite and in the same table, without port,
 * canonical form or thread. Revisions in a map, JSON as it comes, one SHA-256, one transaction for all that wait.
 */
import { hash } from 'node:crypto';
import Database from 'better-sqlite3';
import { found, prepareForWriting } from '#libs/event-store/sqlite/schema.ts';
import type { NewEvent } from '#libs/kernel/event.ts';

export interface PlainLoop {
  readonly append: (stream: string, expected: number, event: NewEvent) => Promise<number>;
  /** What its commits wait for, read back. */
  readonly durability: string;
  readonly close: () => void;
}

const GUARDS = ['events_no_update', 'events_no_delete', 'events_at_the_end'];

/** With the triggers that keep the table append-only, or without: what they cost is then seen. */
export function plainLoop(file: string, guarded: boolean): PlainLoop {
  const connection = new Database(file);
  found(connection, 'plain');
  prepareForWriting(connection);
  if (!guarded) for (const trigger of GUARDS) connection.exec(`DROP TRIGGER ${trigger}`);
  const insert = connection.prepare(`INSERT INTO events VALUES (${'?, '.repeat(11)}?)`);
  const [begin, commit] = [connection.prepare('BEGIN IMMEDIATE'), connection.prepare('COMMIT')];
  const heads = new Map<string, number>();
  const waiting: (() => () => void)[] = [];
  let next = 0;
  const writeAll = (): void => {
    begin.run();
    const answers = waiting.splice(0).map((write) => write());
    commit.run();
    for (const answer of answers) answer();
  };
  const append = (stream: string, expected: number, event: NewEvent): Promise<number> =>
    new Promise((resolve, reject) => {
      waiting.push(() => {
        const head = heads.get(stream) ?? -1;
        if (head !== expected) return () => reject(new Error('wrong revision'));
        const { id, type, schemaVersion, occurredAt, recordedAt, salt, data, metadata } = event;
        const texts = [JSON.stringify(data), JSON.stringify(metadata)];
        const text = JSON.stringify([id, stream, head + 1, type, occurredAt, recordedAt]) + texts.join('');
        const entry = hash('sha256', text, 'buffer');
        insert.run(next, stream, head + 1, id, type, schemaVersion, occurredAt, recordedAt, salt, ...texts, entry);
        next += 1;
        heads.set(stream, head + 1);
        return () => resolve(head + 1);
      });
      if (waiting.length === 1) setImmediate(writeAll);
    });
  const read = (name: string) => `${name} ${String(connection.pragma(name, { simple: true }))}`;
  const durability = `${read('journal_mode')}, ${read('synchronous')}`;
  return { append, durability, close: () => connection.close() };
}
