/** What an event is about: the things that it names by its stream, by what it says, by who did it, or by the report that it judges. */
import type { StoredEvent } from '#libs/kernel/event.ts';

export interface Subjects {
  readonly serial: string | null;
  readonly orderId: string | null;
  readonly card: string | null;
  /** Of a signing key, where no card is named: whoever asks for a card asks for its key as well. */
  readonly cardKey: string | null;
  /** Of a certificate. */
  readonly fingerprint: string | null;
  readonly station: string | null;
  readonly unit: string | null;
}

type Data = Readonly<Record<string, unknown>>;

const NOTHING: Subjects = {
  serial: null,
  orderId: null,
  card: null,
  cardKey: null,
  fingerprint: null,
  station: null,
  unit: null,
};

const KINDS = Object.keys(NOTHING) as readonly (keyof Subjects)[];
const ORDER_LENGTH = 43;

export function subjectsOf(
  event: Pick<StoredEvent, 'stream' | 'data' | 'metadata'>,
  judged: StoredEvent | null,
): Subjects {
  const { stream, metadata } = event;
  const data = dataOf(event.data);
  const refused = text(data, 'operation') === null ? '' : (text(data, 'stream') ?? '');
  const all: readonly Partial<Subjects>[] = [
    named(stream),
    said(data),
    named(refused),
    judged === null ? {} : said(dataOf(judged.data)),
    by(metadata.actor ?? ''),
  ];
  const found: Record<keyof Subjects, string | null> = { ...NOTHING };
  for (const one of all) for (const kind of KINDS) found[kind] ??= one[kind] ?? null;
  return found.card === null ? found : { ...found, cardKey: null };
}

function dataOf(data: unknown): Data {
  return typeof data === 'object' && data !== null ? (data as Data) : {};
}

function said(data: Data): Partial<Subjects> {
  const bytes = text(data, 'bytes');
  return bytes === null ? saidPlainly(data) : { ...saidPlainly(orderIn(bytes)), ...present(saidPlainly(data)) };
}

function saidPlainly(data: Data): Partial<Subjects> {
  return {
    serial: text(data, 'serial') ?? onlyOne(data, 'serials'),
    orderId: text(data, 'order'),
    card: text(data, 'card'),
    cardKey: text(data, 'cardKey'),
    fingerprint: text(data, 'fingerprint'),
    station: text(data, 'station') ?? onlyOne(data, 'stations'),
    unit: text(data, 'unit'),
  };
}

function present(one: Partial<Subjects>): Partial<Subjects> {
  return Object.fromEntries(Object.entries(one).filter(([, value]) => value !== null));
}

/** Bytes of an order, read strictly before they were recorded. */
function orderIn(bytes: string): Data {
  try {
    return dataOf(JSON.parse(bytes));
  } catch {
    return {};
  }
}

const STREAMS: readonly (readonly [prefix: string, kind: keyof Subjects])[] = [
  ['order-', 'orderId'],
  ['security-module-', 'serial'],
  ['card-', 'card'],
  ['certificate-', 'fingerprint'],
  ['station-', 'station'],
  ['trust-list-', 'station'],
  ['unit-', 'unit'],
];
const OF_RUN = 'personalization-';

function named(stream: string): Partial<Subjects> {
  const [prefix, kind] = STREAMS.find(([begins]) => stream.startsWith(begins)) ?? [];
  if (prefix !== undefined && kind !== undefined) return { [kind]: stream.slice(prefix.length) };
  if (!stream.startsWith(OF_RUN)) return {};
  const rest = stream.slice(OF_RUN.length);
  return { serial: rest.slice(ORDER_LENGTH + 1), orderId: rest.slice(0, ORDER_LENGTH) };
}

function by(actor: string): Partial<Subjects> {
  if (actor.startsWith('unit:')) return { unit: actor.slice('unit:'.length) };
  return actor.startsWith('station:') ? { station: actor.slice('station:'.length) } : {};
}

function text(data: Data, member: string): string | null {
  const value = data[member];
  return typeof value === 'string' ? value : null;
}

function onlyOne(data: Data, member: string): string | null {
  const value = data[member];
  return Array.isArray(value) && value.length === 1 && typeof value[0] === 'string' ? value[0] : null;
}
