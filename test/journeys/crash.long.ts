/** kill -9 of each process at each step of the story, at once and a moment later. */
import { describe, expect, test } from '@jest/globals';
import { type Crash, VICTIMS, crashAndTellOn } from './crash.ts';

const STEPS = 32;
/** Each step once for each process, and at a different moment within the step for each. */
const CRASHES: readonly Crash[] = Array.from({ length: STEPS }, (_, at) => at + 1).flatMap((step) =>
  VICTIMS.map((victim, which) => ({ victim, step, laterMs: ((step + which) % 4) * 15 })),
);

describe('kill -9 of every process at every step', () => {
  let inTime = 0;

  test.each(CRASHES)(
    '$victim at step $step, $laterMs ms later',
    async (crash) => {
      if (await crashAndTellOn(crash)) inTime += 1;
    },
    90_000,
  );

  test('nearly all of the kills came before the story had ended', () => {
    process.stdout.write(`kill -9: ${inTime} of ${CRASHES.length} in the middle of the story\n`);
    expect(inTime).toBeGreaterThan(CRASHES.length * 0.9);
  });
});
