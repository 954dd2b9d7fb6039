/** News: a subscriber who does not fetch costs one slot, and then gets the newest. */
import { describe, expect, test } from '@jest/globals';
import { MemoryEventStore } from '#libs/event-store/memory/memory-store.ts';
import { logOf } from '#test/kit/made-log.ts';
import { Board } from './board.ts';
import { news } from './news.ts';

describe('news', () => {
  test('that nobody fetched are merged into the newest, and none is lost', async () => {
    const store = new MemoryEventStore();
    const board = new Board(store);
    const stop = new AbortController();
    await board.follow(stop.signal, () => undefined);
    const heard = news(board, 'it', ({ type }) => type === 'Wanted');
    const facts = Array.from(
      { length: 1000 },
      (_, index) => [`s-${index}`, { type: index < 900 ? 'Wanted' : 'Other', data: {} }] as const,
    );
    for (const { stream, revision: _, position: __, ...event } of logOf(facts))
      await store.append({ stream, expected: 'no_stream', events: [event] });
    await board.reached(await store.head());
    expect(await heard.next()).toEqual({ done: false, value: { it: '00000000000000000899' } });
    const later = heard.next();
    const [last] = logOf([['s-last', { type: 'Wanted', data: {} }]]);
    if (last === undefined) throw new Error('no event');
    const { stream, revision: _, position: __, ...event } = last;
    await store.append({ stream, expected: 'no_stream', events: [event] });
    expect(await later).toEqual({ done: false, value: { it: '00000000000000001000' } });
    const ended = heard.next();
    await heard.return(undefined);
    expect(await ended).toEqual({ done: true, value: undefined });
    stop.abort();
  });
});
