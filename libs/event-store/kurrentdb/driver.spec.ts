/** A driver that cannot be loaded is one sentence. */
import { expect, test } from '@jest/globals';
import { failure } from '../contract/harness.ts';
import { withDriver } from './driver.ts';

test('a platform without the prebuilt part of the driver hears so in one sentence', async () => {
  const missing = withDriver(() => Promise.reject(new Error("Cannot find module '@kurrent/bridge-none'")));
  expect((await failure(missing, 'Unsupported')).message).toMatch(/no prebuilt part for this machine/);
  expect(await withDriver(() => Promise.resolve(1))).toBe(1);
});
