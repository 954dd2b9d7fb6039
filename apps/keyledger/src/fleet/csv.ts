/**
 * A list of machines as CSV (RFC 4180, UTF-8, one machine a line): every line is read by itself, so that a broken one is
 * named with its field and spoils no other.
 */
import { parse } from 'csv-parse/sync';
import { PLUG_NAME } from '#libs/local/plug.ts';
import { Complaint } from '../config.ts';
import type { Machine } from './machines.ts';

export interface BrokenRow {
  /** From 1; the header is line 1. */
  readonly line: number;
  /** Its column, or `row` where the line as a whole is broken. */
  readonly field: string;
  readonly why: string;
}

export interface ReadRows {
  readonly machines: readonly Machine[];
  readonly broken: readonly BrokenRow[];
}

const TEXT_MAX = 200;
/** What is no character, and what moves the cursor of whoever prints it. */
const UNFIT = /[\p{Cc}\p{Cs}\u2028\u2029]/u;
const SITE = /^[A-Za-z0-9][A-Za-z0-9.:/-]{0,63}$/;

/** Says what is wrong with a value; null where nothing is. */
type Check = (value: string) => string | null;

const code =
  (pattern: RegExp, what: string): Check =>
  (value) => {
    if (value === '') return 'is empty';
    return pattern.test(value) ? null : `"${shown(value)}" is not ${what}`;
  };

const degrees =
  (max: number): Check =>
  (value) =>
    /^-?\d{1,3}(\.\d{1,12})?$/.test(value) && Math.abs(Number(value)) <= max
      ? null
      : `"${shown(value)}" is not a number of degrees from -${max} to ${max}`;

const words: Check = (value) => {
  if (value.includes('\uFFFD')) return 'is not UTF-8';
  if (UNFIT.test(value)) return 'holds a control character';
  return [...value].length > TEXT_MAX ? `is longer than ${TEXT_MAX} characters` : null;
};

/** Every column there may be; those marked must be there. */
const COLUMNS: Readonly<Record<string, { readonly check: Check; readonly needed: boolean }>> = {
  serial: { check: code(PLUG_NAME, 'up to 32 letters, digits, points and hyphens'), needed: true },
  id: { check: code(SITE, 'up to 64 letters, digits and . : / -'), needed: true },
  region: { check: words, needed: false },
  operator: { check: words, needed: false },
  name: { check: words, needed: false },
  street: { check: words, needed: false },
  city: { check: words, needed: false },
  hours: { check: words, needed: false },
  lat: { check: degrees(90), needed: true },
  lon: { check: degrees(180), needed: true },
};

/** Throws Complaint BAD_HEADER where the columns are not these; a broken row stops nothing else. */
export function readMachines(octets: Uint8Array): ReadRows {
  const text = new TextDecoder('utf-8').decode(octets);
  const [head = '', ...rows] = text.split(/\r?\n/);
  const columns = header(head);
  const lineOf = new Map<string, number>();
  const [machines, broken]: [Machine[], BrokenRow[]] = [[], []];
  for (const [at, row] of rows.entries()) {
    if (row.trim() === '') continue;
    const line = at + 2;
    const read = readRow(row, columns);
    const before = 'serial' in read ? lineOf.get(read.serial) : undefined;
    if ('why' in read) broken.push({ line, ...read });
    else if (before !== undefined)
      broken.push({ line, field: 'serial', why: `${read.serial} stands in line ${before} already` });
    else {
      lineOf.set(read.serial, line);
      machines.push(read);
    }
  }
  return { machines, broken };
}

function header(line: string): readonly string[] {
  const columns = split(line).fields;
  const wrong = columns.find((column, at) => !Object.hasOwn(COLUMNS, column) || columns.indexOf(column) !== at);
  const missing = Object.keys(COLUMNS).find((column) => COLUMNS[column]?.needed === true && !columns.includes(column));
  if (wrong === undefined && missing === undefined) return columns;
  const what = missing === undefined ? `has a column "${shown(wrong ?? '')}"` : `lacks the column "${missing}"`;
  const all = Object.keys(COLUMNS).join(', ');
  throw new Complaint('BAD_HEADER', `The first line ${what}; the columns are ${all}, in any order.`);
}

/** `broken` is the number of the field in which the quotes went wrong. */
function split(line: string): { readonly fields: readonly string[]; readonly broken: number | null } {
  try {
    const [fields = []] = parse(line, { relax_column_count: true, skip_empty_lines: true });
    return { fields, broken: null };
  } catch (error) {
    const column = typeof error === 'object' && error !== null && 'column' in error ? error.column : null;
    return { fields: [], broken: typeof column === 'number' ? column : 0 };
  }
}

type BrokenField = Omit<BrokenRow, 'line'>;

function readRow(row: string, columns: readonly string[]): Machine | BrokenField {
  const { fields, broken } = split(row);
  const [has, wants] = [fields.length, columns.length];
  if (broken !== null) return { field: columns[broken] ?? 'row', why: 'its quotes do not close where the field ends' };
  if (has < wants) return { field: columns[has] ?? 'row', why: `is missing: the line has ${has} fields of ${wants}` };
  if (has > wants) return { field: 'row', why: `has ${has} fields of ${wants}; a comma needs quotes around its field` };
  const values = Object.fromEntries(columns.map((column, at) => [column, (fields[at] ?? '').trim()]));
  for (const column of columns) {
    const why = COLUMNS[column]?.check(values[column] ?? '') ?? null;
    if (why !== null) return { field: column, why };
  }
  return machineOf(values);
}

function machineOf(values: Readonly<Record<string, string>>): Machine {
  const { serial = '', id = '', region = '', operator = '', name = '', street = '', city = '', hours = '' } = values;
  const [lat, lon] = [Number(values['lat']), Number(values['lon'])];
  return { serial, site: id, region, operator, name, street, city, hours, lat, lon };
}

function shown(text: string): string {
  return text.replace(/[^ -~]/g, '?').slice(0, 40);
}
