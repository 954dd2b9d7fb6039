/** What a webhook is told, and how it is signed: names and headers of Standard Webhooks; nothing in it but ids, kinds and counts. */
import { createHmac } from 'node:crypto';
import { type Divergence, isAlarm } from '#libs/domain/chip-card/card-log.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import type { Facts } from '../board-facts.ts';

export interface Message {
  /** Id of the event: a message that is sent again has the same. */
  readonly id: string;
  readonly body: string;
}

/** Events that may be worth a message. */
export const TOLD = ['Order', 'CardLogDiverged'] as const;

/** Null for an event that nobody need be told of. The state is that of the moment, which may be later than the event's. */
export function messageOf(event: StoredEvent, facts: Facts): Message | null {
  const data = event.type === 'CardLogDiverged' ? ofCard(event) : ofOrder(event, facts);
  if (data === null) return null;
  const { type, ...rest } = data;
  const body = JSON.stringify({ type, timestamp: event.recordedAt, data: { ...rest, position: event.position } });
  return { id: event.id, body };
}

type Told = Readonly<Record<string, string | number | null>> & { readonly type: string };

function ofOrder({ type: cause, stream }: StoredEvent, { orders }: Facts): Told | null {
  if (cause === 'OrderTaken' || cause === 'OrderSpent') return null; // no longer anybody's to wait for
  const order = stream.slice('order-'.length);
  const state = orders.get(order)?.state;
  if (state === undefined) return null;
  const { persons } = state.rule;
  const { kind, site, notAfter } = state.order;
  const type = state.is === 'requested' ? 'order.waiting' : `order.${state.is}`;
  return { type, order, kind, site, notAfter, approved: state.approvals.length, persons };
}

function ofCard({ stream, data }: StoredEvent): Told | null {
  const { number, kind, serial } = data as Divergence;
  return isAlarm({ kind }) ? { type: 'card.diverged', card: stream.slice('card-'.length), number, kind, serial } : null;
}

/** `v1,` and the HMAC-SHA256 over id, time and body, in base64; times in seconds. */
export function signedHeaders(
  { id, body }: Message,
  { key, now }: { readonly key: Uint8Array; readonly now: Seconds },
): Readonly<Record<string, string>> {
  const mac = createHmac('sha256', key).update(`${id}.${now}.${body}`).digest('base64');
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(now),
    'webhook-signature': `v1,${mac}`,
  };
}
