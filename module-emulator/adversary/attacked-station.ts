/** A station as its attackers meet it: lists come in, modules call, and what it believes shows in what it records. */
import type { Duplex } from 'node:stream';
import type { Bank } from './bank.ts';

export interface RecordedFact {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface AttackedStation {
  /** Takes up a list, compact JWS; codes of what it refused, the list or entries of it. */
  readonly takeList: (jws: string) => Promise<readonly string[]>;
  /** Whether certificates of this card key open sessions. */
  readonly accepts: (cardKey: string) => boolean;
  /** One connection from handshake to goodbye. */
  readonly serve: (duplex: Duplex) => Promise<void>;
  /** Everything it reported, oldest first. */
  readonly facts: readonly RecordedFact[];
}

/** Builds the real station of a bank, at a moment. The emulator itself knows no station. */
export type StationMaker = (bank: Bank, now: () => number) => AttackedStation;
