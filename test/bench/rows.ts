/** How the benches measure and print: two things side by side in one run, and their ratio. */

/** One line of a table: how often each did it in a unit of time, and the ratio that is meant to be reached. */
export interface Row {
  readonly work: string;
  readonly ours: number;
  readonly peer: number;
  readonly peerName: string;
  /** Least ratio; null where nothing was promised. */
  readonly limit: number | null;
  readonly unit: string;
}

/** How many a second. */
export async function measured(count: number, run: () => unknown): Promise<number> {
  const from = performance.now();
  await run();
  return (count / (performance.now() - from)) * 1000;
}

export function median(all: readonly number[]): number {
  return all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;
}

/** As a table, or one JSON object a line. */
export function show(rows: readonly Row[], json: boolean): void {
  for (const row of rows) {
    const ratio = row.ours / row.peer;
    if (json) console.log(JSON.stringify({ ...row, ratio }));
    else {
      const promised = row.limit === null ? 'for comparison' : `>= ${row.limit}`;
      const [ours, peer] = [row.ours, row.peer].map((value) => value.toFixed(value < 100 ? 2 : 0));
      console.log(
        `  ${row.work.padEnd(28)} ${ratio.toFixed(2).padStart(7)}   ${promised.padEnd(14)} ${ours} ${row.unit} beside ${row.peerName} ${peer}`,
      );
    }
  }
}
