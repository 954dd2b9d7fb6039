/** kill -9 of each process at each of some steps of the story, each at a different moment within the step. */
import { describe, expect, test } from '@jest/globals';
import { type Crash, VICTIMS, crashAndTellOn } from './crash.ts';

export function survivesEveryCrash(steps: { readonly from: number; readonly to: number }): void {
  const crashes: readonly Crash[] = Array.from(
    { length: steps.to - steps.from + 1 },
    (_, at) => steps.from + at,
  ).flatMap((step) => VICTIMS.map((victim, which) => ({ victim, step, laterMs: ((step + which) % 4) * 15 })));

  describe('kill -9 of every process at every step, then start again', () => {
    /** At the last two steps the story may have been told before the kill; then only the record is looked at. */
    const interruptible = crashes.filter(({ step }) => step <= 30);
    let inTime = 0;

    test.each(crashes)(
      '$victim at step $step, $laterMs ms later',
      async (crash) => {
        if ((await crashAndTellOn(crash)) && crash.step <= 30) inTime += 1;
      },
      90_000,
    );

    test('nearly all of the kills came before the story had ended', () => {
      process.stdout.write(`kill -9: ${inTime} of ${interruptible.length} in the middle of the story\n`);
      expect(inTime).toBeGreaterThan(interruptible.length * 0.9);
    });
  });
}
