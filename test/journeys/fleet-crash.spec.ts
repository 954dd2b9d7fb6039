/** Four deaths while a fleet is personalized, one of each process; fifty stand in the long test. */
import { expect, test } from '@jest/globals';
import { VICTIMS, killTheVerbs, crashWhilePersonalizing } from './fleet-crash.ts';

test('kill -9 of platform, unit, station and devices while a fleet is personalized: every module operates, nothing twice', async () => {
  expect(await crashWhilePersonalizing({ victims: VICTIMS, modules: 17, seed: 1 })).toBeGreaterThan(1);
}, 180_000);

test('kill -9 of the verbs themselves: run again, they ask nothing twice', () => killTheVerbs(17), 60_000);
