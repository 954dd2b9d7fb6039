/**
 * An order that the platform drafted, held against what was typed: every member must be what was asked for, no member more. What
 * a platform writes otherwise is found here, before anything can be signed.
 */
import { type Json, canonical } from './canonical.ts';
import { type ReadOrder, secondsOf, textOf } from './order.ts';

export type Members = Readonly<Record<string, Json>>;

export interface Difference {
  readonly member: string;
  /** Canonical JSON, or a sentence; null where the order should not have it. */
  readonly asked: string | null;
  /** Canonical JSON; null where the order does not have it. */
  readonly drafted: string | null;
}

/** What every order says, and the browser knows without asking. */
export interface AskedFor {
  readonly kind: string;
  /** The deployment that this browser pinned. */
  readonly genesis: string;
  /** Hash of the approver set in force, as this browser followed the sets to it. */
  readonly approverSet: string;
  readonly requester: string;
  readonly site: string;
  readonly hours: number;
  /** What its kind says of its own, moduleClass among it. */
  readonly own: Members;
  /** Of a personalization: how long the certificates are valid, days. */
  readonly certificateDays?: number | undefined;
}

const [HOUR, DAY] = [3600, 86_400] as const;
/** How far the platform's clock and this one may be apart, seconds. */
const APART = 600;
const NONCE = /^[A-Za-z0-9_-]{21}[AQgw]$/;

/** Nothing where the order says exactly what was asked for. `now` is seconds since 1970. */
export function differencesOf(order: ReadOrder, asked: AskedFor, now: number): readonly Difference[] {
  const from = secondsOf(order, 'notBefore');
  const { kind, genesis, approverSet, requester, site, hours, certificateDays, own } = asked;
  const certificate =
    certificateDays === undefined
      ? {}
      : { certificateNotBefore: from, certificateNotAfter: from + certificateDays * DAY };
  const to = from + hours * HOUR;
  const pinned = { domain: 'keyledger/order/v1', kind, genesis, approverSet, requester, site };
  const wanted: Members = { ...pinned, notAfter: to, reportBy: to + DAY, ...certificate, ...own };
  const names = new Set(['nonce', 'notBefore', ...Object.keys(wanted), ...Object.keys(order.members)]);
  return [...names].flatMap((member): readonly Difference[] => {
    const drafted = textIn(order.members, member);
    if (member === 'nonce') return NONCE.test(textOf(order, 'nonce')) ? [] : [odd(member, drafted)];
    if (member === 'notBefore') return Math.abs(now - from) <= APART ? [] : [odd(member, drafted)];
    const said = textIn(wanted, member);
    return said === drafted ? [] : [{ member, asked: said, drafted }];
  });
}

function odd(member: string, drafted: string | null): Difference {
  return { member, asked: member === 'nonce' ? 'a fresh random text' : 'now, by this clock', drafted };
}

function textIn(members: Members, name: string): string | null {
  const value = Object.hasOwn(members, name) ? members[name] : undefined;
  return value === undefined || (typeof value === 'number' && Number.isNaN(value)) ? null : canonical(value);
}
