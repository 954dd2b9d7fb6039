/** The table check × attacker has a row for every check that card, module and station have; `table.long.ts` runs them all. */
import { describe, expect, it } from '@jest/globals';
import { cardLaws } from '#module-emulator/chip-card/law.ts';
import { HOSTILE_DASHBOARD } from './card-plans.ts';
import { type TableRow, printed, table, tried } from './table.ts';
import { moduleChecks } from './module-attacks.ts';
import { stationChecks } from './station-attacks.ts';

const { fourEyes, ...ofTheCard } = cardLaws;
const codesOf = (laws: object): readonly string[] =>
  Object.values(laws as Readonly<Record<string, readonly { readonly code: string }[]>>).flatMap((law) =>
    law.map(({ code }) => code),
  );
const cardChecks = [...codesOf(fourEyes), ...codesOf(ofTheCard)];

describe('the table check × attacker', () => {
  it.each([
    ['chip card', cardChecks],
    ['security module', moduleChecks],
    ['station', stationChecks],
  ] as const)('leaves out no check of the %s', (device, checks) => {
    const rows = table.filter((row) => row.device === device);
    const met = new Set(rows.flatMap(({ check }) => check.split(' + ')));
    expect(checks.length).toBeGreaterThan(20);
    expect(checks.filter((check) => !met.has(check))).toEqual([]);
    expect(rows.filter(({ attacker }) => attacker === '')).toEqual([]);
  });

  it.each(['chip card', 'station'])('S31b names the hostile dashboard, and what stops it at the %s', async (device) => {
    const rows = table.filter((row) => row.device === device && row.attacker === HOSTILE_DASHBOARD);
    expect(rows.map(({ check }) => check)).toEqual(['QUORUM_CLASS_A']);
    for (const row of rows) expect((await tried(row)).got).toEqual({ withCheck: false, withoutCheck: true });
  });

  it('prints a line for each row, and says what came of it', async () => {
    const row: TableRow = {
      device: 'chip card',
      check: 'A + B',
      attacker: 'somebody',
      withCheck: () => Promise.resolve(false),
      withoutCheck: () => Promise.resolve(true),
    };
    expect(printed([await tried(row)]).split('\n')).toEqual([
      'device     check  attacker  with the check  without it',
      'chip card  A + B  somebody  refused         gets through',
    ]);
  });
});
