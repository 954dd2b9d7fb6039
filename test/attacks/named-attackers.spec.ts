/** The named attackers against whole laws: none of them gets anything; what is meant to fall falls, and is announced. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { attackedStation } from '#apps/keyledger/src/verbs/attacked-station.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { Arena, paid } from '#module-emulator/adversary/arena.ts';
import { conceded, namedAttackers, notYetMet } from '#module-emulator/adversary/named-attackers.ts';
import { falls, rehearse } from '#module-emulator/adversary/rehearsal.ts';

let arena: Arena;

beforeAll(async () => {
  arena = await Arena.opened(attackedStation);
});

describe('the named attackers', () => {
  it('stand in an arena where honest people get what they ask for', async () => {
    const { caller } = await arena.operating();
    const { station } = await arena.station();
    expect(isRefusal(await paid(station, caller))).toBe(false);
    expect(station.facts.map(({ type }) => type)).toEqual([
      'SessionEstablished',
      'TransactionAuthorized',
      'SessionClosed',
    ]);
    expect(station.accepts(arena.cards.card.cardKey)).toBe(true);
  });

  it.each(namedAttackers)('$name gets nothing, whichever way he tries', async (attacker) => {
    const { attempts, gained, refusedBy } = await rehearse(arena, attacker, { count: 1 });
    expect(attempts).toBe(attacker.ways.length);
    expect(gained).toEqual([]);
    expect(refusedBy.map(({ code }) => code)).not.toContain('LINE_GARBAGE');
  });

  it.each(conceded)('$name: falls, as announced', async (one) => {
    expect(await falls(arena, one)).toBe(true);
  });

  it('counts it where somebody gets through', async () => {
    const [fallen] = conceded;
    const insider = { name: 'insider', ways: [fallen!.way], remains: null };
    expect((await rehearse(arena, insider, { count: 3 })).gained).toHaveLength(3);
  });

  it('says whom it does not meet yet, and why', () => {
    expect(notYetMet.every(({ name, why }) => name.length > 0 && why.length > 0)).toBe(true);
  });
});
