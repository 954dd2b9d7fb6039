/** Random histories of cards with injected faults, by fixed seeds; `card-histories.long.ts` tells ten thousand of them. */
import { expect, test } from '@jest/globals';
import { told } from './card-histories.ts';

test('S29a two hundred histories with faults: reconciliation misses none and raises none falsely', async () => {
  const { wrong, kinds, faultless } = await told({ from: 1, count: 200 });
  expect(wrong).toEqual([]);
  expect(faultless).toBeGreaterThan(20);
  for (const kind of [
    'rogue-signature',
    'missing-upload',
    'cloned-card',
    'skipped-counter',
    'lost-tail',
    'used-while-disabled',
  ])
    expect(kinds).toContain(kind);
});
