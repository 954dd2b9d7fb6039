/** Events of the audit trail as GraphQL answers them, and the columns that a question needs of them. */
import type { EventColumns } from '#libs/views/questions/events.ts';
import { type Node, type RowOf, globalId } from './nodes.ts';

/** Fields of Event that are columns, or are made of one. */
const EVENT_COLUMNS: Readonly<Record<string, keyof RowOf<'event'>>> = {
  eventId: 'id',
  stream: 'stream',
  revision: 'revision',
  room: 'room',
  type: 'type',
  schemaVersion: 'schemaVersion',
  actor: 'actor',
  command: 'command',
  recordedAt: 'recordedAt',
  serial: 'serial',
  order: 'orderId',
  card: 'card',
  cardKey: 'cardKey',
  certificate: 'fingerprint',
  station: 'station',
  unit: 'unit',
  code: 'code',
  alarm: 'alarm',
  contested: 'contested',
  contestCode: 'contestCode',
  data: 'data',
};

/** The columns behind fields of Event. */
export function eventColumns(fields: ReadonlySet<string>): readonly (keyof RowOf<'event'>)[] {
  const columns = Object.entries(EVENT_COLUMNS).flatMap(([field, column]) => (fields.has(field) ? [column] : []));
  const made = Object.entries(MADE_OF).flatMap(([field, all]) => (fields.has(field) ? all : []));
  return [...columns, ...made];
}

/** Columns that other fields are made of. */
const MADE_OF: Readonly<Record<string, readonly (keyof RowOf<'event'>)[]>> = {
  proof: ['stream', 'revision'],
  links: ['serial', 'orderId', 'card', 'cardKey', 'fingerprint', 'station', 'unit'],
};

export function eventNode(row: EventColumns): Node {
  return {
    __typename: 'Event',
    id: () => globalId('Event', row.position),
    position: row.position,
    index: row.place,
    eventId: row.id,
    stream: row.stream,
    revision: row.revision,
    room: row.room,
    type: row.type,
    schemaVersion: row.schemaVersion,
    actor: row.actor,
    command: row.command,
    occurredAt: row.occurredAt,
    recordedAt: row.recordedAt,
    serial: row.serial,
    order: row.orderId,
    card: row.card,
    cardKey: row.cardKey,
    certificate: row.fingerprint,
    station: row.station,
    unit: row.unit,
    code: row.code,
    alarm: row.alarm,
    contested: row.contested,
    contestCode: row.contestCode,
    data: row.data,
    links: () => ({ ...row, order: row.orderId, certificate: row.fingerprint }),
  };
}
