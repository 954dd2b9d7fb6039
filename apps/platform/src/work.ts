/** What waits for a unit: every module that an approved order still gives it, with all that it carries to card and module. */
import type { Seconds } from '#libs/kernel/clock.ts';
import type { Facts, OrderFacts } from './board-facts.ts';

export interface Work {
  readonly order: {
    readonly id: string;
    readonly bytes: string;
    readonly state: string;
    readonly approvals: OrderFacts['approvals'];
  };
  readonly serial: string;
  readonly approverSet: string;
  readonly stationSpki: string;
  readonly card: string;
  readonly customerCa: string;
  readonly cardCa: string;
}

/** In the order in which the orders were requested. Taken work stays until it is spent, so that an interrupted unit finds it again. */
export function workFor(facts: Facts, unit: string, now: Seconds): readonly Work[] {
  return [...facts.orders.values()].flatMap((one) => {
    const { order } = one.state;
    if (order.kind !== 'personalize' || order.unit !== unit || one.state.is !== 'approved') return [];
    if (now < order.notBefore || now > order.notAfter) return [];
    const card = [...facts.cards.values()].find((known) => known.key?.cardKey === order.cardKey);
    const station = facts.stations.get(order.station);
    if (card?.key == null || card.keyState !== 'active' || station === undefined) return [];
    const { customerCa, cardCa } = card.key;
    const spent = new Set(one.state.spent.map(({ serial }) => serial));
    return order.serials
      .filter((serial) => !spent.has(serial))
      .map((serial) => ({
        order: { id: one.id, bytes: one.bytes, state: one.state.is, approvals: one.approvals },
        serial,
        approverSet: facts.founding?.approverSet ?? '',
        stationSpki: station.spki,
        card: card.card,
        customerCa,
        cardCa,
      }));
  });
}
