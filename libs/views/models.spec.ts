/** The tables, written by hand for each database, are those that the models say: every model is asked for every column, and every cell comes back. */
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Position } from '#libs/kernel/event.ts';
import { VIEW_ENGINES } from '#test/kit/view-engines.ts';
import { DDL as POSTGRESQL } from './postgresql/tables.ts';
import type { Reading } from './sqlite/reading.ts';
import { DDL as SQLITE } from './sqlite/view-tables.ts';
import { VIEWS } from './views.ts';
import type { Cell, Row, View } from './view.ts';

jest.setTimeout(60_000);

interface Column {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
}

/** The columns of a view's table, as the file of SQLite's tables has them. */
function columnsOf(view: View, ddl = SQLITE): readonly Column[] {
  const [, body = ''] = new RegExp(`CREATE TABLE ${view.name} \\(\n([^;]*)\n\\)`).exec(ddl) ?? [];
  return body.split('\n').map((line) => {
    const [, name = '', type = ''] = /^ *"?(\w+)"? (\w+)/.exec(line) ?? [];
    return { name, type, isRequired: /NOT NULL|PRIMARY KEY/.test(line) };
  });
}

const full = (column: Column): Cell => (column.type === 'INTEGER' ? 1 : `${column.name} é`);

const rowsOf = (view: View): readonly Row[] => {
  const columns = columnsOf(view);
  const whole = Object.fromEntries(columns.map((column) => [column.name, full(column)]));
  const bare = columns.filter(({ isRequired }) => !isRequired);
  const other = Object.fromEntries(['id', 'position', 'place'].map((name) => [name, name === 'place' ? 2 : 'other']));
  const sparse = { ...whole, ...Object.fromEntries(bare.map(({ name }) => [name, null])), ...other };
  return [whole, sparse].map((row) => Object.fromEntries(view.columns.map((name) => [name, row[name] as Cell])));
};

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

for (const engine of VIEW_ENGINES)
  (engine.missing === null ? describe : describe.skip)(`the tables of the views on ${engine.name}`, () => {
    let reading: Reading;

    beforeAll(async () => {
      const { place, openReading } = await engine.make();
      const building = await place.begin();
      await building.finish();
      await building.close();
      await place.switchTo();
      const store = await place.open();
      for (const view of VIEWS)
        await store?.write('log', [{ view, rows: rowsOf(view), gone: [] }], { position: '7' as Position, events: 8 });
      await store?.close();
      reading = await openReading();
    });

    afterAll(async () => {
      await reading?.$disconnect();
      await engine.end();
    });

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
        const ddl = engine.name === 'sqlite' ? SQLITE : POSTGRESQL;
        expect([...view.columns].sort()).toEqual(
          columnsOf(view, ddl)
            .map((column) => column.name)
            .sort(),
        );
      },
    );

    test('every model has a view', async () => {
      expect(VIEWS.map((view) => view.name).sort()).toEqual(Object.keys(MODELS).sort());
      expect(await reading.progress.findMany()).toEqual([{ id: 1, log: 'log', position: '7', events: 8, words: 0 }]);
    });

    test('who reads changes nothing', async () => {
      await expect(reading.progress.updateMany({ data: { events: 9 } })).rejects.toThrow(/read-?only/i);
      await expect(reading.rowsOf('UPDATE progress SET events = 9 RETURNING id', [])).rejects.toThrow(/read-?only/i);
    });
  });
