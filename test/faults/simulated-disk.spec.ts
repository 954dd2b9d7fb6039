/** Random kill points in a simulated disk: 500 here, 100,000 in the full run. */
import { rmSync } from 'node:fs';
import { afterEach, expect, test } from '@jest/globals';
import { randomOf } from '#test/kit/random.ts';
import { type Course, killAt, record, turnsOf } from './simulated-disk.ts';

const POINTS = process.env['KEYLEDGER_SCALE'] === 'full' ? 100_000 : 500;

let course: Course | null = null;

afterEach(() => {
  if (course !== null) rmSync(course.folder, { recursive: true, force: true });
});

test(`of ${POINTS} random kill points none loses an acknowledged event, doubles one, or tears a group`, async () => {
  const random = randomOf(41);
  course = record(random);
  const { checkpoints, begunAnew } = turnsOf(course);
  expect([course.entries.length > 150, checkpoints > 8, begunAnew > 8]).toEqual([true, true, true]);
  await expect(killAt(course, POINTS, random)).resolves.toBeUndefined();
}, 3_600_000);

test('the simulated disk finds what a writer loses that does not wait for it', async () => {
  const random = randomOf(42);
  course = record(random, 'NORMAL');
  await expect(killAt(course, 500, random)).rejects.toThrow(/events, of \d+ or \d+ that could be/);
}, 300_000);
