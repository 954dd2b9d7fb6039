/** A row of the log as a verifier meets it: what stands there and the entry hashed when it was written, or why it cannot be read. */
import type { StoredEvent } from '#libs/kernel/event.ts';

export type LogRow =
  | { readonly is: 'event'; readonly event: StoredEvent; readonly entry: Uint8Array }
  | { readonly is: 'damaged'; readonly position: string; readonly why: string };
