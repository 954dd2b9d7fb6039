/** The security module: a processor that takes commands, and a key memory that nobody reads (S02a, S16a). */
import type { Duplex } from 'node:stream';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import type { ModuleState } from '#libs/personalization-protocol/messages.ts';
import { PUBLIC_ALTERED, PublicAltered } from '../public-outside.ts';
import type { Shown } from '#libs/local/display.ts';
import { moduleShows } from './display.ts';
import { intervene } from './commands/reset.ts';
import { serveLine } from './line-session.ts';
import { type ModuleOptions, type ModuleParts, partsOf } from './module-parts.ts';
import { StationSession, type Withdrawal, type WithdrawalResult } from './station-session.ts';

export class SecurityModule {
  readonly #parts: ModuleParts;

  constructor(options: ModuleOptions) {
    this.#parts = partsOf(options);
  }

  /** As printed on the housing. */
  get serial(): string {
    return this.#parts.image.read().serial;
  }

  get state(): ModuleState {
    return this.#parts.image.read().state;
  }

  /** The words of its own keys, for whoever stands before it. */
  display(): readonly Shown[] {
    return moduleShows(this.#parts.image.read());
  }

  /** A jumper inside the housing is set: whoever opened it makes a fresh personalization possible (S26d). */
  intervene(): void {
    intervene(this.#parts);
  }

  /** Serves one plugged-in line until it is gone; null when it ended in order. */
  async serveLine(duplex: Duplex): Promise<Refusal | null> {
    return intact(() => serveLine(this.#parts, duplex));
  }

  /** Opens a session with the station at the other end; the caller closes it. */
  async openStation(duplex: Duplex): Promise<StationSession | Refusal> {
    return intact(() => StationSession.open(this.#parts, duplex));
  }

  /** One withdrawal in a session of its own. */
  async withdraw(duplex: Duplex, asked: Withdrawal): Promise<WithdrawalResult | Refusal> {
    const session = await this.openStation(duplex);
    if (isRefusal(session)) return session;
    const result = await session.withdraw(asked);
    if (!isRefusal(result)) await session.close();
    return result;
  }
}

/** With its public octets altered a module does nothing. */
async function intact<T>(does: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await does();
  } catch (error) {
    if (error instanceof PublicAltered) return PUBLIC_ALTERED;
    throw error;
  }
}
