/** The table check × attacker: card, module and station, each check with who it stops and who gets through without it. */
import { stationLaws } from '#apps/station/src/trust.ts';
import { moduleLaw } from '#module-emulator/security-module/law.ts';
import type { Attack } from './attack.ts';
import { cardAttacks } from './card-attacks.ts';
import { moduleAttacks, moduleLawWithout } from './module-attacks.ts';
import { stationAttacks, stationLawsWithout } from './station-attacks.ts';

export interface TableRow {
  readonly device: 'chip card' | 'security module' | 'station';
  /** `A + B` where one check covers the other, and only both together let the attacker through. */
  readonly check: string;
  readonly attacker: string;
  /** Whether he gets what he wants from a device with the whole law, and from one without the check. */
  readonly withCheck: () => Promise<boolean>;
  readonly withoutCheck: () => Promise<boolean>;
}

function rowsOf<Laws>(
  device: TableRow['device'],
  attacks: readonly Attack<Laws>[],
  laws: { readonly whole: Laws; readonly without: (codes: readonly string[]) => Laws },
): readonly TableRow[] {
  return attacks.map(({ check, coveredBy = [], attacker, attempt }) => {
    const codes = [check, ...coveredBy];
    return {
      device,
      check: codes.join(' + '),
      attacker,
      withCheck: () => attempt(laws.whole),
      withoutCheck: () => attempt(laws.without(codes)),
    };
  });
}

const cardRows: readonly TableRow[] = cardAttacks.map(({ check, attacker, attempt }) => ({
  device: 'chip card',
  check,
  attacker,
  withCheck: () => attempt(null),
  withoutCheck: () => attempt(check),
}));

export const table: readonly TableRow[] = [
  ...cardRows,
  ...rowsOf('security module', moduleAttacks, { whole: moduleLaw, without: moduleLawWithout }),
  ...rowsOf('station', stationAttacks, { whole: stationLaws, without: stationLawsWithout }),
];

export interface TriedRow extends TableRow {
  readonly got: { readonly withCheck: boolean; readonly withoutCheck: boolean };
}

/** Runs a row both ways. */
export async function tried(row: TableRow): Promise<TriedRow> {
  return { ...row, got: { withCheck: await row.withCheck(), withoutCheck: await row.withoutCheck() } };
}

const HEAD = ['device', 'check', 'attacker', 'with the check', 'without it'] as const;

/** One line a row, columns as wide as their longest word. */
export function printed(rows: readonly TriedRow[]): string {
  const said = (through: boolean): string => (through ? 'gets through' : 'refused');
  const lines: readonly (readonly string[])[] = [
    HEAD,
    ...rows.map(({ device, check, attacker, got }) => [
      device,
      check,
      attacker,
      said(got.withCheck),
      said(got.withoutCheck),
    ]),
  ];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  return lines
    .map((cells) =>
      cells
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
