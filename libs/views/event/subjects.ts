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

type Found = Record<keyof Subjects, string | null>;

const ORDER_LENGTH = 43;

/** Whoever says something first is believed: each fills what nobody named before. */
export function subjectsOf(
  event: Pick<StoredEvent, 'stream' | 'data' | 'metadata'>,
  judged: StoredEvent | null,
): Subjects {
  const found: Found = { ...NOTHING };
  const data = dataOf(event.data);
  named(event.stream, found);
  said(data, found);
  if (text(data, 'operation') !== null) named(text(data, 'stream') ?? '', found);
  if (judged !== null) said(dataOf(judged.data), found);
  by(event.metadata.actor ?? '', found);
  if (found.card !== null) found.cardKey = null;
  return found;
}

function dataOf(data: unknown): Data {
  return typeof data === 'object' && data !== null ? (data as Data) : {};
}

function said(data: Data, found: Found): void {
  saidPlainly(data, found);
  const bytes = text(data, 'bytes');
  if (bytes !== null) saidPlainly(orderIn(bytes), found);
}

function saidPlainly(data: Data, found: Found): void {
  found.serial ??= text(data, 'serial') ?? onlyOne(data, 'serials');
  found.orderId ??= text(data, 'order');
  found.card ??= text(data, 'card');
  found.cardKey ??= text(data, 'cardKey');
  found.fingerprint ??= text(data, 'fingerprint');
  found.station ??= text(data, 'station') ?? onlyOne(data, 'stations');
  found.unit ??= text(data, 'unit');
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

function named(stream: string, found: Found): void {
  for (const [prefix, kind] of STREAMS)
    if (stream.startsWith(prefix)) {
      found[kind] ??= stream.slice(prefix.length);
      return;
    }
  if (!stream.startsWith(OF_RUN)) return;
  const rest = stream.slice(OF_RUN.length);
  found.serial ??= rest.slice(ORDER_LENGTH + 1);
  found.orderId ??= rest.slice(0, ORDER_LENGTH);
}

function by(actor: string, found: Found): void {
  if (actor.startsWith('unit:')) found.unit ??= actor.slice('unit:'.length);
  else if (actor.startsWith('station:')) found.station ??= actor.slice('station:'.length);
}

function text(data: Data, member: string): string | null {
  const value = data[member];
  return typeof value === 'string' ? value : null;
}

function onlyOne(data: Data, member: string): string | null {
  const value = data[member];
  return Array.isArray(value) && value.length === 1 && typeof value[0] === 'string' ? value[0] : null;
}
