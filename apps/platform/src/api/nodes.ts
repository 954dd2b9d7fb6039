/** Rows of the views as GraphQL answers them. Lists were written by the folds, so they are read plainly. */
import { fromBase64url, toBase64url, utf8 } from '#libs/kernel/bytes.ts';
import { type Divergence, tellDivergence } from '#libs/domain/chip-card/card-log.ts';
import { rfc3339Of } from '#libs/kernel/clock.ts';
import { renderOrder } from '#libs/kernel/order.ts';
import { type Quorum, ruleWords } from '#libs/kernel/rule-words.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import type { ApprovalCell } from '#libs/views/order/order.ts';
import type { EventColumns } from '#libs/views/questions/events.ts';
import type { Reading } from '#libs/views/sqlite/reading.ts';

/** By its type name; every node has a global id. */
export interface Node {
  readonly __typename: string;
  /** Made only for whoever asks. */
  readonly id: string | (() => string);
  readonly [field: string]: unknown;
}

type Model = Exclude<keyof Reading & string, `$${string}`>;
export type RowOf<Name extends Model> = Awaited<ReturnType<Reading[Name]['findMany']>>[number];

/** `Type:key`, opaque. An order's is its hash, which is known as its id everywhere. */
export function globalId(type: string, key: string): string {
  return toBase64url(utf8(`${type}:${key}`));
}

/** Type and key of a global id; what is of no type is an order's. */
export function namedBy(id: string): { readonly type: string; readonly key: string } {
  const text = Buffer.from(fromBase64url(id) ?? new Uint8Array()).toString('utf8');
  const [, type, key] = /^([A-Z][A-Za-z]{2,20}):(.+)$/s.exec(text) ?? [];
  return type === undefined || key === undefined ? { type: 'Order', key: id } : { type, key };
}

function list(cell: string): readonly unknown[] {
  return JSON.parse(cell) as unknown[];
}

/** The row's columns, with a global id and the key under its own name. */
function named<Row extends { readonly id: string }>(type: string, key: string, row: Row): Node {
  return { ...row, [key]: row.id, __typename: type, id: globalId(type, row.id) };
}

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
  contested: 'contested',
  contestCode: 'contestCode',
  data: 'data',
};

/** The columns behind fields of Event. */
export function eventColumns(fields: ReadonlySet<string>): readonly (keyof RowOf<'event'>)[] {
  return Object.entries(EVENT_COLUMNS).flatMap(([field, column]) => (fields.has(field) ? [column] : []));
}

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
    contested: row.contested,
    contestCode: row.contestCode,
    data: row.data,
  };
}

/** Fields of Order that only the view knows. */
export const ORDER_FIELDS = [
  'kind',
  'requester',
  'site',
  'moduleClass',
  'unit',
  'station',
  'notBefore',
  'notAfter',
  'reportBy',
  'persons',
  'classA',
  'approvers',
  'serials',
  'taken',
  'spent',
  'overdue',
  'firstAt',
  'lastAt',
  'position',
] as const;

export function orderNode(row: RowOf<'order'>): Node {
  const approvals = JSON.parse(row.approvals) as ApprovalCell[];
  return {
    ...row,
    __typename: 'Order',
    approvals: approvals.map((one) => ({ protected: one.protected, signature: one.signature })),
    approvers: approvals.map(({ person, kid, class: keyClass, at }) => ({
      person,
      kid,
      class: keyClass,
      at: rfc3339Of(at),
    })),
    sentence: () => renderedUnder(row.bytes, row),
    serials: list(row.serials),
    taken: list(row.taken),
    spent: list(row.spent),
    overdue: list(row.overdue),
  };
}

function renderedLines(bytes: string): readonly string[] {
  const lines = renderOrder(utf8(bytes));
  return isRefusal(lines) ? [] : lines;
}

/** With what the rule concedes, where it leaves more to the server than two persons on their own machines would. */
export function renderedUnder(bytes: string, rule: Quorum): readonly string[] {
  return [...renderedLines(bytes), ...ruleWords(rule).slice(1)];
}

export function operatorNode(row: RowOf<'operator'>): Node {
  return {
    ...named('Operator', 'person', row),
    roles: list(row.roles),
    credentials: list(row.credentials),
    links: list(row.links),
    erased: row.erased === 1,
    setRoles: list(row.setRoles),
    keys: list(row.keys),
  };
}

export function unitNode(row: RowOf<'unit'>): Node {
  const { lineOrder: order, lineSerial: serial, lineLink: link, technician } = row;
  const line = order === null ? null : { order, serial, link, technician };
  return { ...named('Unit', 'unit', row), order: row.orderId, line };
}

/** Fields of ChipCard that only the view knows. */
export const CHIP_CARD_FIELDS = [
  'custodians',
  'enforcement',
  'deviceKey',
  'order',
  'approverSet',
  'uses',
  'lastNumber',
  'readNumber',
  'readHead',
  'divergences',
  'retired',
  'firstAt',
  'lastAt',
  'position',
] as const;

export function chipCardNode(row: RowOf<'chipCard'>): Node {
  const said = (list(row.divergences) as readonly Divergence[]).map((one) => ({
    ...one,
    sentence: tellDivergence(one),
  }));
  const lists = { custodians: list(row.custodians), divergences: said };
  return { ...named('ChipCard', 'card', row), order: row.orderId, ...lists };
}

export function keyNode(row: RowOf<'key'>): Node {
  return { ...named('Key', 'key', row), order: row.orderId };
}

export function securityModuleNode(row: RowOf<'securityModule'>): Node {
  return { ...named('SecurityModule', 'serial', row), order: row.orderId };
}

export function certificateNode(row: RowOf<'certificate'>): Node {
  return { ...named('Certificate', 'fingerprint', row), order: row.orderId };
}

export function stationNode(row: RowOf<'station'>): Node {
  const lists = { formerKeys: list(row.formerKeys), retiredKeys: list(row.retiredKeys) };
  return { ...named('Station', 'station', row), order: row.orderId, ...lists };
}

export function trustListNode(row: RowOf<'trustList'>): Node {
  return { ...named('TrustList', 'station', row), keys: list(row.keys) };
}

export function sessionNode(row: RowOf<'session'>): Node {
  return named('Session', 'session', row);
}
