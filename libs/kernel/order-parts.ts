/** What kinds of orders are made of: the members that every order has, and what a kind says of itself. */
import type { Seconds } from './clock.ts';
import { type Template, hash, integer, name, oneOf, text } from './template.ts';

export const ORDER_DOMAIN = 'keyledger/order/v1';

/** 9999-12-31T23:59:59Z: "no end" (RFC 5280 §4.1.2.5). */
export const NO_END: Seconds = 253402300799;

export const seconds = integer(0, NO_END);

/** Members of every order. */
export const common = {
  domain: oneOf(ORDER_DOMAIN),
  genesis: hash,
  approverSet: hash,
  site: name,
  moduleClass: name,
  requester: name,
  nonce: text(22, /^[A-Za-z0-9_-]{21}[AQgw]$/),
  notBefore: seconds,
  notAfter: seconds,
  reportBy: seconds,
} as const;

export interface Kind<T extends object> {
  readonly template: Template<T>;
  /** Fewer persons than this can never be enough, whatever a policy says. */
  readonly personsMin: 1 | 2;
  /** Such an order widens trust: no policy may have it with fewer than two persons who approve on their own machines. */
  readonly widens?: true;
  /** The request in one sentence, rendered from the signed bytes alone. */
  readonly sentence: (order: T) => string;
}

export function kind<T extends object>(it: Kind<T>): Kind<T> {
  return it;
}
