/** For every check of the station: the attacker whom it stops, and that he gets through a station without it. */
import { describe, expect, it } from '@jest/globals';
import { stationLaws } from '#apps/station/src/trust.ts';
import { refusedBy, stationChecks, stationLawsWithout, stationRows } from './station-attacks.ts';

describe('a station under attack (S27c, S29c)', () => {
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
