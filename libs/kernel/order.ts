/**
 * The order: what two people sign. Canonical JSON, at most 4 KiB, of a closed template per kind.
 * Its id is the SHA-256 of its bytes. One table of kinds; nobody else enumerates them.
 */
import { ascii } from './bytes.ts';
import { canonicalJson, parseCanonical } from './canonical-json.ts';
import { rfc3339Of } from './clock.ts';
import { DEVICE_ORDERS } from './device-orders.ts';
import { DISABLING_ORDERS, momentHolds } from './disabling-orders.ts';
import { hashId } from './hash.ts';
import { MANUFACTURER_ORDERS } from './manufacturer-orders.ts';
import { common, kind, seconds } from './order-parts.ts';
import { PEOPLE_ORDERS } from './people-orders.ts';
import { type Refusal, isRefusal, refuse } from './refusal.ts';
import { isSerialTree, saidSerials, serials, serialsHold } from './serials.ts';
import { type Read, closed, hash, list, name, oneOf } from './template.ts';
import { WITNESS_ORDERS } from './witness-orders.ts';

export { NO_END, ORDER_DOMAIN } from './order-parts.ts';

export const ORDER_LIMITS = { octetsMax: 4096, depthMax: 4 } as const;

const enrolUnit = closed({ ...common, kind: oneOf('enrol-unit'), unit: name, credential: hash });

const enrolStation = closed({
  ...common,
  kind: oneOf('enrol-station'),
  station: name,
  credential: hash,
  stationKey: hash,
  stationNextKey: hash,
});

const issueCard = closed({
  ...common,
  kind: oneOf('issue-card'),
  card: name,
  deviceKey: hash,
  custodians: list(name, 2, 2),
  enforcement: oneOf('device', 'host'),
});

const trustSigningKey = closed({
  ...common,
  kind: oneOf('trust-signing-key'),
  card: name,
  cardKey: hash,
  birth: hash,
  stations: list(name, 1, 16),
});

const retrustSigningKey = closed({
  ...common,
  kind: oneOf('retrust-signing-key'),
  card: name,
  cardKey: hash,
  birth: hash,
  stations: list(name, 1, 16),
});

const personalize = closed({
  ...common,
  kind: oneOf('personalize'),
  cardKey: hash,
  unit: name,
  station: name,
  stationKey: hash,
  stationNextKey: hash,
  profile: oneOf('module-operation-1'),
  certificateNotBefore: seconds,
  certificateNotAfter: seconds,
  serials,
});

const suspendSigningKey = closed({
  ...common,
  kind: oneOf('suspend-signing-key'),
  cardKey: hash,
  reason: oneOf('suspected-misuse', 'lost', 'log-diverged', 'drill'),
});

const compromiseSigningKey = closed({
  ...common,
  kind: oneOf('compromise-signing-key'),
  cardKey: hash,
  reason: oneOf('misused', 'stolen', 'log-diverged', 'drill'),
});

/** Every kind of order there is. A new one is a row here and a template above. */
export const ORDER_KINDS = {
  'enrol-unit': kind<Read<typeof enrolUnit>>({
    template: enrolUnit,
    personsMin: 2,
    widens: true,
    sentence: (o) => `Enrol personalization unit ${o.unit} with credential ${o.credential}.`,
  }),
  'enrol-station': kind<Read<typeof enrolStation>>({
    template: enrolStation,
    personsMin: 2,
    widens: true,
    sentence: (o) => `Enrol station ${o.station} with key ${o.stationKey}.`,
  }),
  'issue-card': kind<Read<typeof issueCard>>({
    template: issueCard,
    personsMin: 2,
    widens: true,
    sentence: (o) =>
      o.enforcement === 'device'
        ? `Issue chip card ${o.card} (enforcement device) to custodians ${o.custodians.join(' and ')}.`
        : `Issue unit ${o.card} (enforcement HOST: its key signs for whoever has its PIN) to custodians ${o.custodians.join(' and ')}.`,
  }),
  'trust-signing-key': kind<Read<typeof trustSigningKey>>({
    template: trustSigningKey,
    personsMin: 2,
    widens: true,
    sentence: (o) => `Trust signing key ${o.cardKey} of chip card ${o.card} at ${o.stations.join(', ')}.`,
  }),
  personalize: kind<Read<typeof personalize>>({
    template: personalize,
    personsMin: 2,
    sentence: (o) =>
      `Personalize ${saidSerials(o.serials)} for station ${o.station} with card key ${o.cardKey}, ` +
      `certificate from ${rfc3339Of(o.certificateNotBefore)} to ${rfc3339Of(o.certificateNotAfter)}.`,
  }),
  'suspend-signing-key': kind<Read<typeof suspendSigningKey>>({
    template: suspendSigningKey,
    personsMin: 1,
    sentence: (o) => `Suspend signing key ${o.cardKey}: ${o.reason}.`,
  }),
  'compromise-signing-key': kind<Read<typeof compromiseSigningKey>>({
    template: compromiseSigningKey,
    personsMin: 2,
    sentence: (o) => `Declare signing key ${o.cardKey} compromised, for ever: ${o.reason}.`,
  }),
  'retrust-signing-key': kind<Read<typeof retrustSigningKey>>({
    template: retrustSigningKey,
    personsMin: 2,
    widens: true,
    sentence: (o) =>
      `Trust suspended signing key ${o.cardKey} of chip card ${o.card} again, at ${o.stations.join(', ')}.`,
  }),
  ...DISABLING_ORDERS,
  ...DEVICE_ORDERS,
  ...PEOPLE_ORDERS,
  ...MANUFACTURER_ORDERS,
  ...WITNESS_ORDERS,
} as const;

export type OrderKind = keyof typeof ORDER_KINDS;

type OrderOf<K extends OrderKind> = Parameters<(typeof ORDER_KINDS)[K]['sentence']>[0];

export type EnrolStationOrder = OrderOf<'enrol-station'>;
export type IssueCardOrder = OrderOf<'issue-card'>;
export type TrustSigningKeyOrder = OrderOf<'trust-signing-key'>;
export type PersonalizeOrder = OrderOf<'personalize'>;
export type SuspendSigningKeyOrder = OrderOf<'suspend-signing-key'>;
export type DisableSigningKeyOrder = OrderOf<'disable-signing-key'>;
export type ResetOrder = OrderOf<'reset'>;
export type TransferOrder = OrderOf<'transfer'>;
export type AdoptApproverSetOrder = OrderOf<'adopt-approver-set'>;
export type RegisterManufacturerKeyOrder = OrderOf<'register-manufacturer-key'>;
export type AdmitWitnessOrder = OrderOf<'admit-witness'>;

export type Order = { [K in OrderKind]: OrderOf<K> }[OrderKind];

/** Id of an order: base64url(SHA-256(bytes)). */
export function orderId(bytes: Uint8Array): string {
  return hashId(bytes);
}

/** The one spelling of an order. */
export function orderBytes(order: Order): Uint8Array {
  return ascii(canonicalJson(order));
}

/** Reads an order from bytes that must be its canonical form; refuses, never repairs. */
export function parseOrder(bytes: Uint8Array): Order | Refusal {
  const value = parseCanonical(bytes, ORDER_LIMITS);
  if (isRefusal(value)) return value;
  const named = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
  if (typeof named !== 'string' || !Object.hasOwn(ORDER_KINDS, named))
    return refuse('UNKNOWN_ORDER_KIND', `The order names no kind of ${Object.keys(ORDER_KINDS).join(', ')}.`);
  const order = ORDER_KINDS[named as OrderKind].template(value, 'order');
  if (isRefusal(order)) return order;
  return windowsHold(order) ?? order;
}

function windowsHold(order: Order): Refusal | null {
  if (order.notBefore >= order.notAfter || order.notAfter > order.reportBy)
    return refuse('BAD_WINDOW', 'An order needs notBefore < notAfter <= reportBy.');
  if (order.kind === 'disable-signing-key') return momentHolds(order);
  if (order.kind !== 'personalize') return null;
  if (order.certificateNotBefore >= order.certificateNotAfter)
    return refuse('BAD_WINDOW', 'The certificate window of the order ends before it begins.');
  return serialsHold(order.serials);
}

/** One line for each text of the order's own kind, by its name: the sentence leaves some out, and nothing is signed unseen. */
function ownTexts(order: Order): readonly string[] {
  const own = Object.entries(order).filter(([member]) => member !== 'kind' && !Object.hasOwn(common, member));
  return own.flatMap(([member, value]) => (typeof value === 'string' ? [`${member}: ${value}`] : []));
}

/** A card learns of a withdrawal, and of the time, by its next lease only; each module of an order is certified once. */
function remainingRisk(order: Order): readonly string[] {
  if (order.kind !== 'personalize') return [];
  const most = isSerialTree(order.serials) ? order.serials.size : order.serials.length;
  const certificates = most === 1 ? 'one certificate' : `${most} certificates`;
  return [
    `Withdrawn or expired after a card got its lease for the field, this order may still bring up to ${certificates}, one for each module.`,
  ];
}

/** What a person sees before he signs: rendered from the signed bytes alone. */
export function renderOrder(bytes: Uint8Array): readonly string[] | Refusal {
  const order = parseOrder(bytes);
  if (isRefusal(order)) return order;
  const sentence = ORDER_KINDS[order.kind].sentence as (it: Order) => string;
  return [
    sentence(order),
    ...ownTexts(order),
    `Asked by ${order.requester}, for site ${order.site}, module class ${order.moduleClass}.`,
    `To be used from ${rfc3339Of(order.notBefore)} to ${rfc3339Of(order.notAfter)}, reported by ${rfc3339Of(order.reportBy)}.`,
    ...remainingRisk(order),
    `Deployment ${order.genesis}, approver set ${order.approverSet}.`,
    `Order ${orderId(bytes)}.`,
  ];
}
