/** A whole deployment standing: devices, platform, headquarters, station, unit. Raises it, keeps it up, takes it down. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHeadquarters } from '#apps/headquarters/src/lease-desk.ts';
import { type Clock, systemClock } from '#libs/kernel/clock.ts';
import {
  type Operations,
  type Where,
  headquartersConfig,
  platformConfig,
  stationConfig,
  unitConfig,
} from './configs.ts';
import { type DeviceAddresses, deviceAddresses } from './addresses.ts';
import type { Deployment } from './found.ts';
import type { Launcher, Part, PartName } from './parts.ts';

export interface HouseOptions {
  readonly deployment: Deployment;
  readonly launch: Launcher;
  readonly host: string;
  /** Of the platform; 0 lets the system choose. */
  readonly port: number;
  readonly baud: number;
  readonly nodeEnv: string;
  readonly operations?: Operations;
  /** Whether a part that dies is started again, or the house falls. */
  readonly restart: boolean;
  readonly say: (part: PartName, line: string, level?: 'error') => void;
  /** A part that died stands again. */
  readonly restarted?: (pids: Pids) => void;
  readonly clock?: Clock;
}

/** Process ids of the parts. */
export type Pids = Readonly<Partial<Record<PartName, number>>>;

export interface House {
  readonly deployment: Deployment;
  readonly platformUrl: string;
  readonly stationAddress: string;
  readonly devices: DeviceAddresses;
  /** Folder of the local sockets. */
  readonly sockets: string;
  readonly pids: () => Pids;
  /** Rejects when the house falls: a part that died without restart, or five times in a row. Never resolves. */
  readonly fallen: Promise<never>;
  readonly close: () => Promise<void>;
}

const RESTARTS_MAX = 5;
const BACK_OFF_MS = 200;
/** A part that lived this long has recovered: its deaths before no longer count. */
const RECOVERED_MS = 60_000;

export async function raiseHouse(options: HouseOptions): Promise<House> {
  const sockets = mkdtempSync(join(tmpdir(), 'keyledger-'));
  const where: Where = { host: options.host, sockets, nodeEnv: options.nodeEnv, ...options.operations };
  const keeper = new Keeper(options);
  const { deployment, clock = systemClock } = options;
  try {
    await keeper.start('devices', () => ({
      places: deployment.places,
      sockets,
      baud: options.baud,
      nodeEnv: options.nodeEnv,
    }));
    const platform = await keeper.start('platform', (before) =>
      platformConfig(deployment, where, portOf(before) ?? options.port),
    );
    const platformUrl = platform.address;
    const headquarters = await startHeadquarters(headquartersConfig(deployment, where, { platformUrl, clock }));
    keeper.closes(headquarters.close);
    const station = await keeper.start('station', (before) =>
      stationConfig(deployment, where, { platformUrl, port: portOf(before) ?? 0 }),
    );
    await keeper.start('unit', () => unitConfig(deployment, where, platformUrl));
    const { fallen, pids } = keeper;
    const close = async (): Promise<void> => {
      await keeper.close();
      rmSync(sockets, { recursive: true, force: true });
    };
    const devices = deviceAddresses(sockets);
    return { deployment, platformUrl, stationAddress: station.address, devices, sockets, fallen, pids, close };
  } catch (error) {
    await keeper.close();
    rmSync(sockets, { recursive: true, force: true });
    throw error;
  }
}

/** A part that comes back listens where its peers know it. */
function portOf(before: Part | null): number | null {
  return before === null ? null : Number(/:(\d+)$/.exec(before.address)?.[1] ?? 0);
}

class Keeper {
  readonly #options: HouseOptions;
  readonly #parts = new Map<PartName, Part>();
  readonly #closers: (() => Promise<void>)[] = [];
  readonly #fall = Promise.withResolvers<never>();
  #closing = false;

  constructor(options: HouseOptions) {
    this.#options = options;
    this.#fall.promise.catch(() => undefined); // whoever waits for it is told as well
  }

  get fallen(): Promise<never> {
    return this.#fall.promise;
  }

  readonly pids = (): Pids => Object.fromEntries([...this.#parts].map(([name, part]) => [name, part.pid]));

  async start(name: PartName, config: (before: Part | null) => object): Promise<Part> {
    const part = await this.#launch(name, config(null));
    void this.#watch(part, config);
    return part;
  }

  async #launch(name: PartName, config: object): Promise<Part> {
    const part = await this.#options.launch({
      name,
      config,
      say: (line, level) => this.#options.say(name, line, level),
    });
    this.#parts.set(name, part);
    return part;
  }

  async #watch(first: Part, config: (before: Part | null) => object): Promise<void> {
    let [part, deaths, since] = [first, 0, performance.now()];
    for (;;) {
      const why = await part.died;
      if (this.#closing) return;
      deaths = performance.now() - since > RECOVERED_MS ? 1 : deaths + 1;
      this.#options.say(part.name, `ended by ${why}`);
      const next = await this.#again(part, config, deaths);
      if (next === null) return this.#fall.reject(new Error(`${part.name} ended (${why})`));
      [part, since] = [next, performance.now()];
    }
  }

  /** Null when it stays down. */
  async #again(part: Part, config: (before: Part | null) => object, deaths: number): Promise<Part | null> {
    if (!this.#options.restart) return null;
    for (let tries = deaths; tries <= RESTARTS_MAX && !this.#closing; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, BACK_OFF_MS * 2 ** (tries - 1)));
      try {
        const again = await this.#launch(part.name, config(part));
        this.#options.restarted?.(this.pids());
        return again;
      } catch (error) {
        this.#options.say(part.name, error instanceof Error ? error.message : String(error));
      }
    }
    return null;
  }

  closes(closer: () => Promise<void>): void {
    this.#closers.push(closer);
  }

  /** Unit and station first: what they still want to say, somebody still hears. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all([this.#parts.get('unit')?.close(), this.#parts.get('station')?.close()]);
    for (const closer of this.#closers) await closer();
    await Promise.all([this.#parts.get('platform')?.close(), this.#parts.get('devices')?.close()]);
  }
}
