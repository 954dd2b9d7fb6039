/** What the seal needs of a log, whatever engine keeps it; the event store's port fits. */
import type { Position, StoredEvent } from '#libs/kernel/event.ts';

export type SealedDelivery =
  | { readonly kind: 'event'; readonly event: StoredEvent }
  | { readonly kind: 'checkpoint'; readonly position: Position }
  | { readonly kind: 'live'; readonly position: Position | null };

export interface SealedLog {
  identity(): Promise<string>;
  /** Every event once, in log order: what is stored, one `live`, then what comes. */
  subscribe(options: { readonly after: Position | null; readonly signal: AbortSignal }): AsyncIterable<SealedDelivery>;
}
