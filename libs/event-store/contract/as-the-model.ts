/** Property tests: under random use every engine answers what the memory engine answers, with the same seeds on each. */
import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { NewEvent, Position } from '#libs/kernel/event.ts';
import { type AppendRequest, type EventStore, EventStoreError, type Expected } from '../event-store.ts';
import { MemoryEventStore } from '../memory/memory-store.ts';
import { ByPlace } from './by-place.ts';
import { collect, type Harness } from './harness.ts';

const STREAMS = ['order-1', 'order-2', 'chip-card-1', 'ör-3'];
const TYPES = ['OrderRequested', 'OrderApproved', 'Öffnung'];
const PREFIXES = ['order-', 'chip', 'ö', 'Order', 'OrderA', 'x', ''];

/** Few ids, so that they meet again: as repeats, as overlaps, elsewhere. */
const ids = fc.integer({ min: 0, max: 40 });

const event = fc.record({ id: ids, type: fc.constantFrom(...TYPES) });

/** An exact revision is told by its distance to the head: -1 and 1 are wrong ones. */
const append = fc.record({
  stream: fc.constantFrom(...STREAMS),
  expected: fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.constantFrom('no_stream', 'any', 'stream_exists', -1, 1) },
  ),
  events: fc.array(event, { minLength: 1, maxLength: 4 }),
});

const filter = fc.option(
  fc.record(
    {
      streamPrefixes: fc.array(fc.constantFrom(...PREFIXES), { maxLength: 2 }),
      typePrefixes: fc.array(fc.constantFrom(...PREFIXES), { maxLength: 2 }),
    },
    { requiredKeys: [] },
  ),
  { nil: undefined },
);

const limits = { backwards: fc.boolean(), limit: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }) };
const place = fc.option(fc.integer({ min: -1, max: 30 }), { nil: undefined });

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('append' as const), append }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('again' as const), back: fc.integer({ min: 0, max: 5 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('together' as const), appends: fc.array(append, { maxLength: 8 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('atomically' as const), appends: fc.array(append, { maxLength: 3 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('stream' as const),
      stream: fc.constantFrom(...STREAMS, 'none'),
      from: place,
      ...limits,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('all' as const), after: place, until: place, filter, ...limits }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('heads' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const) }) },
);

type Made<A> = A extends fc.Arbitrary<infer Value> ? Value : never;
type Step = Made<typeof step>;
type Append = Made<typeof append>;
type Event = Made<typeof event>;

/** One random use with a seed, shrunk to the shortest one that differs where one does. */
export async function behavesAsTheModel(harness: Harness, seed: number, numRuns: number): Promise<void> {
  const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), (steps) =>
    sameUse(harness, steps),
  );
  await fc.assert(property, { seed, numRuns, endOnFailure: false, interruptAfterTimeLimit: 120_000 });
}

async function sameUse(harness: Harness, steps: readonly Step[]): Promise<void> {
  const opened = await harness.open();
  const model = new MemoryEventStore();
  const rising = harness.positions === 'rising';
  const told = (store: EventStore): EventStore => (rising ? new ByPlace(store) : store);
  try {
    let engine = told(opened.store);
    const sent: AppendRequest[] = [];
    for (const one of steps) {
      if (one.do === 'reopen') {
        await engine.close();
        engine = told(await opened.reopen());
        continue;
      }
      if (one.do === 'atomically' && !engine.capabilities.atomicMultiStream && one.appends.length > 1) continue;
      const ask = await questionOf(one, model, sent);
      const wanted = await ask(model);
      expect(await ask(engine)).toEqual(wanted);
    }
    expect(await collect(engine.readAll())).toEqual(await collect(model.readAll()));
  } finally {
    await opened.dispose();
  }
}

type Ask = (store: EventStore) => Promise<unknown>;

/** The same question for both, made by what the model holds now. */
async function questionOf(
  one: Exclude<Step, { do: 'reopen' }>,
  model: EventStore,
  sent: AppendRequest[],
): Promise<Ask> {
  const requests = async (appends: readonly Append[]) => {
    const made = await Promise.all(appends.map((each) => requestOf(each, model)));
    sent.push(...made);
    return made;
  };
  switch (one.do) {
    case 'append': {
      const [request] = await requests([one.append]);
      return (store) => outcome(request === undefined ? Promise.resolve() : store.append(request));
    }
    case 'again': {
      const request = sent.at(-1 - one.back);
      return (store) => outcome(request === undefined ? Promise.resolve() : store.append(request));
    }
    case 'together': {
      const made = await requests(one.appends);
      return (store) => Promise.all(made.map((request) => outcome(store.append(request))));
    }
    case 'atomically': {
      const made = await requests(one.appends);
      return (store) => outcome(store.appendAtomically(made));
    }
    case 'stream': {
      const { stream, from, backwards, limit } = one;
      const options = {
        backwards,
        ...defined({ from: from === undefined || from < 0 ? undefined : BigInt(from), limit }),
      };
      return (store) => outcome(collect(store.readStream(stream, options)));
    }
    case 'all': {
      const { after, until, backwards, limit } = one;
      const options = {
        backwards,
        ...defined({ after: positionAt(after), until: positionAt(until), limit, filter: one.filter }),
      };
      return (store) => outcome(collect(store.readAll(options as Parameters<EventStore['readAll']>[0])));
    }
    case 'heads':
      return async (store) => [
        await store.head(),
        ...(await Promise.all(STREAMS.map((stream) => store.streamHead(stream)))),
      ];
  }
}

async function requestOf(one: Append, model: EventStore): Promise<AppendRequest> {
  const head = await model.streamHead(one.stream);
  const exact = typeof one.expected === 'number' ? (head ?? -1n) + BigInt(one.expected) : null;
  const expected = exact === null ? (one.expected as Expected) : exact < 0n ? 'no_stream' : exact;
  return { stream: one.stream, expected, events: one.events.map(eventOf) };
}

function eventOf({ id, type }: Event): NewEvent {
  const time = '2026-01-31T12:00:00.000Z';
  const data = { id, text: `ü"\\${id}` };
  return {
    id: `id-${id}`,
    type,
    schemaVersion: 1,
    occurredAt: time,
    recordedAt: time,
    salt: 'AAAA',
    data,
    metadata: {},
  };
}

function positionAt(number: number | undefined): Position | undefined {
  return number === undefined ? undefined : (String(number).padStart(20, '0') as Position);
}

function defined(values: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** What a call answers, or the code and head that it fails with. */
async function outcome(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof EventStoreError) return { code: error.code, actual: error.actual };
    throw error;
  }
}
