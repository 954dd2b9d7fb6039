/** The one suite that every adapter keeps: numbered promises of the port, and a printed reason for each that is left out. */
import { afterAll, describe, test } from '@jest/globals';
import { appendPoints } from './append-points.ts';
import { followPoints } from './follow-points.ts';
import type { Harness, Point } from './harness.ts';
import { keepPoints } from './keep-points.ts';
import { readPoints } from './read-points.ts';

/** Points of the contract that no test here shows, with the reason; an adapter adds its own. */
const NOT_SHOWN: Readonly<Record<number, string>> = {
  15: 'an answer lost after the commit needs a wire between caller and engine; it comes with the first networked engine',
  31: 'the memory of a slow consumer is not measured yet; a subscription holds one page',
  36: 'a mute server needs a server; it comes with the first networked engine',
  42: 'a removed tail is found against a signed checkpoint: shown in the tests of the seal',
};

/** Runs the suite against an adapter; each test has a new log of its own. */
export function keepsTheContract(name: string, harness: Harness): void {
  const left = { ...NOT_SHOWN, ...harness.skips };
  describe(`${name} keeps the contract of the event store`, () => {
    for (const point of [...appendPoints, ...readPoints, ...followPoints, ...keepPoints]) {
      const title = `${point.no} ${point.title}`;
      if (left[point.no] === undefined) test(title, () => held(harness, point), point.timeoutMs);
      else test.skip(`${title} (${left[point.no]})`, () => undefined);
    }
    afterAll(() => {
      const reasons = Object.entries(left).map(([no, reason]) => `  ${name} skips ${no}: ${reason}\n`);
      process.stderr.write(reasons.join(''));
    });
  });
}

async function held(harness: Harness, point: Point): Promise<void> {
  const opened = await harness.open();
  try {
    await point.holds(opened);
  } finally {
    await opened.dispose();
  }
}
