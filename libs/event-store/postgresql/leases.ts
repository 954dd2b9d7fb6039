/** The leases of a PostgreSQL log: a row each, taken and kept by the clock of the server, with the epoch that appends are fenced by. */
import type { Position } from '#libs/kernel/event.ts';
import type { Fence } from '../event-store.ts';
import type { Held, Leases, Sight } from '../leases.ts';
import { positionOf } from '../position.ts';
import type { PostgresAddress } from './address.ts';
import { asEventStoreError } from './failure.ts';
import { Link } from './link.ts';

const CALL_MS = 2000;
const UNTIL = "clock_timestamp() + $3::double precision * interval '1 millisecond'";

/** Nobody holds it, or whoever did is late. */
const IS_FREE = "(l.holder = '' OR l.until < clock_timestamp())";

const LOOK =
  "SELECT t.position AS head, l.epoch, l.holder = '' AS free, l.until < clock_timestamp() AS late" +
  ' FROM keyledger.log_tip AS t LEFT JOIN keyledger.leases AS l ON l.name = $1';

/** The statements over a table of leases, by their names. */
function statementsOver(table: string): Readonly<Record<string, string>> {
  return {
    take:
      `INSERT INTO ${table} AS l (name, epoch, holder, until) VALUES ($1, 1, $2, ${UNTIL})` +
      ` ON CONFLICT (name) DO UPDATE SET epoch = l.epoch + 1, holder = excluded.holder, until = excluded.until WHERE ${IS_FREE}` +
      ' RETURNING epoch, position',
    keep: `UPDATE ${table} SET until = ${UNTIL} WHERE name = $1 AND epoch = $2 AND holder <> '' RETURNING 1 AS mine`,
    save: `UPDATE ${table} SET position = $3 WHERE name = $1 AND epoch = $2 RETURNING 1 AS mine`,
    saved: `SELECT position FROM ${table} WHERE name = $1`,
    release: `UPDATE ${table} SET holder = '' WHERE name = $1 AND epoch = $2`,
    made: `INSERT INTO ${table} VALUES ($1, 0, '', clock_timestamp(), NULL) ON CONFLICT (name) DO NOTHING`,
    'put-out': `UPDATE ${table} AS l SET epoch = l.epoch + 1, holder = '' WHERE name = $1 AND epoch = $2 AND ${IS_FREE}`,
    look: LOOK,
  };
}

interface Looked {
  readonly head: string;
  readonly epoch: string | null;
  readonly free: boolean | null;
  readonly late: boolean | null;
}

export interface LeaseTable {
  readonly address: PostgresAddress;
  /** Another than that of the log; it is not looked at together with one. */
  readonly table?: string;
}

/** `holder` names this process to whoever reads the table. */
export function postgresLeases({ address, table = 'keyledger.leases' }: LeaseTable, holder: string): Leases {
  return new PostgresLeases(address, holder, statementsOver(table));
}

class PostgresLeases implements Leases {
  readonly #address: PostgresAddress;
  readonly #holder: string;
  readonly #statements: Readonly<Record<string, string>>;
  readonly #link: Link;
  /** Asked before every operation: not to wait behind a lease that is kept. */
  readonly #looks: Link;

  constructor(address: PostgresAddress, holder: string, statements: Readonly<Record<string, string>>) {
    this.#statements = statements;
    this.#address = address;
    this.#holder = holder;
    this.#link = new Link(address, { purpose: 'leases' });
    this.#looks = new Link(address, { purpose: 'looks' });
  }

  async take(lease: string, forMs: number): Promise<Held | null> {
    const rows = await this.#ask<{ epoch: string; position: Position | null }>('take', [lease, this.#holder, forMs]);
    const [row] = rows;
    return row === undefined ? null : { fence: { lease, epoch: Number(row.epoch) }, position: row.position };
  }

  async keep({ lease, epoch }: Fence, forMs: number): Promise<boolean> {
    return (await this.#ask('keep', [lease, epoch, forMs])).length > 0;
  }

  async save({ lease, epoch }: Fence, position: Position): Promise<boolean> {
    return (await this.#ask('save', [lease, epoch, position])).length > 0;
  }

  async saved(lease: string): Promise<Position | null> {
    const [row] = await this.#ask<{ position: Position | null }>('saved', [lease]);
    return row?.position ?? null;
  }

  async release({ lease, epoch }: Fence): Promise<void> {
    await this.#ask('release', [lease, epoch]);
  }

  async look(lease: string): Promise<Sight> {
    for (;;) {
      const [row] = await this.#ask<Looked>('look', [lease], this.#looks);
      const position = Number(row?.head ?? -1);
      const head = position < 0 ? null : positionOf(position);
      if (row?.epoch == null) await this.#ask('made', [lease]);
      else if (row.free === true) return { head, free: Number(row.epoch) };
      else if (row.late === true) await this.#ask('put-out', [lease, row.epoch]);
      else return { head, free: null };
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#link.close(CALL_MS), this.#looks.close(CALL_MS)]);
  }

  async #ask<Row extends object>(name: string, values: readonly unknown[], link = this.#link): Promise<readonly Row[]> {
    const text = this.#statements[name] ?? '';
    try {
      return await link.ask<Row>({ name: `lease-${name}`, text, values }, CALL_MS);
    } catch (error) {
      throw asEventStoreError(error, this.#address);
    }
  }
}
