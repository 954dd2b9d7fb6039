/** Runs and prints the whole table check × attacker: every check stops its attacker, and is missed where it is missing. */
import { expect, it } from '@jest/globals';
import { type TriedRow, printed, table, tried } from './table.ts';

it('no check of card, module and station without the attacker whom it alone, or its pair, stops', async () => {
  const rows: TriedRow[] = [];
  for (const row of table) rows.push(await tried(row));
  const count = (device: string): string => `${rows.filter((row) => row.device === device).length} rows ${device}`;
  console.log(
    `${printed(rows)}\n\n${['chip card', 'security module', 'station'].map(count).join(', ')}; no row is empty.`,
  );
  const wrong = rows.filter(({ got }) => got.withCheck || !got.withoutCheck);
  expect(wrong.map(({ device, check }) => `${device} ${check}`)).toEqual([]);
});
