/** Fifty deaths at random moments while fleets are personalized, five in each of ten runs. */
import { describe, expect, test } from '@jest/globals';
import { randomOf } from '#test/kit/random.ts';
import { type FleetCrash, VICTIMS, crashWhilePersonalizing } from './fleet-crash.ts';

const [RUNS, KILLS] = [10, 5];

const crashes: readonly FleetCrash[] = Array.from({ length: RUNS }, (_, run) => {
  const random = randomOf(1000 + run);
  const victims = Array.from({ length: KILLS }, () => VICTIMS[Math.floor(random() * VICTIMS.length)] ?? 'unit');
  return { victims, modules: 40, seed: run };
});

describe('kill -9 at random moments while a fleet is personalized', () => {
  let inTime = 0;

  test.each(crashes)(
    'of $victims: every module operates, nothing is lost, nothing twice',
    async (crash) => {
      inTime += await crashWhilePersonalizing(crash);
    },
    180_000,
  );

  test('nearly all of the kills came while modules were on their way', () => {
    process.stdout.write(`kill -9: ${inTime} of ${RUNS * KILLS} in the middle of a fleet\n`);
    expect(inTime).toBeGreaterThan(RUNS * KILLS * 0.9);
  });
});
