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

const TAKE =
  `INSERT INTO keyledger.leases AS l (name, epoch, holder, until) VALUES ($1, 1, $2, ${UNTIL})` +
  ` ON CONFLICT (name) DO UPDATE SET epoch = l.epoch + 1, holder = excluded.holder, until = excluded.until WHERE ${IS_FREE}` +
  ' RETURNING epoch, position';
const KEEP = `UPDATE keyledger.leases SET until = ${UNTIL} WHERE name = $1 AND epoch = $2 AND holder <> '' RETURNING 1 AS mine`;
const SAVE = 'UPDATE keyledger.leases SET position = $3 WHERE name = $1 AND epoch = $2 RETURNING 1 AS mine';
const RELEASE = "UPDATE keyledger.leases SET holder = '' WHERE name = $1 AND epoch = $2";
const MADE = "INSERT INTO keyledger.leases VALUES ($1, 0, '', clock_timestamp(), NULL) ON CONFLICT (name) DO NOTHING";
const PUT_OUT = `UPDATE keyledger.leases AS l SET epoch = l.epoch + 1, holder = '' WHERE name = $1 AND epoch = $2 AND ${IS_FREE}`;
const LOOK =
  "SELECT t.position AS head, l.epoch, l.holder = '' AS free, l.until < clock_timestamp() AS late" +
  ' FROM keyledger.log_tip AS t LEFT JOIN keyledger.leases AS l ON l.name = $1';

interface Looked {
  readonly head: string;
  readonly epoch: string | null;
  readonly free: boolean | null;
  readonly late: boolean | null;
}

/** `holder` names this process to whoever reads the table. */
export function postgresLeases(address: PostgresAddress, holder: string): Leases {
  return new PostgresLeases(address, holder);
}

class PostgresLeases implements Leases {
  readonly #address: PostgresAddress;
  readonly #holder: string;
  readonly #link: Link;
  /** Asked before every operation: not to wait behind a lease that is kept. */
  readonly #looks: Link;

  constructor(address: PostgresAddress, holder: string) {
    this.#address = address;
    this.#holder = holder;
    this.#link = new Link(address, { purpose: 'leases' });
    this.#looks = new Link(address, { purpose: 'looks' });
  }

  async take(lease: string, forMs: number): Promise<Held | null> {
    const rows = await this.#ask<{ epoch: string; position: Position | null }>('take', TAKE, [
      lease,
      this.#holder,
      forMs,
    ]);
    const [row] = rows;
    return row === undefined ? null : { fence: { lease, epoch: Number(row.epoch) }, position: row.position };
  }

  async keep({ lease, epoch }: Fence, forMs: number): Promise<boolean> {
    return (await this.#ask('keep', KEEP, [lease, epoch, forMs])).length > 0;
  }

  async save({ lease, epoch }: Fence, position: Position): Promise<boolean> {
    return (await this.#ask('save', SAVE, [lease, epoch, position])).length > 0;
  }

  async saved(lease: string): Promise<Position | null> {
    const text = 'SELECT position FROM keyledger.leases WHERE name = $1';
    const [row] = await this.#ask<{ position: Position | null }>('saved', text, [lease]);
    return row?.position ?? null;
  }

  async release({ lease, epoch }: Fence): Promise<void> {
    await this.#ask('release', RELEASE, [lease, epoch]);
  }

  async look(lease: string): Promise<Sight> {
    for (;;) {
      const [row] = await this.#ask<Looked>('look', LOOK, [lease], this.#looks);
      const position = Number(row?.head ?? -1);
      const head = position < 0 ? null : positionOf(position);
      if (row?.epoch == null) await this.#ask('made', MADE, [lease]);
      else if (row.free === true) return { head, free: Number(row.epoch) };
      else if (row.late === true) await this.#ask('put-out', PUT_OUT, [lease, row.epoch]);
      else return { head, free: null };
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#link.close(CALL_MS), this.#looks.close(CALL_MS)]);
  }

  async #ask<Row extends object>(
    name: string,
    text: string,
    values: readonly unknown[],
    link = this.#link,
  ): Promise<readonly Row[]> {
    try {
      return await link.ask<Row>({ name: `lease-${name}`, text, values }, CALL_MS);
    } catch (error) {
      throw asEventStoreError(error, this.#address);
    }
  }
}
