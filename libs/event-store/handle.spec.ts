/** `handle`, on every engine: one command becomes events once, a refusal stays a refusal, a lost race is decided anew. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Clock } from '#libs/kernel/clock.ts';
import type { Decider, Fact } from '#libs/kernel/decider.ts';
import { refuse } from '#libs/kernel/refusal.ts';
import { collect, newEvent, newEvents, type Opened } from './contract/harness.ts';
import { type EventStore, EventStoreError } from './event-store.ts';
import { type Handling, type HandlePort, handle } from './handle.ts';
import { memoryHarness } from './memory/memory.harness.ts';
import { recordedTimes } from './recorded-times.ts';
import { sqliteHarness } from './sqlite/sqlite.harness.ts';

type Taken = Fact<'SeatTaken', { readonly seat: number }>;

/** A room with three seats: take one; a taken one again is nothing new; a fourth is refused. */
const room: Decider<readonly number[], { readonly seats: readonly number[] }, Taken> = {
  initial: [],
  decide: ({ seats }, taken) =>
    seats.some((seat) => seat > 2)
      ? refuse('NO_SUCH_SEAT', 'The room has seats 0 to 2.')
      : seats.filter((seat) => !taken.includes(seat)).map((seat) => ({ type: 'SeatTaken', data: { seat } })),
  evolve: (taken, { data }) => [...taken, data.seat],
};

type Command = { readonly seats: readonly number[] };

function take(seats: readonly number[], more: Partial<Handling<readonly number[], Command, Taken>> = {}) {
  return {
    decider: room,
    stream: 'room-1',
    command: { seats },
    commandId: 'command-1',
    actor: 'ann',
    operation: 'TakeSeat',
    ...more,
  };
}

/** A clock that a test turns by hand. */
function handClock(at: { now: string }): Clock {
  return { seconds: () => Math.floor(Date.parse(at.now) / 1000), rfc3339: () => at.now };
}

describe.each([
  ['memory', memoryHarness],
  ['sqlite', sqliteHarness],
])('handle on %s', (_name, harness) => {
  const clock = { now: '2026-01-31T12:00:00.000Z' };
  let opened: Opened;
  let store: EventStore;
  let port: HandlePort;

  beforeEach(async () => {
    clock.now = '2026-01-31T12:00:00.000Z';
    opened = await harness.open();
    store = opened.store;
    port = { store, times: await recordedTimes(store, handClock(clock)) };
  });
  afterEach(() => opened.dispose());

  /** The port with another writer who takes a seat just before each of the next appends. */
  const raced = (times: number): HandlePort => {
    let left = times;
    const racing = Object.create(store) as EventStore;
    racing.readStream = (stream, options) => store.readStream(stream, options);
    racing.append = async (request) => {
      if (left > 0 && request.stream === 'room-1') {
        left -= 1;
        await store.append({
          stream: 'room-1',
          expected: 'any',
          events: [newEvent({ type: 'SeatTaken', data: { seat: 0 } })],
        });
      }
      return store.append(request);
    };
    return { ...port, store: racing };
  };

  test('stores what was decided, with command, actor and times, and answers where it stands', async () => {
    const receipt = await handle(port, take([0, 1], { occurredAt: '2026-01-31T11:59:00Z' }));
    const events = await collect(store.readStream('room-1'));
    expect(receipt).toEqual({
      is: 'receipt',
      stream: 'room-1',
      revision: 1n,
      position: events[1]?.position,
      replayed: false,
    });
    expect(events.map(({ data }) => data)).toEqual([{ seat: 0 }, { seat: 1 }]);
    for (const event of events)
      expect(event).toMatchObject({
        metadata: { command: 'command-1', actor: 'ann' },
        occurredAt: '2026-01-31T11:59:00Z',
        recordedAt: clock.now,
      });
    expect(new Set(events.flatMap(({ id, salt }) => [id, salt])).size).toBe(4);
  });

  test('gives the same command the same answer again, also after a restart and behind others', async () => {
    const first = await handle(port, take([0, 1]));
    await handle(port, take([2], { commandId: 'command-2' }));
    expect(await handle(port, take([0, 1]))).toEqual({ ...first, replayed: true });
    expect(await handle(port, take([2]))).toEqual({ ...first, replayed: true });
    await store.close();
    const again = await opened.reopen();
    expect(await handle({ ...port, store: again }, take([0, 1]))).toEqual({ ...first, replayed: true });
    expect(await collect(again.readAll())).toHaveLength(3);
  });

  test('stores one command once when it comes twice at the same time', async () => {
    const answers = await Promise.all([handle(port, take([0])), handle(port, take([0]))]);
    expect(answers[0]).toMatchObject({ revision: 0n, replayed: false });
    expect(answers[1]).toMatchObject({ revision: 0n, replayed: true });
    expect(await collect(store.readAll())).toHaveLength(1);
  });

  test('answers an outcome that was lost on the way with the receipt of the first try', async () => {
    const losing = Object.create(store) as EventStore;
    losing.readStream = (stream, options) => store.readStream(stream, options);
    losing.append = async (request) => {
      await store.append(request);
      throw new EventStoreError('OutcomeUnknown', 'The answer was lost.');
    };
    await expect(handle({ ...port, store: losing }, take([0]))).rejects.toMatchObject({ code: 'OutcomeUnknown' });
    expect(await handle(port, take([0]))).toMatchObject({ revision: 0n, replayed: true });
  });

  test('answers what had already happened with the present head, in an empty stream with none', async () => {
    expect(await handle(port, take([]))).toEqual({
      is: 'receipt',
      stream: 'room-1',
      revision: null,
      position: null,
      replayed: true,
    });
    const first = await handle(port, take([0]));
    expect(await handle(port, take([0], { commandId: 'command-2' }))).toEqual({ ...first, replayed: true });
  });

  test('records a guarded refusal once and gives it again, even when it would now be granted', async () => {
    const refused = await handle(port, take([3], { guarded: true }));
    expect(refused).toEqual(refuse('NO_SUCH_SEAT', 'The room has seats 0 to 2.'));
    expect(await handle(port, take([0], { guarded: true }))).toEqual(refused);
    expect(
      await Promise.all([1, 2].map(() => handle(port, take([4], { guarded: true, commandId: 'command-2' })))),
    ).toEqual([refused, refused]);
    const recorded = await collect(store.readAll());
    expect(recorded.map(({ stream, type }) => [stream, type])).toEqual([
      ['refusal-command-1', 'OperationRefused'],
      ['refusal-command-2', 'OperationRefused'],
    ]);
    expect(recorded[0]).toMatchObject({
      data: { code: 'NO_SUCH_SEAT', message: 'The room has seats 0 to 2.', operation: 'TakeSeat', stream: 'room-1' },
      metadata: { command: 'command-1', actor: 'ann' },
    });
  });

  test('records nothing of a refusal that is not guarded', async () => {
    expect(await handle(port, take([3]))).toMatchObject({ code: 'NO_SUCH_SEAT' });
    expect(await store.head()).toBeNull();
  });

  test('decides a lost race anew on what is there now, at most five times', async () => {
    expect(await handle(raced(4), take([0, 1]))).toMatchObject({ revision: 4n, replayed: false });
    expect((await collect(store.readStream('room-1'))).map(({ data }) => data)).toEqual([
      ...Array.from({ length: 4 }, () => ({ seat: 0 })),
      { seat: 1 },
    ]);
    expect(await handle(raced(5), take([2], { commandId: 'command-2' }))).toMatchObject({ code: 'STREAM_BUSY' });
  });

  test('throws for a stream that outgrew its decider', async () => {
    const events = newEvents(1000, { type: 'SeatTaken', data: { seat: 0 } });
    await store.append({ stream: 'room-1', expected: 'no_stream', events });
    expect(await handle(port, take([1]))).toMatchObject({ revision: 1000n });
    await expect(handle(port, take([2], { commandId: 'command-2' }))).rejects.toThrow('more than 1000 events');
  });

  test('never records a time before the one in front, when the clock goes back, also over a restart', async () => {
    await handle(port, take([0]));
    clock.now = '2026-01-31T11:00:00.000Z';
    await handle(port, take([1], { commandId: 'command-2' }));
    await store.close();
    const again = await opened.reopen();
    const times = await recordedTimes(again, handClock(clock));
    await handle({ store: again, times }, take([2], { commandId: 'command-3' }));
    clock.now = '2026-01-31T12:00:01.000Z';
    await handle({ store: again, times }, take([0], { stream: 'room-2', commandId: 'command-4' }));
    const recorded = (await collect(again.readAll())).map(({ recordedAt }) => recordedAt);
    expect(recorded).toEqual([
      ...Array.from({ length: 3 }, () => '2026-01-31T12:00:00.000Z'),
      '2026-01-31T12:00:01.000Z',
    ]);
  });
});
