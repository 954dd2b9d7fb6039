/** The tables of the views on PostgreSQL, as they are written down by hand. */
import { readFileSync } from 'node:fs';

export const DDL = readFileSync(new URL('../../../prisma/postgresql/views.sql', import.meta.url), 'utf8');

const STATEMENTS: readonly string[] = DDL.replace(/^--.*$/gm, '')
  .split(';')
  .map((statement) => statement.trim())
  .filter((statement) => statement !== '');

/** Tables first; indexes are made when the rows stand, which is faster than keeping them while a log is told. */
export const TABLES = STATEMENTS.filter((statement) => statement.startsWith('CREATE TABLE'));
export const INDEXES = STATEMENTS.filter((statement) => statement.startsWith('CREATE INDEX'));
