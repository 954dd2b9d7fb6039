/** Four deaths in the middle of the story, one of each process; all of them stand in the long tests. */
import { describe, expect, test } from '@jest/globals';
import { crashAndTellOn } from './crash.ts';

describe('kill -9 in the middle of a personalization, then start again', () => {
  test.each([
    { victim: 'platform', step: 19, laterMs: 0 },
    { victim: 'unit', step: 19, laterMs: 5 },
    { victim: 'devices', step: 20, laterMs: 10 },
    { victim: 'station', step: 26, laterMs: 0 },
  ] as const)(
    '$victim at step $step: the step is taken up, one certificate, no order twice',
    async (crash) => {
      expect(await crashAndTellOn(crash)).toBe(true);
    },
    60_000,
  );
});
