/** What a running unit works with, and one piece of its work. */
import type { KeyObject } from 'node:crypto';
import type { CardReader } from '#libs/chip-card-protocol/reader.ts';
import type { Clock } from '#libs/kernel/clock.ts';
import type { PersonalizeOrder } from '#libs/kernel/order.ts';
import type { PlatformClient } from '#libs/platform-client/platform-client.ts';
import type { Outbox } from '#libs/platform-client/outbox.ts';
import type { UnitConfig } from './config.ts';
import type { Manufacturers } from './manufacturers.ts';
import type { Plugged } from './plugged.ts';
import type { Satchel } from './satchel.ts';
import type { Work } from './work.ts';

export interface UnitParts {
  readonly config: UnitConfig;
  readonly clock: Clock;
  readonly client: PlatformClient;
  readonly reports: Outbox;
  readonly plugged: Plugged;
  /** What it takes along; null for a unit that works with a network only. */
  readonly satchel: Satchel | null;
  readonly manufacturers: Manufacturers;
  readonly credential: KeyObject;
  /** The reader with this card in it; null when the technician does not have that card. */
  readonly readerWith: (card: string) => CardReader | null;
  /** A line for the technician. */
  readonly say: (line: string) => void;
}

/** One job: the work, its order read, and the stream that remembers it. */
export interface Job {
  readonly work: Work;
  /** The proof of inclusion, which was checked: octets. */
  readonly inclusion: Uint8Array;
  readonly order: PersonalizeOrder;
  readonly stream: string;
  /** Nobody answers: what happens is told later. */
  readonly isOffline: boolean;
  /** The record knows that this unit has it. */
  readonly isTaken: boolean;
}
