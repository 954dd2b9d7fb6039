/**
 * Spans: what was done under what, from a click to a card's answer. Nothing is traced unless a collector was named. A span has
 * a name of ours and words: names, codes, status words. No data of anybody ever stands in one.
 */
import { type Context, ROOT_CONTEXT, SpanKind, SpanStatusCode, context, propagation, trace } from '@opentelemetry/api';

/** Names, codes, counts: short, printable, never a key or a token. */
export type Words = Readonly<Record<string, string | number>>;

/** Says more of a span while it runs. */
export type Tell = (words: Words) => void;

const WORD = /^[A-Za-z0-9 _.:/-]{0,40}$/;
/** 32 octets as base64url have 43 characters, as hex 64. */
const KEYLIKE = /[A-Za-z0-9_-]{33,}/;

/** What may stand in a span; anything else is left out, whoever put it there. */
export function fitting(words: Words): Words {
  const fits = ([, value]: readonly [string, string | number]): boolean =>
    typeof value === 'number' || (WORD.test(value) && !KEYLIKE.test(value));
  return Object.fromEntries(Object.entries(words).filter(fits));
}

/** Runs under a span; its error is told by name alone. */
export async function inSpan<T>(name: string, words: Words, run: (tell: Tell) => Promise<T>): Promise<T> {
  return trace
    .getTracer('keyledger')
    .startActiveSpan(name, { kind: SpanKind.INTERNAL, attributes: fitting(words) }, async (span) => {
      try {
        return await run((more) => void span.setAttributes(fitting(more)));
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'error' });
        throw error;
      } finally {
        span.end();
      }
    });
}

/** W3C Trace Context, level 2: version 00 alone. */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Runs as a part of the trace that somebody else began; of none where it is null or no traceparent. */
export function underTrace<T>(traceparent: string | null | undefined, run: () => T): T {
  if (traceparent == null || !TRACEPARENT.test(traceparent)) return context.with(ROOT_CONTEXT, run);
  const from: Context = propagation.extract(ROOT_CONTEXT, { traceparent });
  return context.with(from, run);
}

/** Where we are, for whoever goes on elsewhere; null outside every trace. */
export function traceHere(): string | null {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent ?? null;
}
