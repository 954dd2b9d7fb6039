/** Ten thousand random histories of cards with injected faults. */
import { expect, test } from '@jest/globals';
import { told } from './card-histories.ts';

test('S29a ten thousand histories with faults: reconciliation misses none and raises none falsely', async () => {
  const { wrong, kinds, faultless } = await told({ from: 1, count: 10_000 });
  console.log(
    `10,000 histories, ${faultless} of them without anything to find; kinds found: ${kinds.toSorted().join(', ')}`,
  );
  expect(wrong.slice(0, 3)).toEqual([]);
});
