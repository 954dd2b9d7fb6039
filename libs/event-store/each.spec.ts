/** Pages given one by one: in order, whoever asks how often at once; and whoever stops early ends the reading behind it. */
import { expect, test } from '@jest/globals';
import { Each } from './each.ts';

interface Read {
  pages: number;
  isOver: boolean;
}

/** Pages of three, some empty; the last one breaks where `breaks` says so. */
async function* pages(read: Read, breaks = false): AsyncGenerator<readonly number[], void, undefined> {
  try {
    for (const page of [[], [0, 1, 2], [], [], [3, 4, 5], [6]]) {
      await new Promise((resolve) => setImmediate(resolve));
      read.pages += 1;
      yield page;
    }
    if (breaks) throw new Error('the file cannot be read here');
  } finally {
    read.isOver = true;
  }
}

const reading = (breaks = false) => {
  const read: Read = { pages: 0, isOver: false };
  return { read, each: new Each(pages(read, breaks)) };
};

async function collected(each: Each<number>): Promise<number[]> {
  const all: number[] = [];
  for await (const one of each) all.push(one);
  return all;
}

test('every row of every page, in order, past pages with none', async () => {
  const { read, each } = reading();
  expect(await collected(each)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(read).toEqual({ pages: 6, isOver: true });
  expect(await each.next()).toEqual({ done: true, value: undefined });
});

test('asked many times at once, each row is given once and in the order of asking', async () => {
  const { each } = reading();
  const asked = await Promise.all(Array.from({ length: 9 }, () => each.next()));
  expect(asked.map(({ value }) => value)).toEqual([0, 1, 2, 3, 4, 5, 6, undefined, undefined]);
});

test('whoever asks as soon as he has heard waits behind those who asked before', async () => {
  const { each } = reading();
  const late = each.next().then(() => each.next());
  const [second, third] = await Promise.all([each.next(), late]);
  expect([second.value, third.value]).toEqual([1, 2]);
});

test('whoever stops early reads no further, and what was open is closed', async () => {
  const { read, each } = reading();
  for await (const one of each) if (one === 1) break;
  expect(read).toEqual({ pages: 2, isOver: true });
  expect(await each.next()).toEqual({ done: true, value: undefined });
});

test('what breaks behind the rows is told behind them, and once', async () => {
  const { read, each } = reading(true);
  const seen: number[] = [];
  const reads = async (): Promise<void> => {
    for await (const one of each) seen.push(one);
  };
  await expect(reads()).rejects.toThrow('cannot be read here');
  expect([seen.length, read.isOver]).toEqual([7, true]);
  expect(await each.next()).toEqual({ done: true, value: undefined });
});
