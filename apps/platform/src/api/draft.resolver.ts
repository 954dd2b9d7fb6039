/**
 * Orders drafted: canonical bytes that a person can read, sign and request. Nothing is recorded and nobody need believe the
 * draft: whoever signs renders the bytes himself, and every member is checked again when it is requested.
 */
import { Inject } from '@nestjs/common';
import { Args, Context, Query, Resolver } from '@nestjs/graphql';
import { GraphQLError } from 'graphql';
import { parseIdentity } from '#libs/certificates/authority.ts';
import { ascii, fromBase64url } from '#libs/kernel/bytes.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import { nonce } from '#libs/kernel/ids.ts';
import {
  ORDER_DOMAIN,
  type Order,
  type PersonalizeOrder,
  type ResetOrder,
  orderId,
  renderOrder,
} from '#libs/kernel/order.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { SERIALS_MAX } from '#libs/kernel/serials.ts';
import { serialTree } from '#libs/serial-tree/serial-tree.ts';
import type { Facts } from '../board-facts.ts';
import { Desk } from '../desk.ts';
import type { RequestContext } from '../request-context.ts';
import { held } from '../witness/order.ts';

interface Wanted {
  readonly serials: readonly string[];
  readonly moduleClass: string;
  readonly card: string;
  readonly unit: string;
  readonly station: string;
  readonly site: string;
  readonly hours: number;
  readonly certificateDays: number;
}

type WantedReset = Pick<Wanted, 'card' | 'unit' | 'site' | 'hours'> & { readonly serial: string };

const CARD_UNKNOWN = refuse('CARD_UNKNOWN', 'No chip card of this name has a certified signing key.');
const [HOUR, DAY, MINUTE] = [3600, 86_400, 60] as const;

@Resolver()
export class DraftResolver {
  readonly #desk: Desk;

  constructor(@Inject(Desk) desk: Desk) {
    this.#desk = desk;
  }

  @Query('draftPersonalization')
  draftPersonalization(@Args() it: Wanted, @Context() { caller }: RequestContext): object {
    const { facts, clock } = this.#desk;
    const order = personalization(facts, it, { requester: caller.id, now: clock.seconds() });
    return { ...drafted(order), serials: [...it.serials].sort() };
  }

  @Query('draftReset')
  draftReset(@Args() it: WantedReset, @Context() { caller }: RequestContext): object {
    const { facts, clock } = this.#desk;
    return { ...drafted(resetOf(facts, it, { requester: caller.id, now: clock.seconds() })), serials: [] };
  }
}

function drafted(order: Order | Refusal): { id: string; bytes: string; sentence: readonly string[] } {
  const bytes = isRefusal(order) ? '' : canonicalJson(order);
  const sentence = isRefusal(order) ? order : renderOrder(ascii(bytes));
  if (isRefusal(sentence)) throw new GraphQLError(sentence.message, { extensions: { code: sentence.code } });
  return { id: orderId(ascii(bytes)), bytes, sentence };
}

interface Asked {
  readonly requester: string;
  readonly now: number;
}

/** Members that every draft has. */
function commonOf(facts: Facts, it: { readonly site: string; readonly hours: number }, { requester, now }: Asked) {
  const notBefore = now - MINUTE;
  const notAfter = notBefore + it.hours * HOUR;
  const window = { notBefore, notAfter, reportBy: notAfter + DAY };
  return { domain: ORDER_DOMAIN, ...held(facts).pins, site: it.site, requester, nonce: nonce(), ...window } as const;
}

function resetOf(facts: Facts, it: WantedReset, asked: Asked): ResetOrder | Refusal {
  const cardKey = facts.cards.get(it.card)?.key?.cardKey;
  if (cardKey === undefined) return CARD_UNKNOWN;
  const epoch = facts.epochs.get(it.serial) ?? 0;
  const identity = parseIdentity(fromBase64url(facts.identities.get(it.serial) ?? '') ?? new Uint8Array());
  if (isRefusal(identity)) return refuse('MODULE_UNKNOWN', 'No module of this serial is recorded.');
  if (!facts.operated.has(`${it.serial} ${epoch}`))
    return refuse('MODULE_NOT_OPERATING', 'Only a module in operation can be reset.');
  const { moduleClass } = identity;
  const erasing = { cardKey, unit: it.unit, serial: it.serial, epoch };
  return { ...commonOf(facts, it, asked), moduleClass, kind: 'reset', ...erasing };
}

function personalization(facts: Facts, it: Wanted, asked: Asked): PersonalizeOrder | Refusal {
  const cardKey = facts.cards.get(it.card)?.key?.cardKey;
  if (cardKey === undefined) return CARD_UNKNOWN;
  const station = facts.stations.get(it.station);
  if (station === undefined) return refuse('STATION_UNKNOWN', 'No station of this name is registered.');
  if (!facts.units.has(it.unit)) return refuse('UNIT_UNKNOWN', 'No unit of this name is enrolled.');
  const sorted = [...it.serials].sort();
  const serials = sorted.length <= SERIALS_MAX.listed ? sorted : serialTree(sorted);
  if (isRefusal(serials)) return serials;
  const common = commonOf(facts, it, asked);
  return {
    ...common,
    kind: 'personalize',
    moduleClass: it.moduleClass,
    cardKey,
    unit: it.unit,
    station: it.station,
    stationKey: station.stationKey,
    stationNextKey: station.nextKey,
    profile: 'module-operation-1',
    certificateNotBefore: common.notBefore,
    certificateNotAfter: common.notBefore + it.certificateDays * DAY,
    serials,
  };
}
