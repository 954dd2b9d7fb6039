/** Witness of enrolments: what is brought must be what the approved order names by hash. */
import { asNew, identityUnder } from '#libs/certificates/manufacturer-roots.ts';
import type { SecurityModuleCommand } from '#libs/domain/security-module/security-module.ts';
import type { StationCommand } from '#libs/domain/station/station.ts';
import type { UnitCommand } from '#libs/domain/unit/unit.ts';
import { fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import { type PublicJwk, hashId, keyFromJwk, keyFromSpki, thumbprint } from '#libs/kernel/hash.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { name } from '#libs/kernel/template.ts';
import type { Facts } from '../board-facts.ts';
import { otherManufacturer } from './card-serves.ts';
import { manufacturerRoots } from './manufacturer.ts';
import { witnessApproved } from './order.ts';

export interface CredentialInput {
  readonly crv: string;
  readonly kty: string;
  readonly x: string;
  readonly y: string;
}

interface Brought {
  readonly order: string;
  readonly credential: CredentialInput;
  readonly now: Seconds;
}

const BAD_KEY = refuse('BAD_KEY', 'The key is no P-256 public key; send the one that the device made.');
const OTHER_KEY = refuse('OTHER_KEY_THAN_ORDERED', 'The key is not the one that the approved order names.');

/** The key that is brought, when it is the one that the order names by its thumbprint. */
export function credentialOf(given: CredentialInput, ordered: string): PublicJwk | Refusal {
  if (given.crv !== 'P-256' || given.kty !== 'EC') return BAD_KEY;
  const jwk: PublicJwk = { crv: 'P-256', kty: 'EC', x: given.x, y: given.y };
  try {
    keyFromJwk(jwk);
  } catch {
    return BAD_KEY;
  }
  return thumbprint(jwk) === ordered ? jwk : OTHER_KEY;
}

export function witnessUnit(facts: Facts, it: Brought): Extract<UnitCommand, { do: 'EnrolUnit' }> | Refusal {
  const order = witnessApproved(facts, { id: it.order, kind: 'enrol-unit', now: it.now });
  if (isRefusal(order)) return order;
  const credential = credentialOf(it.credential, order.credential);
  return isRefusal(credential) ? credential : { do: 'EnrolUnit', unit: order.unit, credential, order: it.order };
}

export function witnessStation(
  facts: Facts,
  it: Brought & { readonly stationSpki: string },
): Extract<StationCommand, { do: 'RegisterStation' }> | Refusal {
  const order = witnessApproved(facts, { id: it.order, kind: 'enrol-station', now: it.now });
  if (isRefusal(order)) return order;
  const credential = credentialOf(it.credential, order.credential);
  if (isRefusal(credential)) return credential;
  const spki = fromBase64url(it.stationSpki);
  if (spki === null || !isKey(spki)) return BAD_KEY;
  if (hashId(spki) !== order.stationKey) return OTHER_KEY;
  const { station, stationKey, stationNextKey } = order;
  return {
    do: 'RegisterStation',
    registration: { station, credential, order: it.order },
    key: { stationKey, spki: it.stationSpki, nextKey: stationNextKey },
  };
}

function isKey(spki: Uint8Array): boolean {
  try {
    keyFromSpki(spki);
    return true;
  } catch {
    return false; // octets that are no P-256 key
  }
}

/** A module is known by the identity certificate that an accepted manufacturer gave it (S24c, S25c). */
export function witnessModule(
  facts: Facts,
  it: { readonly identity: string; readonly identityCa: string },
): Extract<SecurityModuleCommand, { do: 'InitializeModule' }> | Refusal {
  const [leaf, identityCa] = [fromBase64url(it.identity), fromBase64url(it.identityCa)];
  if (leaf === null || identityCa === null)
    return refuse('BAD_CERTIFICATE', 'The certificates must be DER as base64url.');
  const under = asNew(identityUnder(manufacturerRoots(facts), { leaf, identityCa }));
  if (isRefusal(under)) return under;
  const { serial, moduleClass } = under.found;
  return {
    do: 'InitializeModule',
    initialization: {
      serial,
      moduleClass,
      identityCertificate: toBase64url(leaf),
      identityCa: toBase64url(identityCa),
    },
  };
}

/** A place is a code: what people call it, its street and its operator stay out of the record. */
export function witnessPlace({
  site,
}: {
  readonly site: string;
}): Extract<SecurityModuleCommand, { do: 'PlaceModule' }> | Refusal {
  const code = name(site, 'site');
  return isRefusal(code) ? code : { do: 'PlaceModule', site: code };
}

/** A reservation ends with the order's own report time; nobody blocks a module for longer. */
export function witnessReservation(
  facts: Facts,
  it: { readonly order: string; readonly serial: string; readonly unit: string; readonly now: Seconds },
): Extract<SecurityModuleCommand, { do: 'ReservePersonalization' }> | Refusal {
  const order = witnessApproved(facts, { id: it.order, kind: 'personalize', now: it.now });
  if (isRefusal(order)) return order;
  if (order.unit !== it.unit) return refuse('WRONG_UNIT', 'The order names another personalization unit.');
  if (facts.orders.get(it.order)?.state.serials.includes(it.serial) !== true)
    return refuse('SERIAL_NOT_IN_ORDER', 'The order does not name this module; request one that does.');
  const foreign = otherManufacturer(facts, order.cardKey, [it.serial]);
  if (foreign !== null) return foreign;
  return { do: 'ReservePersonalization', order: it.order, unit: it.unit, until: order.reportBy, now: it.now };
}
