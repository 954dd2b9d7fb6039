/**
 * An order drafted: canonical bytes that a person can read, sign and request. Nothing is recorded and nobody need believe
 * the draft: whoever signs renders the bytes himself, and every member is checked again when it is requested.
 */
import { GraphQLError } from 'graphql';
import { judgeOrder } from '#libs/approval/approval.ts';
import { utf8 } from '#libs/kernel/bytes.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import { nonce } from '#libs/kernel/ids.ts';
import { ORDER_DOMAIN, type OrderKind, orderId } from '#libs/kernel/order.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { renderedUnder } from '../api/nodes.ts';
import type { Facts } from '../board-facts.ts';
import { held } from '../witness/order.ts';

const [HOUR, DAY, MINUTE] = [3600, 86_400, 60] as const;

/** What every form says: where the order counts, and how long. */
export interface Form {
  readonly site: string;
  readonly hours: number;
}

export interface Asking {
  readonly requester: string;
  readonly now: Seconds;
}

/** What a kind of order says of its own; read by its template like any order that comes from outside. */
export type Particular = { readonly kind: OrderKind; readonly moduleClass: string } & Readonly<Record<string, unknown>>;

export interface Draft {
  readonly id: string;
  readonly bytes: string;
  readonly sentence: readonly string[];
  readonly serials: readonly string[];
}

/** When an order that is drafted now may be used. */
export function windowOf({ hours }: Form, { now }: Asking) {
  const notBefore = now - MINUTE;
  const notAfter = notBefore + hours * HOUR;
  return { notBefore, notAfter, reportBy: notAfter + DAY } as const;
}

/** Throws with the code of the refusal where no such order could be requested here. */
export function drafted(
  facts: Facts,
  { form, asking }: { readonly form: Form; readonly asking: Asking },
  particular: Particular | Refusal,
): Omit<Draft, 'serials'> {
  if (isRefusal(particular)) throw refused(particular);
  const { pins, setBytes } = held(facts);
  const common = { domain: ORDER_DOMAIN, ...pins, site: form.site, requester: asking.requester, nonce: nonce() };
  const text = canonicalJson({ ...common, ...windowOf(form, asking), ...particular });
  const bytes = utf8(text); // what is not ASCII the order's own reader refuses
  const it = judgeOrder(bytes, { pins, setBytes });
  if (isRefusal(it)) throw refused(it);
  const { persons = 0, classA = 0 } = it.rule ?? {};
  return { id: orderId(bytes), bytes: text, sentence: renderedUnder(text, { persons, classA }) };
}

function refused({ code, message }: Refusal): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}
