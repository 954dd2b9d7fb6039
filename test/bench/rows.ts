/** What a bench prints: a table of ratios for people, or with `--json` one object a line. */

import { cpus, loadavg } from 'node:os';

export interface BenchRow {
  readonly work: string;
  readonly ours: number;
  /** Null where nothing was measured beside. */
  readonly peer: number | null;
  readonly peerName: string;
  /** What the machine itself allows, where that was measured. */
  readonly limit: number | null;
  /** Ours to the peer; the median of the rounds. */
  readonly ratio: number | null;
  readonly unit: string;
}

export function printRows(rows: readonly (readonly [BenchRow, string])[], json: boolean): void {
  for (const [row, goal] of rows) {
    if (json) console.log(JSON.stringify(row));
    else console.log(`${lineOf(row)}  ${row.ratio === null ? '' : row.ratio.toFixed(2).padStart(7)}  (${goal})`);
  }
}

function lineOf({ work, ours, peer, peerName, limit, unit }: BenchRow): string {
  const number = (value: number | null): string => (value === null ? '–' : value.toFixed(value < 100 ? 1 : 0));
  const named = peerName === '' ? '' : `${peerName} ${number(peer)}`;
  return `${work.padEnd(38)} ${number(ours).padStart(8)} ${unit.padEnd(9)} ${named.padEnd(32)} limit ${number(limit).padStart(7)}`;
}

export function median(all: readonly number[]): number {
  return [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;
}

/** How many a second. */
export async function measured(count: number, run: () => unknown): Promise<number> {
  const from = performance.now();
  await run();
  return (count / (performance.now() - from)) * 1000;
}

/** A row of two things alone, beside the ratio that is meant to be reached; null where nothing was promised. */
export function beside(
  it: Pick<BenchRow, 'work' | 'ours' | 'peerName' | 'unit'> & { readonly peer: number },
  least: number | null,
): readonly [BenchRow, string] {
  return [{ ...it, limit: null, ratio: it.ours / it.peer }, least === null ? 'for comparison' : `>= ${least}`];
}

/** What else the machine did: a ratio of two things on a busy one says less, and its absolute numbers nothing. */
export function machine(): string {
  const load = loadavg().map((one) => one.toFixed(1));
  return `${cpus().length} cores, load ${load.join(' ')}`;
}

/** Processor time of this process, every thread of it, in microseconds: what something costs whoever else runs beside it. */
export function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** What one event costs beside another way; less is better. */
export function costRow(work: string, ours: readonly number[], peer: readonly number[], peerName: string) {
  const ratio = median(ours.map((one, round) => one / (peer[round] ?? NaN)));
  const row: BenchRow = { work, ours: median(ours), peer: median(peer), peerName, limit: null, ratio, unit: 'us cpu' };
  return [row, 'less is better'] as const;
}
