/** Every check of the card's laws against its attacker: he is stopped by just that check, and gets through where it is missing. */
import { describe, expect, test } from '@jest/globals';
import { birthLaw } from '#libs/chip-card-protocol/birth.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { cardLaws } from '#module-emulator/chip-card/law.ts';
import { cardAttacks, cardScene } from './card-attacks.ts';
import { CardBench } from './card-bench.ts';
import { visit } from './card-visit.ts';

const laws = {
  access: cardLaws.access,
  order: cardLaws.fourEyes.order,
  approval: cardLaws.fourEyes.approval,
  quorum: cardLaws.fourEyes.quorum,
  present: cardLaws.present,
  lease: cardLaws.lease,
  use: cardLaws.use,
  identity: cardLaws.identity,
  sign: cardLaws.sign,
  adopt: cardLaws.adopt,
  archive: cardLaws.archive,
  birth: birthLaw,
};
const checks = Object.entries(laws).flatMap(([law, table]) => table.map(({ code }) => `${law} ${code}`));
const shown = new Set(cardAttacks.flatMap(({ law, check }) => check.split(' + ').map((code) => `${law} ${code}`)));

test('an honest visit gets its certificate, and an honest card is activated', async () => {
  const { world, active, issued } = await cardScene();
  expect(isRefusal(await visit(world, new CardBench(active)))).toBe(false);
  expect(await world.activate(new CardBench(issued))).toBeNull();
});

test('no check of the card, nor of its birth, is without an attacker, and no attacker without a check', () => {
  expect(checks.filter((check) => !shown.has(check))).toEqual([]);
  expect([...shown].filter((check) => !checks.includes(check))).toEqual([]);
  expect(new Set(checks).size).toBe(checks.length);
  expect(new Set(cardAttacks.map((one) => one.attacker)).size).toBeGreaterThan(30);
});

describe.each(cardAttacks.map((one) => [one.check, one.attacker, one] as const))('%s: %s', (check, _attacker, one) => {
  const codes = check.split(' + ');

  test('is stopped by that check alone', async () => {
    expect(await one.outcome(null)).toBe(codes[0]);
    expect(await one.attempt(null)).toBe(false);
    if (codes.length === 1) return;
    for (const code of codes) expect(await one.outcome(code)).toBe(codes.find((other) => other !== code));
  });

  test('gets through where it is missing', async () => {
    expect(await one.outcome(check)).toBe('through');
  });
});
