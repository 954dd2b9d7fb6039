/** Drafts about modules: personalized, reset, transferred, retired. */
import { type Identity, parseIdentity } from '#libs/certificates/authority.ts';
import { fromBase64url } from '#libs/kernel/bytes.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { SERIALS_MAX } from '#libs/kernel/serials.ts';
import { serialTree } from '#libs/serial-tree/serial-tree.ts';
import type { Facts } from '../board-facts.ts';
import { otherManufacturer } from '../witness/card-serves.ts';
import { type Asking, type Form, type Particular, windowOf } from './drafted.ts';
import { cardKeyIn } from './cards.ts';

const DAY = 86_400;
const STATION_UNKNOWN = refuse('STATION_UNKNOWN', 'No station of this name is registered.');
const UNIT_UNKNOWN = refuse('UNIT_UNKNOWN', 'No unit of this name is enrolled.');

export interface Personalization extends Form {
  readonly serials: readonly string[];
  readonly moduleClass: string;
  readonly card: string;
  readonly unit: string;
  readonly station: string;
  readonly certificateDays: number;
}

export function personalization(facts: Facts, it: Personalization, asking: Asking): Particular | Refusal {
  const key = cardKeyIn(facts, it.card);
  if (isRefusal(key)) return key;
  const station = facts.stations.get(it.station);
  if (station === undefined) return STATION_UNKNOWN;
  if (!facts.units.has(it.unit)) return UNIT_UNKNOWN;
  const sorted = [...it.serials].sort();
  const foreign = otherManufacturer(facts, key.cardKey, sorted);
  if (foreign !== null) return foreign;
  const serials = sorted.length <= SERIALS_MAX.listed ? sorted : serialTree(sorted);
  if (isRefusal(serials)) return serials;
  const { notBefore } = windowOf(it, asking);
  return {
    kind: 'personalize',
    moduleClass: it.moduleClass,
    cardKey: key.cardKey,
    unit: it.unit,
    station: it.station,
    stationKey: station.stationKey,
    stationNextKey: station.nextKey,
    profile: 'module-operation-1',
    certificateNotBefore: notBefore,
    certificateNotAfter: notBefore + it.certificateDays * DAY,
    serials,
  };
}

export interface Erasing extends Form {
  readonly serial: string;
  readonly card: string;
  readonly unit: string;
}

/** Of a module in the epoch in which it operates. With a genesis it is a transfer to that deployment. */
export function erasing(facts: Facts, it: Erasing, newGenesis?: string): Particular | Refusal {
  const key = cardKeyIn(facts, it.card);
  if (isRefusal(key)) return key;
  const identity = identityOf(facts, it.serial);
  if (isRefusal(identity)) return identity;
  const epoch = facts.epochs.get(it.serial) ?? 0;
  if (!facts.operated.has(`${it.serial} ${epoch}`))
    return refuse('MODULE_NOT_OPERATING', 'Only a module in operation can be reset or transferred.');
  if (!facts.units.has(it.unit)) return UNIT_UNKNOWN;
  const { moduleClass } = identity;
  const which = { moduleClass, cardKey: key.cardKey, unit: it.unit, serial: it.serial, epoch };
  return newGenesis === undefined ? { kind: 'reset', ...which } : { kind: 'transfer', ...which, newGenesis };
}

export function moduleRetirement(
  facts: Facts,
  { serial, reason }: Form & { readonly serial: string; readonly reason: string },
): Particular | Refusal {
  const identity = identityOf(facts, serial);
  if (isRefusal(identity)) return identity;
  return { kind: 'retire-module', moduleClass: identity.moduleClass, serial, reason };
}

function identityOf({ identities }: Facts, serial: string): Identity | Refusal {
  const identity = parseIdentity(fromBase64url(identities.get(serial) ?? '') ?? new Uint8Array());
  return isRefusal(identity) ? refuse('MODULE_UNKNOWN', 'No module of this serial is recorded.') : identity;
}
