/** The audit trail: one row for every event of the log, with whom and what it concerns, so that it can be asked by any of it. */
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { roomOfStream } from '#libs/domain/rooms.ts';
import type { Told } from '../told.ts';
import type { Row, View } from '../view.ts';
import { subjectsOf } from './subjects.ts';

export interface EventRow extends Row {
  readonly place: number;
  readonly position: string;
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly room: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly actor: string;
  readonly command: string;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly serial: string | null;
  readonly orderId: string | null;
  readonly card: string | null;
  readonly cardKey: string | null;
  readonly fingerprint: string | null;
  readonly station: string | null;
  readonly unit: string | null;
  readonly code: string | null;
  readonly alarm: 0 | 1;
  readonly contested: 0 | 1;
  readonly contestCode: string | null;
  readonly data: string;
}

export const eventView: View<EventRow> = {
  name: 'event',
  key: 'position',
  columns: [
    'place',
    'position',
    'id',
    'stream',
    'revision',
    'room',
    'type',
    'schemaVersion',
    'actor',
    'command',
    'occurredAt',
    'recordedAt',
    'serial',
    'orderId',
    'card',
    'cardKey',
    'fingerprint',
    'station',
    'unit',
    'code',
    'alarm',
    'contested',
    'contestCode',
    'data',
  ],
  types: 'every',
  keysOf: ({ event, judged }) =>
    event.type === 'ReportContested' && judged !== null ? [judged.position, event.position] : [event.position],
  newKeyOf: ({ event }) => event.position,
  apply: (row, told, key) => (key === told.event.position ? rowOf(told) : contested(row, told.event)),
};

function rowOf({ event, place, judged }: Told): EventRow {
  const contest = event.type === 'ReportContested' ? codeOf(event) : null;
  return {
    place,
    position: event.position,
    id: event.id,
    stream: event.stream,
    revision: Number(event.revision),
    room: roomOfStream(event.stream) ?? 'refusal',
    type: event.type,
    schemaVersion: event.schemaVersion,
    actor: event.metadata.actor ?? '',
    command: event.metadata.command ?? '',
    occurredAt: toTheMillisecond(event.occurredAt),
    recordedAt: toTheMillisecond(event.recordedAt),
    ...subjectsOf(event, judged),
    code: textOf(event.data, 'code'),
    alarm: ALARMS.has(event.type) ? 1 : 0,
    contested: contest === null ? 0 : 1,
    contestCode: contest,
    data: canonicalJson(event.data),
  };
}

function contested(row: EventRow | null, event: StoredEvent): EventRow | null {
  return row === null ? null : { ...row, contested: 1, contestCode: codeOf(event) };
}

function codeOf({ data }: StoredEvent): string {
  return textOf(data, 'code') ?? '';
}

/** Texts of this form compare as the times they are. */
function toTheMillisecond(time: string): string {
  return time.length === 24 ? time : new Date(time).toISOString();
}

/** Somebody should look: an operation refused, a report contested or against the rules, a run that failed, a time that passed. */
export const ALARMS: ReadonlySet<string> = new Set([
  'OperationRefused',
  'ReportContested',
  'SessionRefused',
  'TransactionRefused',
  'PersonalizationFailed',
  'PersonalizationOverdue',
  'OrderOverdue',
  'SuspensionOverdue',
  'DivergenceOverdue',
  'CardLogDiverged',
  'ModuleMoved',
  'SigningKeySuspended',
  'SigningKeyCompromised',
]);

function textOf(data: unknown, member: string): string | null {
  const value = typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[member] : null;
  return typeof value === 'string' ? value : null;
}
