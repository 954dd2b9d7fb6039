/** What waits for a unit: every module that an approved order still gives it, with all that it carries to card and module. */
import { personalizationStream } from '#libs/domain/personalization/personalization.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import type { ResetOrder, TransferOrder } from '#libs/kernel/order.ts';
import { serialProofs } from '#libs/serial-tree/serial-tree.ts';
import type { Facts, OrderFacts } from './board-facts.ts';
import { setInForce } from './people-facts.ts';

export interface Work {
  readonly order: {
    readonly id: string;
    readonly bytes: string;
    readonly serials: readonly string[];
    readonly state: string;
    readonly approvals: OrderFacts['approvals'];
    readonly rule: OrderFacts['state']['rule'];
  };
  readonly serial: string;
  /** Proof that the order's tree of serials holds this one, base64url; empty where the order lists them. */
  readonly inclusion: string;
  /** The card has issued the certificate; only the rest of the run is owed. */
  readonly issued: boolean;
  readonly approverSet: string;
  readonly stationSpki: string;
  readonly card: string;
  readonly customerCa: string;
  readonly cardCa: string;
}

/** In the order in which the orders were requested. Work that was begun stays until its run has ended, so that an interrupted unit finds it again. */
export function workFor(facts: Facts, unit: string, now: Seconds): readonly Work[] {
  return [...facts.orders.values()].flatMap((one) => {
    const { order } = one.state;
    if (order.kind === 'reset' || order.kind === 'transfer')
      return order.unit === unit ? erasing(facts, { one, order, now }) : [];
    if (order.kind !== 'personalize' || order.unit !== unit) return [];
    const card = [...facts.cards.values()].find((known) => known.key?.cardKey === order.cardKey);
    const station = facts.stations.get(order.station);
    if (card?.key == null || station === undefined) return [];
    const mayIssue = card.keyState === 'active';
    const { customerCa, cardCa } = card.key;
    const proofOf = serialProofs(order.serials, one.state.serials);
    return one.state.serials
      .filter((serial) => (mayIssue && mayBegin(one, serial, now)) || mustFinish(facts, one, serial))
      .map((serial) => ({
        order: {
          id: one.id,
          bytes: one.bytes,
          serials: one.state.serials,
          state: one.state.is,
          approvals: one.approvals,
          rule: one.state.rule,
        },
        serial,
        inclusion: toBase64url(proofOf(serial) ?? new Uint8Array()),
        issued: isSpent(one.state, serial),
        approverSet: Buffer.from(setInForce(facts).bytes).toString('latin1'),
        stationSpki: station.spki,
        card: card.card,
        customerCa,
        cardCa,
      }));
  });
}

/** A module to be reset: the unit carries the order to card and module, and brings the module's word back. */
function erasing(
  facts: Facts,
  { one, order, now }: { readonly one: OrderFacts; readonly order: ResetOrder | TransferOrder; readonly now: Seconds },
): readonly Work[] {
  const card = [...facts.cards.values()].find((known) => known.key?.cardKey === order.cardKey);
  const inTime = now >= order.notBefore && now <= order.reportBy;
  if (card?.key == null || one.state.is !== 'approved' || !inTime) return [];
  const { customerCa, cardCa } = card.key;
  return [
    {
      order: {
        id: one.id,
        bytes: one.bytes,
        serials: [],
        state: one.state.is,
        approvals: one.approvals,
        rule: one.state.rule,
      },
      serial: order.serial,
      inclusion: '',
      issued: false,
      approverSet: Buffer.from(setInForce(facts).bytes).toString('latin1'),
      stationSpki: '',
      card: card.card,
      customerCa,
      cardCa,
    },
  ];
}

function mayBegin({ state }: OrderFacts, serial: string, now: Seconds): boolean {
  const { order } = state;
  return state.is === 'approved' && now >= order.notBefore && now <= order.notAfter && !isSpent(state, serial);
}

/** The card has issued the certificate; whether the module holds it the record does not say yet. */
function mustFinish({ ended }: Facts, { id, state }: OrderFacts, serial: string): boolean {
  return isSpent(state, serial) && !ended.has(personalizationStream(id, serial));
}

function isSpent({ spent }: OrderFacts['state'], serial: string): boolean {
  return spent.some((one) => one.serial === serial);
}
