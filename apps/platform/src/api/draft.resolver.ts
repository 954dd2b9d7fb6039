/**
 * Orders drafted: canonical bytes that a person can read, sign and request. Nothing is recorded and nobody need believe the
 * draft: whoever signs renders the bytes himself, and every member is checked again when it is requested.
 */
import { Inject } from '@nestjs/common';
import { Args, Context, Query, Resolver } from '@nestjs/graphql';
import { GraphQLError } from 'graphql';
import { ascii } from '#libs/kernel/bytes.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import { nonce } from '#libs/kernel/ids.ts';
import { ORDER_DOMAIN, type PersonalizeOrder, orderId, renderOrder } from '#libs/kernel/order.ts';
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
    const bytes = isRefusal(order) ? '' : canonicalJson(order);
    const says = isRefusal(order) ? order : renderOrder(ascii(bytes));
    if (isRefusal(says)) throw new GraphQLError(says.message, { extensions: { code: says.code } });
    return { id: orderId(ascii(bytes)), bytes, serials: [...it.serials].sort(), sentence: says };
  }
}

function personalization(
  facts: Facts,
  it: Wanted,
  { requester, now }: { requester: string; now: number },
): PersonalizeOrder | Refusal {
  const cardKey = facts.cards.get(it.card)?.key?.cardKey;
  if (cardKey === undefined) return refuse('CARD_UNKNOWN', 'No chip card of this name has a certified signing key.');
  const station = facts.stations.get(it.station);
  if (station === undefined) return refuse('STATION_UNKNOWN', 'No station of this name is registered.');
  if (!facts.units.has(it.unit)) return refuse('UNIT_UNKNOWN', 'No unit of this name is enrolled.');
  const sorted = [...it.serials].sort();
  const serials = sorted.length <= SERIALS_MAX.listed ? sorted : serialTree(sorted);
  if (isRefusal(serials)) return serials;
  const notBefore = now - MINUTE;
  return {
    domain: ORDER_DOMAIN,
    kind: 'personalize',
    ...held(facts).pins,
    site: it.site,
    moduleClass: it.moduleClass,
    requester,
    nonce: nonce(),
    notBefore,
    notAfter: notBefore + it.hours * HOUR,
    reportBy: notBefore + it.hours * HOUR + DAY,
    cardKey,
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
