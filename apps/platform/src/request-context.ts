/** What a resolver knows of the request: who calls and from where. */
import { HeaderMap } from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { Clock } from '#libs/kernel/clock.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { Board } from './board.ts';
import type { Limits } from './bounds/limits.ts';
import type { Rate, Slowdown } from './bounds/rate.ts';
import type { Facts } from './board-facts.ts';
import { type Caller, callerOf, credentialOf } from './caller.ts';
import type { Together } from './together.ts';

export interface RequestContext {
  readonly caller: Caller;
  /** The caller, or why he is none any more: a session ends, a device is withdrawn, while a socket stays open. */
  readonly callerNow: () => Caller | Refusal;
  /** W3C traceparent of whoever asks; null outside every trace. */
  readonly trace?: string | null;
  /** Where the request comes from; what limits attempts is counted by it. */
  readonly address: string;
  /** Millisecond of the process by which the answer must be there; null on a socket, where each question has its own. */
  readonly deadline: number | null;
}

interface Sources {
  readonly board: Pick<Board, 'facts'>;
  readonly clock: Clock;
  /** With other platforms of the same log; null where there are none. */
  readonly together: Together | null;
}

export interface Incoming {
  readonly authorization: string | undefined;
  /** W3C traceparent, as it came. */
  readonly traceparent?: string | undefined;
  readonly address: string;
}

const OVER = refuse('SESSION_OVER', 'This session is over; sign in again.');

/** A refusal where the token is none: a bad token is never taken for none. */
export async function contextOf(sources: Sources, it: Incoming): Promise<RequestContext | Refusal> {
  const context = contextNow(sources, it);
  if (!isRefusal(context) || sources.together === null) return context;
  await sources.together.caughtUp(); // he may have signed in, or been enrolled, at another platform just now
  return contextNow(sources, it);
}

function contextNow({ board, clock }: Sources, it: Incoming): RequestContext | Refusal {
  const caller = callerOf(board.facts, it.authorization, clock.seconds());
  if (isRefusal(caller)) return caller;
  const callerNow = () => (isStill(board.facts, caller, clock) ? caller : OVER);
  return { caller, callerNow, address: it.address, deadline: null };
}

function isStill(facts: Facts, { session, subject, roles }: Caller, clock: Clock): boolean {
  if (session !== null) return (facts.signIns.get(session)?.until ?? -1) >= clock.seconds();
  return roles.length === 0 || credentialOf(facts, subject) !== null;
}

interface HttpSources extends Sources {
  readonly rate: Rate;
  readonly limits: Pick<Limits, 'answerMs'>;
}

/** Counted by session; without one, or with a bad one, by address. Devices are not: what they report is never turned away. */
export function slowdownOf(
  rate: Rate,
  context: RequestContext | null,
  { address, now }: { readonly address: string; readonly now: number },
): Slowdown | null {
  if (context === null || context.caller.roles.length === 0) return rate.take(`address ${address}`, now);
  return context.caller.session === null ? null : rate.take(`session ${context.caller.session}`, now);
}

/** Over HTTP a bad token is 401 (RFC 6750 §3.1). */
export async function httpContext(sources: HttpSources, it: Incoming): Promise<RequestContext> {
  const context = await contextOf(sources, it);
  const now = performance.now();
  const slow = slowdownOf(sources.rate, isRefusal(context) ? null : context, { address: it.address, now });
  if (slow !== null) {
    const headers = new HeaderMap([['retry-after', String(slow.retryAfter)]]);
    const { code, message } = slow.refusal;
    throw new GraphQLError(message, {
      extensions: { code, retryAfter: slow.retryAfter, http: { status: 429, headers } },
    });
  }
  if (isRefusal(context))
    throw new GraphQLError(context.message, { extensions: { code: context.code, http: { status: 401 } } });
  return { ...context, trace: it.traceparent ?? null, deadline: now + sources.limits.answerMs };
}
