/** What became of each append of a group, on its way back from the thread that writes: one buffer that changes hands. */
import type { AdmittedRequest } from '../admission.ts';
import { type Appended, EventStoreError } from '../event-store.ts';
import { positionOf } from '../position.ts';

/** Of one request: the revision and number of its last event, and whether it stood there already. */
export interface Stored {
  readonly revision: number;
  readonly number: number;
  readonly replayed: boolean;
}

export interface Refused {
  readonly code: 'WrongExpectedRevision' | 'DuplicateEventId';
  /** The stream's head; -1 where it has no event. */
  readonly head: number;
  /** Which request of the append was refused. */
  readonly request: number;
}

export type Told = readonly Stored[] | Refused;

const CODES = ['WrongExpectedRevision', 'DuplicateEventId'] as const;

export function answerOf(told: readonly Told[]): Float64Array<ArrayBuffer> {
  const numbers: number[] = [];
  for (const one of told) {
    if ('code' in one) numbers.push(-1 - CODES.indexOf(one.code), one.head, one.request);
    else {
      numbers.push(one.length);
      for (const { revision, number, replayed } of one) numbers.push(revision, number, replayed ? 1 : 0);
    }
  }
  return Float64Array.from(numbers);
}

/** The answers in the order of the group, as their callers get them. */
export function appendedOf(
  numbers: Float64Array,
  group: readonly (readonly AdmittedRequest[])[],
): readonly (readonly Appended[] | EventStoreError)[] {
  let at = 0;
  const number = (): number => numbers[at++] ?? 0;
  return group.map((requests) => {
    const head = number();
    if (head < 0) return refusal(CODES[-1 - head], number(), requests[number()]);
    return requests.map(({ stream }) => {
      const [revision, position, replayed] = [number(), number(), number()];
      return { stream, revision: BigInt(revision), position: positionOf(position), replayed: replayed === 1 };
    });
  });
}

function refusal(
  code: (typeof CODES)[number] | undefined,
  head: number,
  request: AdmittedRequest | undefined,
): EventStoreError {
  const stream = request?.stream ?? '';
  if (code === 'DuplicateEventId')
    return new EventStoreError(code, `An event id of this append stands elsewhere in stream ${stream} already.`);
  const at = head < 0 ? 'no event' : `revision ${head}`;
  return new EventStoreError(
    'WrongExpectedRevision',
    `Stream ${stream} is at ${at}, not at ${String(request?.expected)}.`,
    { actual: head < 0 ? null : BigInt(head) },
  );
}
