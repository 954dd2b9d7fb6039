/** The driver's errors in the words of the port: which of them say that nothing was stored, and which say nothing. */
import { EventStoreError, type EventStoreErrorCode, isEventStoreError } from '../event-store.ts';
import { type KurrentAddress, shownKurrentAddress } from './address.ts';

/** No answer came in our own time, or the wire broke. */
export class NoAnswer extends Error {}

const BY_STATUS: Readonly<Record<number, string>> = {
  1: 'cancelled',
  4: 'deadline-exceeded',
  7: 'access-denied',
  14: 'unavailable',
  16: 'access-denied',
};

/** The name for what happened that driver and server share; empty for what is no error of theirs. */
function typeOf(error: unknown): string {
  const { code, metadata } = (error ?? {}) as { readonly code?: unknown; readonly metadata?: Told };
  const [exception] = metadata?.get?.('exception') ?? [];
  if (typeof exception === 'string') return exception;
  return textAt(error, 'type') || (typeof code === 'number' ? (BY_STATUS[code] ?? 'unknown') : '');
}

/** What came with an error of gRPC. */
interface Told {
  readonly get?: (name: string) => readonly unknown[];
}

function textAt(error: unknown, name: string): string {
  const value = typeof error === 'object' && error !== null ? (error as Readonly<Record<string, unknown>>)[name] : '';
  return typeof value === 'string' ? value : '';
}

/** The stream is not where it was believed to be; nothing was stored. */
export function isWrongVersion(error: unknown): boolean {
  return typeOf(error) === 'wrong-expected-version';
}

/** Another node leads, and the driver now knows which; nothing was stored. */
export function isNotLeader(error: unknown): boolean {
  return typeOf(error) === 'not-leader' || /leader-endpoint|Leader info/i.test(textAt(error, 'message'));
}

export function isAccessDenied(error: unknown): boolean {
  return typeOf(error) === 'access-denied';
}

/** The node could not be reached at all, or said that it would not take it: nothing of the question was done. */
export function wasNotTaken(error: unknown): boolean {
  const says = textAt(error, 'message');
  return /No connection established|Name resolution failed|Failed to discover|Server Is (Not Ready|Busy|Too Busy)|No leader info/i.test(
    says,
  );
}

/** What a look again may mend. */
export function mayPass(error: unknown): boolean {
  return isNotLeader(error) || ['unavailable', 'cancelled'].includes(typeOf(error)) || wasNotTaken(error);
}

function readingOf(error: unknown): readonly [EventStoreErrorCode, string] {
  const says = textAt(error, 'message');
  if (isAccessDenied(error)) return ['AccessDenied', 'does not allow this to its user; see user and password'];
  if (typeOf(error) === 'stream-deleted') return ['Corrupt', 'has lost a stream, somebody deleted it; verify the log'];
  if (typeOf(error) === 'maximum-append-size-exceeded' || /append (event )?size/i.test(says))
    return ['TooLarge', 'takes no append of that size; see MaxAppendSize of the server'];
  if (isNotLeader(error)) return ['Unavailable', 'has no leader at the moment'];
  if (error instanceof NoAnswer) return ['Unavailable', error.message];
  if (/certificate|self.signed|tls|ssl/i.test(says))
    return ['Unavailable', 'cannot be reached, its certificate is not believed; see tlsCAFile'];
  return ['Unavailable', wasNotTaken(error) ? 'cannot be reached' : 'broke off'];
}

/** One clear sentence, without user or password; a defect as it is. */
export function asEventStoreError(error: unknown, address: KurrentAddress): unknown {
  if (isEventStoreError(error)) return error;
  if (!(error instanceof NoAnswer) && typeOf(error) === '' && !isOfTheWire(error)) return error;
  const [code, says] = readingOf(error);
  return new EventStoreError(code, `The event log at ${shownKurrentAddress(address)} ${says}.`, { cause: error });
}

/** What gRPC, the driver's native part or a socket say themselves; not TypeError and its like. */
function isOfTheWire(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  const defect = ['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError'].includes(textAt(error, 'name'));
  return code !== undefined || !defect;
}
