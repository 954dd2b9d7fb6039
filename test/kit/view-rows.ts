/** The rows of a view database, table by table, for comparing one with another. */
import Database from 'better-sqlite3';
import { VIEWS } from '#libs/views/views.ts';

export type Rows = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

export function viewRows(file: string): Rows {
  const database = new Database(file, { readonly: true, fileMustExist: true });
  try {
    const names = [...VIEWS.map((view) => [view.name, view.key] as const), ['progress', 'id'] as const];
    return Object.fromEntries(
      names.map(([name, key]) => [
        name,
        (database.prepare(`SELECT * FROM ${name} ORDER BY ${key}`).all() as Record<string, unknown>[]).map(
          ({ words: _gatheredLater, ...row }) => row,
        ),
      ]),
    );
  } finally {
    database.close();
  }
}
