/** The statements of the sequencer. */
import { entryOfCanonical } from '#libs/kernel/event.ts';
import type { AdmittedRequest } from '../admission.ts';
import type { Question } from './link.ts';

/** Where the log ends, and in whose hand the end was last: the epoch rises whenever it passes to another process. */
export interface Tip {
  readonly epoch: number;
  /** Of the last event; -1 while the log is empty. */
  readonly position: number;
  /** When the last event was recorded; empty while that does not matter. */
  readonly recordedAt: string;
}

/** One event as it goes over the wire; its entry in hexadecimal digits. */
export interface Written {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly schema_version: number;
  readonly occurred_at: string;
  readonly recorded_at: string;
  readonly salt: string;
  readonly data: string;
  readonly metadata: string;
  readonly entry: string;
}

const GIVEN =
  'json_to_recordset($1::json) AS given(stream text, revision bigint, id text, type text, schema_version integer,' +
  ' occurred_at text, recorded_at text, salt text, data text, metadata text, entry text)';

const ADDED =
  'INSERT INTO keyledger.events SELECT $3::bigint + ordinality, stream, revision, id, type, schema_version, occurred_at,' +
  ` recorded_at, salt, data, metadata, decode(entry, 'hex') FROM ROWS FROM (${GIVEN.replace(' AS given', ' AS')}) WITH ORDINALITY AS given`;

function moved(epoch: string, only = ''): string {
  return (
    `UPDATE keyledger.log_tip SET epoch = ${epoch}, position = $3::bigint + $4::bigint` +
    ` WHERE epoch = $2::bigint AND position = $3::bigint${only} RETURNING true AS mine`
  );
}

/** Leases first, then the tip: everybody takes them in this order. */
const HELD =
  'SELECT 1 FROM keyledger.leases AS l JOIN unnest($5::text[], $6::bigint[]) AS f(name, epoch)' +
  ' ON l.name = f.name AND l.epoch = f.epoch FOR SHARE OF l';

/** Values: the events, the epoch, the position before them, how many. Answers `many`: 0 where the tip is another's by now. */
export const WRITE: Question = {
  name: 'write',
  text: `WITH tip AS (${moved('$2::bigint')}), added AS (${ADDED} WHERE EXISTS (SELECT FROM tip) RETURNING 1) SELECT count(*) AS many FROM added`,
};

/** The same where every lease is still of its epoch. Further values: names, epochs, and how many. */
export const WRITE_FENCED: Question = {
  name: 'write-fenced',
  text: `WITH held AS (${HELD}), tip AS (${moved('$2::bigint', ' AND (SELECT count(*) FROM held) = $7::bigint')}), added AS (${ADDED} WHERE EXISTS (SELECT FROM tip) RETURNING 1) SELECT count(*) AS many FROM added`,
};

/** Values: names. Nobody takes these leases over until the transaction ends. */
export const TAKE_LEASES: Question = {
  name: 'take-leases',
  text: 'SELECT name, epoch FROM keyledger.leases WHERE name = ANY($1::text[]) ORDER BY name FOR SHARE',
};

export const LAST_TIME: Question = {
  name: 'last-time',
  text: 'SELECT recorded_at FROM keyledger.events ORDER BY position DESC LIMIT 1',
};

/** The same with the tip in hand; the fifth value is the epoch from now on. */
export const NEXT: Question = {
  name: 'next',
  text: `WITH tip AS (${moved('$5::bigint')}), added AS (${ADDED} WHERE EXISTS (SELECT FROM tip) RETURNING 1) SELECT count(*) AS many FROM added`,
};

export const TAKE_TIP: Question = {
  name: 'take-tip',
  text: 'SELECT epoch, position FROM keyledger.log_tip FOR UPDATE',
};

/** A head where `id` is null (its revision null in a stream without events), else where an id stands in its stream. */
export interface LookedUp {
  readonly stream: string;
  readonly id: string | null;
  readonly revision: string | null;
  readonly position: string | null;
}

/** Values: streams, ids, and the stream of each id. */
export const LOOK_UP: Question = {
  name: 'look-up',
  text:
    'SELECT asked.stream, NULL AS id, (SELECT max(revision) FROM keyledger.events AS e WHERE e.stream = asked.stream) AS revision,' +
    ' NULL::bigint AS position FROM unnest($1::text[]) AS asked(stream)' +
    ' UNION ALL SELECT e.stream, e.id, e.revision, e.position FROM unnest($2::text[], $3::text[]) AS asked(id, stream)' +
    ' JOIN keyledger.events AS e ON e.id = asked.id AND e.stream = asked.stream',
};

/** `recordedAt`: not before this time, where one is given. */
export function writtenOf(
  stream: string,
  { event, data, metadata }: AdmittedRequest['events'][number],
  { revision, notBefore }: { readonly revision: bigint; readonly notBefore: string },
): Written {
  const { id, type, schemaVersion, occurredAt, salt } = event;
  const recordedAt = Date.parse(event.recordedAt) < Date.parse(notBefore) ? notBefore : event.recordedAt;
  const sealed = { ...event, recordedAt, stream, revision: Number(revision), data, metadata };
  const entry = Buffer.from(entryOfCanonical(sealed), 'latin1').toString('hex');
  return {
    stream,
    revision: Number(revision),
    id,
    type,
    schema_version: schemaVersion,
    occurred_at: occurredAt,
    recorded_at: recordedAt,
    salt,
    data,
    metadata,
    entry,
  };
}
