/** The audit trail: one row for every event of the log, with whom and what it concerns, so that it can be asked by any of it. */
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { roomOfStream } from '#libs/domain/rooms.ts';
import type { Told } from '../told.ts';
import type { Row, View } from '../view.ts';

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
    contested: contest === null ? 0 : 1,
    contestCode: contest,
    data: canonicalJson(event.data),
  };
}

function contested(row: EventRow | null, event: StoredEvent): EventRow | null {
  return row === null ? null : { ...row, contested: 1, contestCode: codeOf(event) };
}

function codeOf({ data }: StoredEvent): string {
  return text(data, 'code') ?? '';
}

/** Texts of this form compare as the times they are. */
function toTheMillisecond(time: string): string {
  return time.length === 24 ? time : new Date(time).toISOString();
}

const ORDER_LENGTH = 43;
const OF_ORDER = 'order-';
const OF_MODULE = 'security-module-';
const OF_RUN = 'personalization-';

interface Subjects {
  readonly serial: string | null;
  readonly orderId: string | null;
}

/** The module and the order that an event is about, by its stream, by what it says, or by the report that it judges. */
function subjectsOf({ stream, data }: Pick<StoredEvent, 'stream' | 'data'>, judged: StoredEvent | null): Subjects {
  const said = saidBy(data);
  const ofStream = named(stream);
  const refused = text(data, 'operation') === null ? NOTHING : named(text(data, 'stream') ?? '');
  const fact = judged === null ? NOTHING : saidBy(judged.data);
  return {
    serial: ofStream.serial ?? said.serial ?? refused.serial ?? fact.serial,
    orderId: ofStream.orderId ?? said.orderId ?? refused.orderId ?? fact.orderId,
  };
}

const NOTHING: Subjects = { serial: null, orderId: null };

function saidBy(data: unknown): Subjects {
  return { serial: text(data, 'serial') ?? onlyOne(data, 'serials'), orderId: text(data, 'order') };
}

function named(stream: string): Subjects {
  if (stream.startsWith(OF_ORDER)) return { serial: null, orderId: stream.slice(OF_ORDER.length) };
  if (stream.startsWith(OF_MODULE)) return { serial: stream.slice(OF_MODULE.length), orderId: null };
  if (!stream.startsWith(OF_RUN)) return NOTHING;
  const rest = stream.slice(OF_RUN.length);
  return { serial: rest.slice(ORDER_LENGTH + 1), orderId: rest.slice(0, ORDER_LENGTH) };
}

function text(data: unknown, member: string): string | null {
  const value = typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[member] : null;
  return typeof value === 'string' ? value : null;
}

function onlyOne(data: unknown, member: string): string | null {
  const value = typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[member] : null;
  return Array.isArray(value) && value.length === 1 && typeof value[0] === 'string' ? value[0] : null;
}
