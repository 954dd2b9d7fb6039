/** What attackers alter is altered: an alteration that changes nothing would get what honest people get, and alarm falsely. */
import { expect, test } from '@jest/globals';
import { altered, respelled } from '#module-emulator/adversary/alterations.ts';
import { Bank } from '#module-emulator/adversary/bank.ts';
import { Dice } from '#module-emulator/adversary/dice.ts';

test('an altered or respelled order is never the one that was signed', () => {
  const order = Buffer.from(new Bank().personalize('A'.repeat(43)));
  for (const alter of [altered, respelled])
    for (let at = 0; at < 5000; at += 1)
      if (order.equals(alter(order, new Dice(`${alter.name} ${at}`)))) throw new Error(`${alter.name} ${at}`);
  expect(altered(order, new Dice('any'))).not.toEqual(respelled(order, new Dice('any')));
});
