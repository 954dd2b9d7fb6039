/** Rows by day as values of a chart: a day without a row is none. */
import type { Line } from '../../parts/Chart.tsx';

const DAY_MS = 86_400_000;
const CODES_SHOWN = 4;
const TOKENS = ['--refused', '--owed', '--graphic-1', '--graphic-2', '--ink'];

export function daysBetween(from: string, to: string): readonly string[] {
  const count = Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
  return Array.from({ length: count }, (_, at) => new Date(Date.parse(from) + at * DAY_MS).toISOString().slice(0, 10));
}

interface OfDay {
  readonly day: string;
}

export function valuesOf<Row extends OfDay>(
  days: readonly string[],
  rows: readonly Row[],
  ...[value, none = 0]: [value: (row: Row) => number, none?: number | null]
): readonly (number | null)[] {
  const byDay = new Map(rows.map((row) => [row.day, value(row)]));
  return days.map((day) => byDay.get(day) ?? none);
}

interface Refused extends OfDay {
  readonly code: string;
  readonly count: number;
}

/** One line for each of the commonest codes, and one for all others. */
export function refusalLines(days: readonly string[], refusals: readonly Refused[]): readonly Line[] {
  const sums = new Map<string, number>();
  for (const { code, count } of refusals) sums.set(code, (sums.get(code) ?? 0) + count);
  const codes = [...sums].toSorted((a, b) => b[1] - a[1]).map(([code]) => code);
  const shown = codes.slice(0, CODES_SHOWN);
  const groups = [...shown.map((code) => [code]), codes.slice(CODES_SHOWN)].filter((group) => group.length > 0);
  return groups.map((group, at) => ({
    label: group.length === 1 ? (group[0] ?? '') : `${group.length} others`,
    token: TOKENS[at] ?? '--ink',
    draw: 'line',
    values: days.map((day) =>
      refusals.filter((one) => one.day === day && group.includes(one.code)).reduce((sum, one) => sum + one.count, 0),
    ),
  }));
}
