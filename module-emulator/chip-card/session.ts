/** What a chip card holds while it has power: nothing of it survives. */
import type { OrderCase, Signer } from '#libs/approval/approval.ts';
import type { Lease } from '#libs/chip-card-protocol/statements.ts';
import type { PinOwner } from '#libs/chip-card-protocol/commands.ts';

export interface Presented {
  readonly bytes: Uint8Array;
  readonly it: OrderCase;
  readonly signers: readonly Signer[];
}

/** Links of a chained command, as far as they came: its header, and its data so far. */
export interface Chain {
  readonly header: string;
  readonly data: Uint8Array;
}

export class CardSession {
  chain: Chain | null = null;
  selected = false;
  readonly verified = new Set<PinOwner>();
  presented: Presented | null = null;
  /** One outstanding, bound to the presented order, void after one use. */
  challenge: Uint8Array | null = null;
  lease: Lease | null = null;
  /** Log entries that the lease is still good for. */
  entriesLeft = 0;

  /** A new order voids the challenge and lease of the one before. */
  present(presented: Presented): void {
    this.presented = presented;
    this.voidChallenge();
  }

  /** Nothing is presented any more. */
  forget(): void {
    this.presented = null;
    this.voidChallenge();
  }

  voidChallenge(): void {
    this.challenge = null;
    this.lease = null;
    this.entriesLeft = 0;
  }
}
