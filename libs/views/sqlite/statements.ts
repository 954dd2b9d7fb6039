/** Statements of one connection that stay prepared: one for each combination of filters. */
import type Database from 'better-sqlite3';
import type { Prepare } from './walk.ts';

/** Those asked for longest ago are forgotten. */
const STATEMENTS_MAX = 200;

export function preparedOn(connection: Database.Database): Prepare {
  const statements = new Map<string, Database.Statement>();
  return (sql) => {
    const statement = statements.get(sql) ?? connection.prepare(sql);
    statements.delete(sql);
    statements.set(sql, statement);
    for (const oldest of statements.keys()) if (statements.size > STATEMENTS_MAX) statements.delete(oldest);
    return statement;
  };
}
