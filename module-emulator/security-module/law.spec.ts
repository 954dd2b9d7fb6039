import { describe, expect, test } from '@jest/globals';
import { moduleAttacks, moduleChecks, moduleLawWithout } from '#test/attacks/module-attacks.ts';
import { moduleLaw } from './law.ts';

describe('the law of the security module', () => {
  test('every check stands once and has its attacker', () => {
    expect(new Set(moduleChecks).size).toBe(moduleChecks.length);
    expect([...new Set(moduleAttacks.map((attack) => attack.check))].toSorted()).toEqual(moduleChecks.toSorted());
  });

  test.each(moduleAttacks.map((attack) => ({ ...attack, title: `${attack.check} stops: ${attack.attacker}` })))(
    '$title',
    async ({ check, coveredBy = [], attempt }) => {
      expect(await attempt(moduleLaw)).toBe(false);
      expect(await attempt(moduleLawWithout([check, ...coveredBy]))).toBe(true);
    },
  );
});
