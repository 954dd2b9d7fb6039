/** Members that every order has, beside those of its kind. */
import type { Seconds } from './clock.ts';
import { hash, integer, name, oneOf, text } from './template.ts';

/** 9999-12-31T23:59:59Z: "no end" (RFC 5280 §4.1.2.5). */
export const LAST_SECOND: Seconds = 253402300799;

export const seconds = integer(0, LAST_SECOND);

export const common = {
  domain: oneOf('keyledger/order/v1'),
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
