/** News for a subscriber: the position of each event that may concern him. What it means he asks with a query. */
import type { StoredEvent } from '#libs/kernel/event.ts';
import type { Board } from './board.ts';

/** News that nobody fetched yet is merged into the newest: a slow subscriber costs one slot. */
export function news(board: Board, field: string, concerns: (event: StoredEvent) => boolean): AsyncGenerator<object> {
  return tidings(board, { concerns, said: (position) => ({ [field]: position }), first: null });
}

export interface Tidings {
  readonly concerns: (event: StoredEvent) => boolean;
  /** What the subscriber is told when it is his turn. */
  readonly said: (position: string) => object;
  /** Position that he is told at once; null where he waits for the first event. */
  readonly first: string | null;
}

/** As `news`, in other words than a position alone. */
export function tidings(board: Board, { concerns, said, first }: Tidings): AsyncGenerator<object> {
  let latest: string | null = first;
  let wake: () => void = () => undefined;
  const stop = board.listen((event) => {
    if (!concerns(event)) return;
    latest = event.position;
    wake();
  });
  let ended = false;
  const end = (): Promise<IteratorResult<object>> => {
    ended = true;
    stop();
    wake();
    return Promise.resolve({ done: true, value: undefined });
  };
  const next = async (): Promise<IteratorResult<object>> => {
    while (latest === null && !ended) await new Promise<void>((resolve) => (wake = resolve));
    if (ended) return { done: true, value: undefined };
    const value = said(latest ?? '');
    latest = null;
    return { done: false, value };
  };
  return {
    next,
    return: end,
    throw: end,
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: async () => void (await end()),
  };
}
