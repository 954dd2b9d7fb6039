/** For every check of the station: the attacker whom it stops, and that he gets through a station without it. */
import { describe, expect, it } from '@jest/globals';
import { stationLaws } from '#apps/station/src/trust.ts';
import { call } from '#module-emulator/adversary/rogue-module.ts';
import { listEntry } from '#module-emulator/adversary/trust-lists.ts';
import { refusedBy, stationChecks, stationLawsWithout, stationRows } from './station-attacks.ts';
import { StationWorld } from './station-world.ts';

describe('S27c S27e a station under attack', () => {
  it('lets an honest module withdraw', async () => {
    const world = await StationWorld.made();
    expect(await call(await world.station(stationLaws), world.caller())).toBe('paid');
  });

  it('trusts a suspended key again by a new order of two persons, a compromised one never', async () => {
    const world = await StationWorld.made();
    const station = await world.station(stationLaws);
    const { cardKey } = world.card;
    const states = async (state: 'suspended' | 'compromised', version: number): Promise<boolean> => {
      await station.takeList(await world.list([{ ...world.entry, state }], { version }));
      await station.takeList(await world.list([listEntry(world.bank, world.card)], { version: version + 1 }));
      return station.accepts(cardKey);
    };
    expect(await states('suspended', 3)).toBe(true);
    expect(await states('compromised', 5)).toBe(false);
  });

  it('has an attacker for every check', () => {
    const met = new Set(stationRows.map(({ check }) => check));
    expect(stationChecks.filter((check) => !met.has(check))).toEqual([]);
    expect([...met].filter((check) => !stationChecks.includes(check))).toEqual([]);
  });

  it.each(stationRows)('$check stops: $attacker', async (row) => {
    const { check, coveredBy = [] } = row;
    expect(await refusedBy(row, stationLaws)).toBe(check);
    const alone = await refusedBy(row, stationLawsWithout([check]));
    expect([null, ...coveredBy]).toContain(alone);
    expect(alone === null).toBe(coveredBy.length === 0);
    expect(await refusedBy(row, stationLawsWithout([check, ...coveredBy]))).toBeNull();
  });
});
