/** How trust in a signing key ends: each way by an order of its kind, with the number that its signers saw, and never by more than it says. */
import { chipCardStream } from '#libs/domain/chip-card/chip-card.ts';
import type { Deactivation, SignedMoment } from '#libs/domain/chip-card/signing-key.ts';
import type { DisabledKey } from '#libs/domain/trust-list/trust-list.ts';
import { ceilingOf } from '#libs/kernel/approver-set.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import { hasRoom } from '#libs/kernel/ceiling.ts';
import { type Seconds, secondsOf } from '#libs/kernel/clock.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import type { DisableSigningKeyOrder } from '#libs/kernel/order.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { openCheckpoint } from '#libs/seal/checkpoint.ts';
import { OTHER, done } from './acts.ts';
import { blastRadius } from './blast-radius.ts';
import { setOf } from './genesis.ts';
import { type Known, nameIn } from './known.ts';
import { actUnder, approvedOrder, signersOf } from './orders.ts';
import { dueAfter } from './reviews.ts';

const DISABLING = {
  suspended: 'suspend-signing-key',
  deactivated: 'disable-signing-key',
  compromised: 'compromise-signing-key',
} as const;

interface Disabling {
  readonly cardKey: string;
  readonly order: string;
  readonly reason: string;
}

/** SigningKeySuspended: from then on somebody owes a decision. */
export function signingKeySuspended(known: Known, event: StoredEvent): Refusal | null {
  const refusal = disabledBy(known, event, 'suspended');
  if (refusal === null) known.due.set(`suspension ${(event.data as Disabling).order}`, dueAfter(known, event));
  return refusal;
}

export const signingKeyCompromised = (known: Known, event: StoredEvent) => disabledBy(known, event, 'compromised');

/** Of this card's own key, for the reason given in the order. */
function disabledBy(known: Known, event: StoredEvent, to: 'suspended' | 'compromised'): Refusal | null {
  const { cardKey, order: id, reason } = event.data as Disabling;
  const order = approvedOrder(known, id, DISABLING[to]);
  if (isRefusal(order)) return order;
  const own = known.cards.get(nameIn(event.stream, 'card-'))?.key?.cardKey === cardKey;
  known.rests.set(cardKey, true);
  return done(known, event, { order: id, asOrdered: own && order.cardKey === cardKey && order.reason === reason });
}

/** SigningKeyDeactivated. */
export function signingKeyDeactivated(known: Known, event: StoredEvent): Refusal | null {
  const { cardKey, order: id, reason, modules, from } = event.data as Deactivation;
  const at = secondsOf(event.recordedAt);
  const order = judgeDisabling(known, id, at);
  if (isRefusal(order)) return order;
  const own = known.cards.get(nameIn(event.stream, 'card-'))?.key?.cardKey === cardKey;
  const said = canonicalJson({ cardKey, reason, modules, moment: from === null ? null : momentOf(from) });
  const { checkpoint = null } = order;
  const ordered = canonicalJson({
    cardKey: order.cardKey,
    reason: order.reason,
    modules: order.modules,
    moment: checkpoint,
  });
  if (!own || said !== ordered) return OTHER;
  const refusal = from === null ? null : judgeMoment(known, from);
  if (refusal !== null) return refusal;
  known.rests.set(cardKey, true);
  known.disabled.set(id, { cardKey, at, position: event.position, alone: isAlone(known, id), moment: checkpoint });
  return done(known, event, { order: id, asOrdered: true });
}

/**
 * Whether an order to disable a key may be carried out at this time: it has its quorum, names as many modules as really
 * operate under the key, and no officer has spent the day's ceiling before. Refusals besides those of every order:
 * BLAST_RADIUS_OTHER, CEILING_REACHED.
 */
export function judgeDisabling(known: Known, id: string, at: Seconds): DisableSigningKeyOrder | Refusal {
  const order = approvedOrder(known, id, 'disable-signing-key');
  if (isRefusal(order)) return order;
  const { modules } = blastRadius(known, order.cardKey, order.checkpoint?.size ?? null);
  if (modules.length !== order.modules)
    return refuse(
      'BLAST_RADIUS_OTHER',
      `The order names ${order.modules} modules in operation and ${modules.length} would be shut out; look again, and request a new one.`,
    );
  const before = [...known.disabled.values()].filter(({ alone }) => alone).map((one) => one.at);
  return !isAlone(known, id) || hasRoom(ceilingOf(setOf(known).set), before, at)
    ? order
    : refuse(
        'CEILING_REACHED',
        'One officer alone has disabled as many signing keys within 24 hours as the policy allows; a second one must confirm.',
      );
}

/** Persons are counted, whatever the rule asked for. */
function isAlone(known: Known, id: string): boolean {
  const order = known.orders.get(id);
  return order === undefined || new Set(signersOf(order).map(({ person }) => person)).size < 2;
}

function momentOf({ size, root }: SignedMoment) {
  return { size, root };
}

/** The log's own key signed this size and root, and so many events stood in it. That the root is the tree's, the seal shows. */
function judgeMoment(known: Known, { size, root, note }: SignedMoment): Refusal | null {
  const checkpoint = openCheckpoint(note, known.logKeys);
  if (isRefusal(checkpoint)) return checkpoint;
  return checkpoint.size === size && toBase64url(checkpoint.root) === root && size <= known.index
    ? null
    : refuse('MOMENT_OTHER', 'The log key signed another checkpoint than the one from which the key is disabled.');
}

/** On a station's list it follows from what was done to the card under the same order. */
export function signingKeyDisabled(known: Known, event: StoredEvent): Refusal | null {
  const { cardKey, to, order: id, from = null } = event.data as DisabledKey;
  const card = [...known.cards.values()].find(({ key }) => key?.cardKey === cardKey)?.issue.card ?? '';
  const isOfKind = known.orders.get(id)?.it.order.kind === DISABLING[to];
  const isFrom = canonicalJson(from) === canonicalJson(known.disabled.get(id)?.moment ?? null);
  return isOfKind && isFrom && known.acts.has(actUnder(id, chipCardStream(card))) ? null : OTHER;
}

/** Trusting a suspended key again widens trust: an order of two persons that names it. */
export function suspensionReviewed(known: Known, event: StoredEvent): Refusal | null {
  const { cardKey, by: id } = event.data as { cardKey: string; by: string };
  const order = approvedOrder(known, id, 'retrust-signing-key');
  if (isRefusal(order)) return order;
  const key = known.cards.get(nameIn(event.stream, 'card-'))?.key;
  const own = key?.cardKey === cardKey && key.birthHash === order.birth && order.card === nameIn(event.stream, 'card-');
  known.rests.set(cardKey, false);
  return done(known, event, { order: id, asOrdered: own && order.cardKey === cardKey });
}
