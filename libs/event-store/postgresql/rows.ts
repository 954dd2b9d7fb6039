/** Rows of the event table as the driver gives them, and as stored events. */
import type { StoredEvent } from '#libs/kernel/event.ts';
import { EventStoreError } from '../event-store.ts';
import { positionOf } from '../position.ts';

/** A bigint column comes as decimal digits. */
export interface Row {
  readonly position: string;
  readonly stream: string;
  readonly revision: string;
  readonly id: string;
  readonly type: string;
  readonly schema_version: number;
  readonly occurred_at: string;
  readonly recorded_at: string;
  readonly salt: string;
  readonly data: string;
  readonly metadata: string;
}

export const COLUMNS =
  'position, stream, revision, id, type, schema_version, occurred_at, recorded_at, salt, data, metadata';

/** Throws Corrupt where the stored JSON is none. */
export function eventOf(row: Row): StoredEvent {
  return {
    id: row.id,
    stream: row.stream,
    revision: BigInt(row.revision),
    position: positionOf(Number(row.position)),
    type: row.type,
    schemaVersion: row.schema_version,
    occurredAt: row.occurred_at,
    recordedAt: row.recorded_at,
    salt: row.salt,
    data: parsed(row, row.data),
    metadata: parsed(row, row.metadata) as Record<string, string>,
  };
}

function parsed(row: Row, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const position = positionOf(Number(row.position));
    throw new EventStoreError('Corrupt', `The event at position ${position} is damaged; verify the log.`, { cause });
  }
}
