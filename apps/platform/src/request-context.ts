/** What a resolver knows of the request: who calls and from where. */
import { GraphQLError } from 'graphql';
import type { Clock } from '#libs/kernel/clock.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { Board } from './board.ts';
import type { Facts } from './board-facts.ts';
import { type Caller, callerOf, credentialOf } from './caller.ts';

export interface RequestContext {
  readonly caller: Caller;
  /** The caller, or why he is none any more: a session ends, a device is withdrawn, while a socket stays open. */
  readonly callerNow: () => Caller | Refusal;
  /** Where the request comes from; what limits attempts is counted by it. */
  readonly address: string;
}

interface Sources {
  readonly board: Pick<Board, 'facts'>;
  readonly clock: Clock;
}

export interface Incoming {
  readonly authorization: string | undefined;
  readonly address: string;
}

const OVER = refuse('SESSION_OVER', 'This session is over; sign in again.');

/** A refusal where the token is none: a bad token is never taken for none. */
export function contextOf({ board, clock }: Sources, it: Incoming): RequestContext | Refusal {
  const caller = callerOf(board.facts, it.authorization, clock.seconds());
  if (isRefusal(caller)) return caller;
  const callerNow = () => (isStill(board.facts, caller, clock) ? caller : OVER);
  return { caller, callerNow, address: it.address };
}

function isStill(facts: Facts, { session, subject, roles }: Caller, clock: Clock): boolean {
  if (session !== null) return (facts.signIns.get(session)?.until ?? -1) >= clock.seconds();
  return roles.length === 0 || credentialOf(facts, subject) !== null;
}

/** Over HTTP a bad token is 401 (RFC 6750 §3.1). */
export function httpContext(sources: Sources, it: Incoming): RequestContext {
  const context = contextOf(sources, it);
  if (isRefusal(context))
    throw new GraphQLError(context.message, { extensions: { code: context.code, http: { status: 401 } } });
  return context;
}
