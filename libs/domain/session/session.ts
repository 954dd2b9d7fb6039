/** One session between a module in operation and its station, as the station reports it (S27a, S27e, S27f). */
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { Fact } from '#libs/kernel/decider.ts';
import { type Refusal, never, refuse } from '#libs/kernel/refusal.ts';
import { type Report, judged, reporting } from '../report.ts';

export interface Establishment {
  readonly station: string;
  readonly serial: string;
  readonly fingerprint: string;
  readonly exporter: string;
}

export interface Authorization {
  /** From 1, rising by one with every transaction, refused ones too. */
  readonly counter: number;
  /** HMAC of the account number under a key of the side store, base64url: never the number itself. */
  readonly account: string;
  /** In the currency's smallest unit. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
  /** What the module signed, and its signature, base64url. */
  readonly authorization: string;
  readonly authorizationSignature: string;
  /** What the station answered, and its signature, base64url. */
  readonly instruction: string;
  readonly instructionSignature: string;
}

/** All of them are reported. */
export type SessionEstablished = Fact<'SessionEstablished', Establishment>;
/** `serial` is null where the peer showed no certificate that names one. */
export type SessionRefused = Fact<
  'SessionRefused',
  { readonly station: string; readonly serial: string | null; readonly code: string }
>;
export type TransactionAuthorized = Fact<'TransactionAuthorized', Authorization>;
export type TransactionRefused = Fact<'TransactionRefused', { readonly counter: number; readonly code: string }>;
export type SessionClosed = Fact<'SessionClosed', { readonly reason: string }>;
export type Transaction = TransactionAuthorized | TransactionRefused;
export type SessionEvent = SessionEstablished | SessionRefused | Transaction | SessionClosed;

export type SessionCommand = Report<SessionEvent>;

/** `last` is the newest accepted fact, by which a repeated report is known. */
export type SessionState =
  | { readonly is: 'none' }
  | { readonly is: 'open'; readonly serial: string; readonly counter: number; readonly last: SessionEvent }
  | { readonly is: 'refused'; readonly last: SessionEvent }
  | { readonly is: 'closed'; readonly last: SessionEvent };

export const sessionStream = (session: string): string => `session-${session}`;

const REPORTED = [
  'SessionEstablished',
  'SessionRefused',
  'TransactionAuthorized',
  'TransactionRefused',
  'SessionClosed',
] as const;

export const sessionDecider = reporting<SessionState, SessionCommand, SessionEvent>(REPORTED, {
  initial: { is: 'none' },
  decide: ({ fact, contest }, state) => {
    if (contest === null && state.is !== 'none' && canonicalJson(state.last) === canonicalJson(fact)) return [];
    return judged(fact, contest ?? contestOf(fact, state));
  },
  evolve: (state, event) => {
    switch (event.type) {
      case 'SessionEstablished':
        return { is: 'open', serial: event.data.serial, counter: 0, last: event };
      case 'SessionRefused':
        return { is: 'refused', last: event };
      case 'TransactionAuthorized':
      case 'TransactionRefused':
        return state.is === 'open' ? { ...state, counter: event.data.counter, last: event } : state;
      case 'SessionClosed':
        return { is: 'closed', last: event };
      default:
        return never(event);
    }
  },
});

function contestOf(fact: SessionEvent, state: SessionState): Refusal | null {
  switch (state.is) {
    case 'none':
      return begins(fact)
        ? null
        : refuse('NO_SESSION', 'No session was established under this id; report its beginning first.');
    case 'refused':
      return refuse('SESSION_WAS_REFUSED', 'The station had refused this session; nothing can happen in it.');
    case 'closed':
      return refuse('SESSION_CLOSED', 'The session had been closed before; nothing more can happen in it.');
    case 'open':
      return contestInside(fact, state.counter);
    default:
      return never(state);
  }
}

function begins(fact: SessionEvent): boolean {
  return fact.type === 'SessionEstablished' || fact.type === 'SessionRefused';
}

function contestInside(fact: SessionEvent, counter: number): Refusal | null {
  switch (fact.type) {
    case 'SessionEstablished':
    case 'SessionRefused':
      return refuse(
        'SESSION_EXISTS',
        'A session was already established under this id; look for a replayed beginning.',
      );
    case 'TransactionAuthorized':
    case 'TransactionRefused':
      return fact.data.counter === counter + 1
        ? null
        : refuse(
            'COUNTER_NOT_NEXT',
            `The next transaction of this session is number ${counter + 1}; look for a replay or a gap.`,
          );
    case 'SessionClosed':
      return null;
    default:
      return never(fact);
  }
}
