/** Two deaths in the middle of the story; those of every process at every step stand in the long tests. */
import { describe, expect, test } from '@jest/globals';
import { crashAndTellOn } from './crash.ts';

describe('kill -9 in the middle of a personalization, then start again', () => {
  test.each([
    { victim: 'unit', step: 19, laterMs: 5 },
    { victim: 'platform', step: 19, laterMs: 0 },
  ] as const)(
    '$victim at step $step: the step is taken up, one certificate, no order twice',
    async (crash) => {
      expect(await crashAndTellOn(crash)).toBe(true);
    },
    60_000,
  );
});
