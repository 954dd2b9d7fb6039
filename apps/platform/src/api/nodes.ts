/** Rows of the views as GraphQL answers them. Lists were written by the folds, so they are read plainly. */
import { fromBase64url, toBase64url, utf8 } from '#libs/kernel/bytes.ts';
import { type Divergence, isAlarm, tellDivergence } from '#libs/domain/chip-card/card-log.ts';
import { rfc3339Of } from '#libs/kernel/clock.ts';
import { renderOrder } from '#libs/kernel/order.ts';
import { type Quorum, ruleWords } from '#libs/kernel/rule-words.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import type { ApprovalCell, EndingCell } from '#libs/views/order/order.ts';
import type { ListedKeyCell } from '#libs/views/trust-list/trust-list.ts';
import type { Reading, Rows } from '#libs/views/sqlite/reading.ts';
import type { Named } from './named.ts';

/** By its type name; every node has a global id. */
export interface Node {
  readonly __typename: string;
  /** Made only for whoever asks. */
  readonly id: string | (() => string);
  readonly [field: string]: unknown;
}

type Model = Exclude<keyof Reading & string, `$${string}` | keyof Rows>;
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
  'approvedAt',
  'ending',
  'links',
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
    ending: row.ending === null ? null : (JSON.parse(row.ending) as EndingCell),
    approvers: approvals.map(({ person, kid, class: keyClass, at, position, ...proof }) => ({
      person,
      kid,
      class: keyClass,
      at: rfc3339Of(at),
      position,
      proof,
    })),
    links: () => linksOfOrder(row),
    sentence: () => renderedUnder(row.bytes, row),
    serials: list(row.serials),
    taken: list(row.taken),
    spent: list(row.spent),
    overdue: list(row.overdue),
  };
}

function linksOfOrder({ bytes, unit, station, serials }: RowOf<'order'>): Named {
  const said = JSON.parse(bytes) as Readonly<Record<string, unknown>>; // parsed strictly before it was recorded
  const [serial = null, ...others] = list(serials) as readonly string[];
  const text = (member: string): string | null => (typeof said[member] === 'string' ? said[member] : null);
  const [card, cardKey] = [text('card'), text('cardKey')];
  return { unit, station, card, cardKey, serial: others.length === 0 ? serial : null };
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
  const links = { order: row.orderId, serial };
  return { ...named('Unit', 'unit', row), order: row.orderId, line, links };
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
  'suspension',
  'disabling',
  'overdue',
  'fieldLeases',
  'verdict',
  'retired',
  'links',
  'firstAt',
  'lastAt',
  'position',
] as const;

export function chipCardNode(row: RowOf<'chipCard'>): Node {
  const said = (list(row.divergences) as readonly Divergence[]).map((one) => ({
    ...one,
    sentence: tellDivergence(one),
  }));
  const [suspension, disabling] = [row.suspension, row.disabling].map((cell): unknown => JSON.parse(cell ?? 'null'));
  const fieldLeases = leasesOf(row);
  const reviews = { divergences: said, verdict: verdictOn(row, said), suspension, disabling };
  const lists = { custodians: list(row.custodians), ...reviews, fieldLeases };
  const links = { order: row.orderId, cardKey: row.cardKey };
  return { ...named('ChipCard', 'card', row), order: row.orderId, ...lists, links };
}

/** As a lease is told, with what its own fields are made of. */
export interface LeaseNode {
  readonly card: string;
  /** Time that it told the card. */
  readonly seconds: number;
  readonly after: number;
  readonly entries: number;
  readonly isLast: boolean;
}

function leasesOf({ id: card, fieldLeases }: RowOf<'chipCard'>): readonly LeaseNode[] {
  const all = list(fieldLeases) as readonly {
    readonly time: number;
    readonly after: number;
    readonly entries: number;
  }[];
  return all.map((one, at) => {
    const next = all[at + 1];
    const times = { time: rfc3339Of(one.time), until: next === undefined ? null : rfc3339Of(next.time) };
    return { ...one, ...times, card, seconds: one.time, isLast: next === undefined };
  });
}

/** Of the card's own log, held against the record. */
function verdictOn({ readNumber }: RowOf<'chipCard'>, divergences: readonly Divergence[]): string {
  const open = divergences.filter((one) => !('healed' in one && one.healed === true));
  if (open.some(isAlarm)) return 'diverged';
  if (open.length > 0) return 'waits for uploads';
  return readNumber === null ? 'never read' : 'agrees';
}

export function personalizationNode(row: RowOf<'personalization'>): Node {
  const { serial, orderId: order, unit, card, fingerprint: certificate } = row;
  const links = { serial, order, unit, card, certificate };
  return { ...named('Personalization', 'stream', row), order, steps: list(row.steps), links };
}

export function keyNode(row: RowOf<'key'>): Node {
  return { ...named('Key', 'key', row), order: row.orderId, links: { order: row.orderId } };
}

export function securityModuleNode(row: RowOf<'securityModule'>): Node {
  const personalization = row.stepOrder === null ? null : `personalization-${row.stepOrder}-${row.id}`;
  const links = { order: row.orderId, unit: row.unit, certificate: row.fingerprint, personalization };
  return { ...named('SecurityModule', 'serial', row), order: row.orderId, links };
}

export function certificateNode(row: RowOf<'certificate'>): Node {
  const { serial, orderId: order, card, cardKey, station, personalization } = row;
  return {
    ...named('Certificate', 'fingerprint', row),
    order,
    links: { serial, order, card, cardKey, station, personalization },
  };
}

export function stationNode(row: RowOf<'station'>): Node {
  const lists = { formerKeys: list(row.formerKeys), retiredKeys: list(row.retiredKeys) };
  return { ...named('Station', 'station', row), order: row.orderId, ...lists, links: { order: row.orderId } };
}

export function trustListNode(row: RowOf<'trustList'>): Node {
  const keys = list(row.keys) as readonly ListedKeyCell[];
  return {
    ...named('TrustList', 'station', row),
    keys: keys.map((key) => ({ ...key, links: { cardKey: key.cardKey, order: key.order } })),
    links: { station: row.id },
  };
}

export function sessionNode(row: RowOf<'session'>): Node {
  const { serial, station, fingerprint: certificate } = row;
  return { ...named('Session', 'session', row), links: { serial, station, certificate } };
}
