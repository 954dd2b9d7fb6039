/** One connection to the server, made when it is needed, with a timer of ours on each question; a silent one is cut. */
import { Socket } from 'node:net';
import { Client, type QueryResult } from 'pg';
import { monotonicMs } from '#libs/kernel/clock.ts';
import type { PostgresAddress } from './address.ts';
import { WireLost, endsTheWire, sqlState } from './failure.ts';

export interface Question {
  readonly text: string;
  readonly values?: readonly unknown[];
  /** Prepared once per connection under this name. */
  readonly name?: string;
}

export interface LinkOptions {
  /** How the server's list of connections names it. */
  readonly purpose: string;
  /** Sent first on every new connection. */
  readonly first?: readonly string[];
  readonly told?: () => void;
  readonly lost?: () => void;
}

interface Open {
  readonly client: Client;
  readonly socket: Socket;
}

export class Link {
  readonly #address: PostgresAddress;
  readonly #options: LinkOptions;
  #open: Promise<Open> | null = null;
  #socket: Socket | null = null;
  #asked = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(address: PostgresAddress, options: LinkOptions) {
    this.#address = address;
    this.#options = options;
  }

  /** Questions on their way. */
  get busy(): number {
    return this.#asked;
  }

  /** Whether a connection stands, as far as is known. */
  get stands(): boolean {
    return this.#open !== null;
  }

  /** One question after the other. Throws WireLost, or the server's own error. After WireLost the next question makes a new connection. */
  async ask<Row extends object>(question: Question, timeoutMs: number): Promise<readonly Row[]> {
    const until = monotonicMs() + timeoutMs;
    this.#asked += 1;
    const { promise: done, resolve } = Promise.withResolvers<undefined>();
    const turn = this.#turn;
    this.#turn = turn.then(() => done);
    try {
      await inTime(turn, { timeoutMs, asked: false });
      return await this.#askNow<Row>(question, until - monotonicMs());
    } finally {
      resolve(undefined);
      this.#asked -= 1;
    }
  }

  async #askNow<Row extends object>({ text, values = [], name }: Question, timeoutMs: number): Promise<readonly Row[]> {
    const until = monotonicMs() + timeoutMs;
    let asked = false;
    try {
      const { client } = await inTime(this.#connection(), { timeoutMs, asked });
      asked = true;
      const asking = client.query({ text, values: [...values], ...(name === undefined ? {} : { name }) });
      const { rows } = await inTime(asking as Promise<QueryResult<Row>>, { timeoutMs: until - monotonicMs(), asked });
      return rows;
    } catch (error) {
      const answered = sqlState(error) !== undefined;
      if (!answered || !asked || endsTheWire(error)) this.cut();
      if (answered || error instanceof WireLost) throw error;
      throw new WireLost(asked ? 'broke off while it answered' : `cannot be reached${because(error)}`, asked, error);
    }
  }

  /** Ends it at once; what is on its way fails. */
  cut(): void {
    this.#open = null;
    this.#socket?.destroy();
    this.#socket = null;
  }

  async close(timeoutMs: number): Promise<void> {
    this.#closed = true;
    const ending = this.#open?.then(({ client }) => client.end());
    if (ending !== undefined) await inTime(ending, { timeoutMs, asked: false }).catch(() => undefined); // then it is cut
    this.cut();
  }

  #connection(): Promise<Open> {
    if (this.#closed) return Promise.reject(new WireLost('is closed', false));
    this.#open ??= this.#connect();
    return this.#open;
  }

  async #connect(): Promise<Open> {
    const socket = new Socket();
    this.#socket = socket;
    const { purpose, first = [], told } = this.#options;
    const client = new Client({
      connectionString: this.#address,
      application_name: `keyledger ${purpose}`,
      keepAlive: true,
      stream: () => socket,
    });
    const gone = (): void => {
      if (this.#socket !== socket) return;
      this.cut();
      this.#options.lost?.();
    };
    client.on('error', gone);
    client.on('end', gone);
    if (told !== undefined) client.on('notification', told);
    await client.connect();
    for (const statement of first) await client.query(statement);
    return { client, socket };
  }
}

/** Our timer, not the driver's: what does not end in time is given up, and its outcome is not known. */
async function inTime<T>(work: Promise<T>, { timeoutMs, asked }: { timeoutMs: number; asked: boolean }): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new WireLost(`gave no answer within ${Math.ceil(timeoutMs)} ms`, asked)),
    Math.max(1, timeoutMs),
  );
  work.catch(() => undefined); // given up, it still fails when the wire is cut
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function because(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? ` (${code})` : '';
}
