/** Acts: what was done needs an order of its kind that had its quorum before, and may say nothing else than that order. */
import { encodeDevice } from '#libs/chip-card-protocol/birth.ts';
import { type Issue, chipCardStream } from '#libs/domain/chip-card/chip-card.ts';
import type { Reset, Retirement } from '#libs/domain/security-module/security-module.ts';
import type { Registration, StationKey } from '#libs/domain/station/station.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { type PublicJwk, hashId } from '#libs/kernel/hash.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { genesisOf } from './genesis.ts';
import { type Known, nameIn } from './known.ts';
import { judgeReset } from './module-reset.ts';
import { actUnder, approvedOrder } from './orders.ts';
import { octetsOf, signatureHolds, thumbprintOf } from './signatures.ts';

export const OTHER = refuse('ACT_OTHER_THAN_ORDERED', 'What was done is not what the approved order says.');

/** Kept as done when it is what was ordered. */
export function done(
  known: Known,
  event: StoredEvent,
  it: { readonly order: string; readonly asOrdered: boolean },
): Refusal | null {
  if (!it.asOrdered) return OTHER;
  known.acts.add(actUnder(it.order, event.stream));
  return null;
}

export function unitEnrolled(known: Known, event: StoredEvent): Refusal | null {
  const { unit, credential, order: id } = event.data as { unit: string; credential: PublicJwk; order: string };
  const order = approvedOrder(known, id, 'enrol-unit');
  if (isRefusal(order)) return order;
  const named = unit === order.unit && unit === nameIn(event.stream, 'unit-');
  known.credentials.set(`unit:${unit}`, credential);
  return done(known, event, { order: id, asOrdered: named && thumbprintOf(credential) === order.credential });
}

export function stationRegistered(known: Known, event: StoredEvent): Refusal | null {
  const { station, credential, order: id } = event.data as Registration;
  const order = approvedOrder(known, id, 'enrol-station');
  if (isRefusal(order)) return order;
  const named = station === order.station && station === nameIn(event.stream, 'station-');
  known.stations.set(station, { order: id, keys: [] });
  known.credentials.set(`station:${station}`, credential);
  return done(known, event, { order: id, asOrdered: named && thumbprintOf(credential) === order.credential });
}

/** The first key and the hash of the next stand in the order; that a later one was announced, the room has checked. */
export function stationKeyIntroduced(known: Known, event: StoredEvent): Refusal | null {
  const key = event.data as StationKey;
  const name = nameIn(event.stream, 'station-');
  const station = known.stations.get(name);
  if (station === undefined) return refuse('STATION_UNKNOWN', 'No station of this name was registered before.');
  if (hashId(octetsOf(key.spki)) !== key.stationKey)
    return refuse('STATION_KEY_HASH', 'The key is not the one that its hash names.');
  const refusal = station.keys.length === 0 ? firstKeyOrdered(known, station.order, key) : null;
  if (refusal !== null) return refusal;
  known.stations.set(name, { ...station, keys: [...station.keys, key] });
  return null;
}

function firstKeyOrdered(known: Known, id: string, { stationKey, nextKey }: StationKey): Refusal | null {
  const order = approvedOrder(known, id, 'enrol-station');
  if (isRefusal(order)) return order;
  return stationKey === order.stationKey && nextKey === order.stationNextKey ? null : OTHER;
}

/** The card maker vouches for the device key; the order names it, the custodians and who enforces. */
export function cardIssued(known: Known, event: StoredEvent): Refusal | null {
  const issue = event.data as Issue;
  const order = approvedOrder(known, issue.order, 'issue-card');
  if (isRefusal(order)) return order;
  const deviceSpki = octetsOf(issue.deviceKey);
  const vouched = signatureHolds({
    over: encodeDevice(issue.card, deviceSpki, issue.enforcement),
    signature: octetsOf(issue.deviceCertificate),
    spki: octetsOf(genesisOf(known).founding.cardMakerRoot),
  });
  if (!vouched) return refuse('DEVICE_UNKNOWN', 'The card maker of the founding did not sign this device key.');
  const { card, custodians, enforcement } = issue;
  const asOrdered =
    card === nameIn(event.stream, 'card-') &&
    hashId(deviceSpki) === order.deviceKey &&
    canonicalJson({ card, custodians, enforcement }) ===
      canonicalJson({ card: order.card, custodians: order.custodians, enforcement: order.enforcement });
  known.cards.set(card, { issue, key: null, entries: [] });
  return done(known, event, { order: issue.order, asOrdered });
}

/** A key comes on a station's list by an order that names station, card, key and birth; again after its card was reviewed. */
export function signingKeyTrusted(known: Known, event: StoredEvent): Refusal | null {
  const { cardKey, order: id } = event.data as { cardKey: string; order: string };
  const order = reviewedBy(known, id) ?? approvedOrder(known, id, 'trust-signing-key');
  if (isRefusal(order)) return order;
  const station = nameIn(event.stream, 'trust-list-');
  const key = known.cards.get(order.card)?.key;
  const ofCard = key?.cardKey === cardKey && key.birthHash === order.birth;
  if (order.kind === 'trust-signing-key' && known.rests.get(cardKey) === true)
    return refuse(
      'KEY_DISABLED',
      'The signing key was suspended, disabled or retired before; no station comes to trust it by this order.',
    );
  return done(known, event, {
    order: id,
    asOrdered: ofCard && order.cardKey === cardKey && order.stations.includes(station) && known.stations.has(station),
  });
}

/** The order by which a card's suspension was reviewed: what follows at the stations rests on that act. */
function reviewedBy(known: Known, id: string) {
  const order = known.orders.get(id)?.it.order;
  if (order?.kind !== 'retrust-signing-key') return null;
  return known.acts.has(actUnder(id, chipCardStream(order.card))) ? order : null;
}

/** A module is held for one unit by an order that names both. */
export function personalizationReserved(known: Known, event: StoredEvent): Refusal | null {
  const { order: id, unit } = event.data as { order: string; unit: string };
  const order = approvedOrder(known, id, 'personalize');
  if (isRefusal(order)) return order;
  const serial = nameIn(event.stream, 'security-module-');
  return order.unit === unit && known.orders.get(id)?.serials.includes(serial) === true ? null : OTHER;
}

/** A module erased its key by an order for this very epoch, and says so itself. */
export function moduleReset(known: Known, event: StoredEvent): Refusal | null {
  const said = event.data as Reset;
  const facts = known.orders.get(said.order);
  const order = approvedOrder(known, said.order, facts?.it.order.kind === 'transfer' ? 'transfer' : 'reset');
  if (isRefusal(order)) return order;
  const serial = nameIn(event.stream, 'security-module-');
  const identity = known.modules.get(serial);
  if (identity === undefined) return refuse('MODULE_UNKNOWN', 'No module of this serial was recorded before.');
  const refusal = judgeReset({ order, said, serial, genesis: genesisOf(known).hash, identitySpki: identity.spki });
  if (refusal !== null) return refusal;
  known.leastEpochs.set(serial, said.epoch + 1);
  return done(known, event, { order: said.order, asOrdered: true });
}

export function moduleRetired(known: Known, event: StoredEvent): Refusal | null {
  const { order: id, reason } = event.data as Retirement;
  const order = approvedOrder(known, id, 'retire-module');
  if (isRefusal(order)) return order;
  const named = order.serial === nameIn(event.stream, 'security-module-');
  known.leastEpochs.set(order.serial, Infinity);
  return done(known, event, { order: id, asOrdered: named && order.reason === reason });
}

export function cardRetired(known: Known, event: StoredEvent): Refusal | null {
  const { order: id, reason } = event.data as Retirement;
  const order = approvedOrder(known, id, 'retire-card');
  if (isRefusal(order)) return order;
  const named = order.card === nameIn(event.stream, 'card-');
  const cardKey = known.cards.get(order.card)?.key?.cardKey;
  if (cardKey !== undefined) known.rests.set(cardKey, true);
  return done(known, event, { order: id, asOrdered: named && order.reason === reason });
}
