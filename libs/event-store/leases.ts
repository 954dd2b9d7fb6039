/** Leases: what only one of several processes may do at a time. Who holds one holds it in an epoch, and the epoch fences what he writes. */
import type { Position } from '#libs/kernel/event.ts';
import type { Fence } from './event-store.ts';

export interface Held {
  readonly fence: Fence;
  /** How far those who held it before had come; null where nobody got anywhere. */
  readonly position: Position | null;
}

export interface Sight {
  /** Of the log. */
  readonly head: Position | null;
  /** The epoch, while nobody holds the lease; null while somebody does. */
  readonly free: number | null;
}

/** Kept beside the log that they are about, by the clock of its server. Each throws Unavailable where that cannot be reached. */
export interface Leases {
  /** In a new epoch; null while another holds it. */
  take(lease: string, forMs: number): Promise<Held | null>;
  /** For so much longer from now; false where it is another's by now. */
  keep(fence: Fence, forMs: number): Promise<boolean>;
  /** How far its holder came, durably; false where it is another's by now. */
  save(fence: Fence, position: Position): Promise<boolean>;
  /** How far anybody came under it. */
  saved(lease: string): Promise<Position | null>;
  /** Gives it back before its time. */
  release(fence: Fence): Promise<void>;
  /** The end of the log and the lease, in one look. A holder whose time is over is put out: his epoch is no more. */
  look(lease: string): Promise<Sight>;
  close(): Promise<void>;
}
