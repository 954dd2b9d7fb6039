/** What a verifier of the log is given row by row, and what it answers. */
import type { StoredEvent } from '#libs/kernel/event.ts';

/** A row with the entry that was hashed when it was written, or why it cannot be read. */
export type VerifiedRow =
  | { readonly is: 'event'; readonly event: StoredEvent; readonly entry: Uint8Array }
  | { readonly is: 'damaged'; readonly position: string; readonly why: string };

/** What did not hold: `row` unreadable or missing, `order`, `revision`, `recorded`, `id`, `entry`, `root`, `checkpoint`, `tail`, `fork`. */
export type Finding =
  'row' | 'order' | 'revision' | 'recorded' | 'id' | 'entry' | 'root' | 'checkpoint' | 'tail' | 'fork';

export type Verification =
  | {
      readonly held: true;
      readonly events: number;
      /** Of the last checkpoint; later events are not under a signature yet. */
      readonly size: number;
      /** Of all events, 32 octets. */
      readonly root: Uint8Array;
    }
  | {
      readonly held: false;
      /** Of the first event that is bad; where only a root tells, of the first event that may be. */
      readonly position: string;
      readonly what: Finding;
      /** One sentence. */
      readonly why: string;
    };

export type Fault = Extract<Verification, { held: false }>;
