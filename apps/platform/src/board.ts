/**
 * The board: what the log says now, held in memory and written by one follower of the log.
 * Questions and witnesses read it; it is nobody's truth, since it is made anew from the log at every start.
 */
import type { EventStore } from '#libs/event-store/event-store.ts';
import type { Position, StoredEvent } from '#libs/kernel/event.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import type { DisableSigningKeyOrder } from '#libs/kernel/order.ts';
import { type BlastRadius, blastRadius } from '#libs/proof/blast-radius.ts';
import { CardLedger } from '#libs/proof/card-ledger.ts';
import { type CardLine, cardLines } from '#libs/proof/card-lines.ts';
import { judgeDisabling } from '#libs/proof/disabling.ts';
import type { Finding } from '#libs/proof/finding.ts';
import { type Reconstruction, reconstructFrom } from '#libs/proof/reconstruct.ts';
import { Replay } from '#libs/proof/replay.ts';
import { type Facts, type Memory, emptyMemory } from './board-facts.ts';
import { remember } from './board-memory.ts';

const NO_LOG = new CardLedger();
const DOES_NOT_HOLD = refuse(
  'RECORD_DOES_NOT_HOLD',
  'The record itself does not hold; verify it before anything else.',
);

export interface Recorded {
  readonly fingerprint: string;
  /** Leaf of the event that recorded it. */
  readonly index: number;
}

export class Board {
  readonly #store: EventStore;
  readonly #memory: Memory = emptyMemory();
  /** The record as an auditor re-judges it, event by event, while it grows. */
  readonly #replay = new Replay();
  readonly #waiting = new Set<{ readonly position: string; readonly reached: () => void }>();
  readonly #listeners = new Set<(event: StoredEvent) => void>();
  #at: Position | null = null;
  #recordedAt = '1970-01-01T00:00:00.000Z';

  constructor(store: EventStore) {
    this.#store = store;
  }

  get facts(): Facts {
    return this.#memory;
  }

  /** Position up to which it has read; empty before the first event. */
  get at(): string {
    return this.#at ?? '';
  }

  /** The same for whoever asks the views of what it has read; null before the first event. */
  get seen(): string | null {
    return this.#at ?? null;
  }

  /** When the last event that it has read was recorded, RFC 3339. */
  get recordedAt(): string {
    return this.#recordedAt;
  }

  /** Epoch of the key that a personalization is about; null before one was accepted. */
  epochOf(personalization: string): number | null {
    return this.#replay.known.moduleKeys.get(personalization)?.epoch ?? null;
  }

  /** A card's own log held against the record. */
  cardLogOf(card: string): Pick<CardLedger, 'known' | 'found' | 'healed' | 'open' | 'seen' | 'numbersAt'> {
    return this.#replay.known.cardLogs.get(card)?.ledger ?? NO_LOG;
  }

  /** The same line by line; `readTo` is the number up to which the card's log was read. */
  cardLinesOf(card: string, readTo: number | null): readonly CardLine[] {
    return cardLines(this.cardLogOf(card), this.#replay.known.cards.get(card), readTo);
  }

  /** What an auditor would say of a device's report if it were accepted now; null when it would hold. */
  contest(fact: Pick<StoredEvent, 'stream' | 'type' | 'data'>): Refusal | null {
    return this.#replay.wouldHold(fact);
  }

  /** What hangs on a signing key, as an auditor counts it; with a size, on what was not recorded before that checkpoint. */
  blastRadius(cardKey: string, from: number | null): BlastRadius {
    return blastRadius(this.#replay.known, cardKey, from);
  }

  /** Whether an auditor would let an order to disable be carried out at this time. */
  judgeDisabling(order: string, at: number): DisableSigningKeyOrder | Refusal {
    if (this.#replay.finding !== null) return DOES_NOT_HOLD;
    return judgeDisabling(this.#replay.known, order, at);
  }

  /** Certificates for this station that were recorded before the checkpoint of this size, in log order, each with its leaf. */
  outliving({ cardKey, station, size }: { cardKey: string; station: string; size: number }): readonly Recorded[] {
    const { certificates, recorded } = this.#replay.known;
    return [...recorded].flatMap(([fingerprint, index]) => {
      const it = certificates.get(fingerprint);
      return index < size && it?.cardKey === cardKey && it.station === station ? [{ fingerprint, index }] : [];
    });
  }

  /** A certificate built again from the record, as the auditor's own walk knows it. */
  reconstruct(fingerprint: string): Reconstruction | Refusal {
    return reconstructFrom(this.#replay.known, this.#replay.finding, fingerprint);
  }

  /** The first event of the record that does not hold; null while all do. */
  get finding(): Finding | null {
    return this.#replay.finding;
  }

  /** Follows the log until the signal; answers when it has caught up for the first time. */
  async follow(signal: AbortSignal, failed: (error: unknown) => void): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    void this.#consume(signal, resolve).catch(failed);
    await promise;
  }

  async #consume(signal: AbortSignal, live: () => void): Promise<void> {
    for await (const delivery of this.#store.subscribe({ after: null, signal })) {
      if (delivery.kind === 'live') live();
      if (delivery.kind === 'event') this.#take(delivery.event);
    }
  }

  #take(event: StoredEvent): void {
    this.#replay.step(event);
    remember(this.#memory, event);
    this.#at = event.position;
    this.#recordedAt = event.recordedAt;
    for (const one of this.#waiting)
      if (one.position <= event.position) {
        this.#waiting.delete(one);
        one.reached();
      }
    for (const listener of this.#listeners) listener(event);
  }

  /** Answers when the board has seen the position: read your own write. Answers false after the time-out. */
  reached(position: string | null, timeoutMs = 5000): Promise<boolean> {
    if (position === null || (this.#at !== null && position <= this.#at)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const one = { position, reached: () => settle(true) };
      const timer = setTimeout(() => settle(false), timeoutMs);
      const settle = (seen: boolean) => {
        clearTimeout(timer);
        this.#waiting.delete(one);
        resolve(seen);
      };
      this.#waiting.add(one);
    });
  }

  /** Tells of every event from now on; gives the way to stop. */
  listen(listener: (event: StoredEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
