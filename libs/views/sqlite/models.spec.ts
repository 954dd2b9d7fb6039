/** The tables, written by hand, are those that the models say: every model is asked for every column, and every cell comes back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import type { Position } from '#libs/kernel/event.ts';
import { VIEWS } from '../views.ts';
import type { Cell, Row, View } from '../view.ts';
import { type Reading, openReading } from './reading.ts';
import { ViewFolder } from './view-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'kl-models-'));
const place = new ViewFolder(folder);
let reading: Reading;

interface Column {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
}

/** The table of a view, as SQLite has it. */
function columnsOf(view: View): readonly Column[] {
  const database = new Database(place.file, { readonly: true });
  const columns = database.pragma(`table_info(${view.name})`) as Column[];
  database.close();
  return columns;
}

const full = (column: Column): Cell => (column.type === 'INTEGER' ? 1 : `${column.name} é`);

const rowsOf = (view: View): readonly Row[] => {
  const columns = columnsOf(view);
  const whole = Object.fromEntries(columns.map((column) => [column.name, full(column)]));
  const bare = columns.filter(({ name, notnull }) => notnull === 0 && name !== 'place');
  const other = Object.fromEntries(['id', 'position', 'place'].map((name) => [name, name === 'place' ? 2 : 'other']));
  const sparse = { ...whole, ...Object.fromEntries(bare.map(({ name }) => [name, null])), ...other };
  return [whole, sparse].map((row) => Object.fromEntries(view.columns.map((name) => [name, row[name] as Cell])));
};

beforeAll(async () => {
  const building = await place.begin();
  await building.finish();
  await building.close();
  await place.switchTo();
  const store = await place.open();
  for (const view of VIEWS)
    await store?.write('log', [{ view, rows: rowsOf(view), gone: [] }], { position: '7' as Position, events: 8 });
  await store?.close();
  reading = await openReading(place.file);
});

afterAll(async () => {
  await reading.$disconnect();
  rmSync(folder, { recursive: true });
});

/** Prisma's name of the model behind a table. */
const MODELS: Readonly<Record<string, string>> = {
  event: 'event',
  order_view: 'order',
  operator: 'operator',
  unit: 'unit',
  chip_card: 'chipCard',
  key_view: 'key',
  security_module: 'securityModule',
  certificate: 'certificate',
  station: 'station',
  trust_list: 'trustList',
  session: 'session',
  personalization: 'personalization',
  enforcement: 'enforcement',
  tally: 'tally',
};

describe('the tables of the views', () => {
  test.each(VIEWS.map((view) => [view.name, view] as const))(
    '%s: columns of view, table and model are the same',
    async (name, view) => {
      const model = Reflect.get(reading, MODELS[name] ?? '') as { findMany: () => Promise<Row[]> } | undefined;
      const rows = (await model?.findMany()) ?? [];
      expect(rows).toHaveLength(2);
      const asCells = rows.map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([column, cell]) => [column, typeof cell === 'boolean' ? Number(cell) : cell]),
        ),
      );
      expect(asCells).toEqual(expect.arrayContaining([...rowsOf(view)]));
      expect([...view.columns].sort()).toEqual(
        columnsOf(view)
          .map((column) => column.name)
          .sort(),
      );
    },
  );

  test('every model has a view', async () => {
    expect(VIEWS.map((view) => view.name).sort()).toEqual(Object.keys(MODELS).sort());
    expect(await reading.progress.findMany()).toEqual([{ id: 1, log: 'log', position: '7', events: 8, words: 0 }]);
  });
});
