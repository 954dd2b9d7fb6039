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

  /** Throws WireLost, or the server's own error. After WireLost the next question makes a new connection. */
  async ask<Row extends object>(question: Question, timeoutMs: number): Promise<readonly Row[]> {
    const until = monotonicMs() + timeoutMs;
    this.#asked += 1;
    try {
      const { client } = await this.#limited(this.#connection(), { timeoutMs, asked: false });
      const { text, name, values = [] } = question;
      const asking = client.query({ text, values: [...values], ...(name === undefined ? {} : { name }) });
      const { rows } = await this.#limited(asking as Promise<QueryResult<Row>>, {
        timeoutMs: Math.max(1, until - monotonicMs()),
        asked: true,
      });
      return rows;
    } finally {
      this.#asked -= 1;
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
    const open = await this.#open?.catch(() => null);
    if (open != null) {
      const timer = setTimeout(() => this.cut(), timeoutMs);
      await open.client.end().catch(() => undefined);
      clearTimeout(timer);
    }
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

  /** Our timer, not the driver's: what does not end in time is cut, and then its outcome is not known. */
  async #limited<T>(work: Promise<T>, { timeoutMs, asked }: { timeoutMs: number; asked: boolean }): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new WireLost(`gave no answer within ${Math.ceil(timeoutMs)} ms`, asked)),
        timeoutMs,
      );
    });
    try {
      return await Promise.race([work, late]);
    } catch (error) {
      work.catch(() => undefined); // it fails when the wire is cut
      if (sqlState(error) !== undefined && !endsTheWire(error) && asked) throw error;
      this.cut();
      if (error instanceof WireLost || sqlState(error) !== undefined) throw error;
      throw new WireLost(asked ? 'broke off while it answered' : `cannot be reached${because(error)}`, asked, error);
    } finally {
      clearTimeout(timer);
    }
  }
}

function because(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? ` (${code})` : '';
}
