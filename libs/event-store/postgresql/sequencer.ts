/** Group commit over a wire: the appends that wait become one transaction, in one dense order with those of other processes. */
import { type AdmittedRequest, placeOf, wanted } from '../admission.ts';
import { AppendQueue, type Waiting } from '../append-queue.ts';
import { type Appended, type Call, EventStoreError, isEventStoreError } from '../event-store.ts';
import { positionOf } from '../position.ts';
import type { PostgresAddress } from './address.ts';
import { WireLost, asEventStoreError, contradicts, endsTheWire } from './failure.ts';
import { Draft, Heads } from './heads.ts';
import { Link } from './link.ts';
import { LOOK_UP, type LookedUp, NEXT, TAKE_TIP, type Tip, WRITE, type Written, writtenOf } from './statements.ts';

const [GROUP_MAX, EVENTS_MAX] = [512, 2000];

/** A waiting append with what is to be written of it, and what its caller is told once that is durable. */
interface Placed {
  readonly waiting: Waiting;
  readonly written: readonly Written[];
  readonly answer: () => void;
}

export interface SequencerParts {
  readonly address: PostgresAddress;
  readonly callMs: number;
  readonly committed: () => void;
}

export class Sequencer {
  readonly #parts: SequencerParts;
  readonly #link: Link;
  readonly #queue = new AppendQueue();
  readonly #heads = new Heads();
  /** As this process left it; null when it must be asked for. */
  #tip: Tip | null = null;
  /** Up to here events were acknowledged: a log that ends before it is not the one they were stored in. */
  #seen = -1;
  #pumping: Promise<void> | null = null;

  constructor(parts: SequencerParts) {
    this.#parts = parts;
    this.#link = new Link(parts.address, { purpose: 'writes', first: ['SET synchronous_commit = on'] });
  }

  add(requests: readonly AdmittedRequest[], call: Call): Promise<readonly Appended[]> {
    const answer = this.#queue.add(requests, { ...call, timeoutMs: call.timeoutMs ?? this.#parts.callMs });
    this.#pumping ??= this.#pump();
    return answer;
  }

  /** Answers when all that waited is answered. */
  async drained(): Promise<void> {
    await this.#pumping;
  }

  async close(timeoutMs: number): Promise<void> {
    await this.drained();
    await this.#link.close(timeoutMs);
  }

  async #pump(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve)); // the first one waits for its neighbours of the same turn
    while (this.#queue.waits) {
      const group = this.#queue.take(GROUP_MAX, EVENTS_MAX);
      if (group.length > 0) await this.#store(group);
    }
    this.#pumping = null;
  }

  async #store(group: readonly Waiting[]): Promise<void> {
    let committing = false;
    try {
      const fast = this.#tip === null ? null : this.#placeOnTrust(group, this.#tip);
      if (fast !== null && this.#tip !== null) {
        committing = true;
        if (await this.#written(fast, this.#tip)) return this.#done(fast, this.#tip.position);
        committing = false;
      }
      await this.#storeUnderLock(group, () => (committing = true));
    } catch (error) {
      this.#forget();
      const reason = this.#reasonOf(error, committing);
      for (const waiting of group) waiting.reject(reason);
    }
  }

  /**
   * Places the group by what is remembered, without asking. What was taken for granted is held against the tip and
   * against the tables when it is written. Null where something does not fit: then the tables are asked.
   */
  #placeOnTrust(group: readonly Waiting[], tip: Tip): readonly Placed[] | null {
    const draft = new Draft();
    const placed: Placed[] = [];
    let next = tip.position + 1;
    for (const waiting of group) {
      for (const { stream, expected } of waiting.requests)
        if (!draft.heads.has(stream)) {
          const head = this.#heads.get(stream) ?? (expected === 'no_stream' ? null : undefined);
          if (head === undefined) return null;
          draft.heads.set(stream, head);
        }
      try {
        const one = this.#place(waiting, draft, next);
        placed.push(one);
        next += one.written.length;
      } catch {
        return null;
      }
    }
    return placed;
  }

  /** Throws WrongExpectedRevision or DuplicateEventId, and leaves the draft as it was. */
  #place(waiting: Waiting, draft: Draft, next: number): Placed {
    const undo = draft.undo(waiting.requests);
    const written: Written[] = [];
    try {
      const appended = waiting.requests.map((request) => {
        const { stream, events } = request;
        const head = draft.heads.get(stream) ?? null;
        const standing = (id: string) => draft.placeOf(stream, id);
        const { first, replayed } = placeOf(wanted(request), {
          head,
          revisionOf: (id) => standing(id)?.revision ?? null,
        });
        const last = first + BigInt(events.length) - 1n;
        if (replayed) {
          const number = standing(events.at(-1)?.event.id ?? '')?.number;
          return { stream, revision: last, position: number === undefined ? null : positionOf(number), replayed };
        }
        for (const [at, admitted] of events.entries()) {
          const place = { revision: first + BigInt(at), number: next + written.length };
          draft.stands(stream, admitted.event.id, place);
          written.push(writtenOf(stream, admitted, place.revision));
        }
        draft.heads.set(stream, last);
        return { stream, revision: last, position: positionOf(next + written.length - 1), replayed };
      });
      return { waiting, written, answer: () => waiting.resolve(appended) };
    } catch (error) {
      undo();
      throw error;
    }
  }

  /** One statement, one round trip, one transaction. False where the tip is another's by now, or the trust was misplaced. */
  async #written(placed: readonly Placed[], tip: Tip): Promise<boolean> {
    const events = placed.flatMap(({ written }) => written);
    if (events.length === 0) return true;
    try {
      const rows = await this.#link.ask<{ many: string }>(
        { ...WRITE, values: [JSON.stringify(events), tip.epoch, tip.position, events.length] },
        this.#parts.callMs,
      );
      return Number(rows[0]?.many) === events.length;
    } catch (error) {
      if (!contradicts(error)) throw error;
      this.#heads.forget();
      return false;
    }
  }

  #done(placed: readonly Placed[], before: number): void {
    const events = placed.flatMap(({ written }) => written);
    for (const { stream, revision } of events) this.#heads.set(stream, BigInt(revision));
    this.#seen = before + events.length;
    if (this.#tip !== null) this.#tip = { ...this.#tip, position: this.#seen };
    for (const { answer } of placed) answer();
    if (events.length > 0) this.#parts.committed();
  }

  /** With the tip in hand nobody else appends: what is asked now still holds when the group is written. */
  async #storeUnderLock(group: readonly Waiting[], committing: () => void): Promise<void> {
    const { callMs } = this.#parts;
    await this.#link.ask({ text: 'BEGIN' }, callMs);
    try {
      const tip = await this.#takeTip();
      const draft = await this.#lookUp(group);
      const placed: Placed[] = [];
      const refused: (() => void)[] = [];
      let next = tip.position + 1;
      for (const waiting of group) {
        try {
          const one = this.#place(waiting, draft, next);
          placed.push(one);
          next += one.written.length;
        } catch (error) {
          if (!(error instanceof EventStoreError)) throw error;
          refused.push(() => waiting.reject(error));
        }
      }
      const events = placed.flatMap(({ written }) => written);
      const epoch = this.#tip?.epoch === tip.epoch ? tip.epoch : tip.epoch + 1;
      const values = [JSON.stringify(events), tip.epoch, tip.position, events.length, epoch];
      if (events.length > 0) await this.#link.ask({ ...NEXT, values }, callMs);
      committing();
      await this.#link.ask({ text: 'COMMIT' }, callMs);
      this.#tip = events.length > 0 ? { epoch, position: tip.position } : null;
      this.#done(placed, tip.position);
      for (const refuse of refused) refuse();
    } catch (error) {
      if (!endsTheWire(error)) await this.#link.ask({ text: 'ROLLBACK' }, callMs).catch(() => this.#link.cut());
      throw error;
    }
  }

  /** Where another process has written meanwhile, what is remembered of the streams is not to be trusted. */
  async #takeTip(): Promise<Tip> {
    const [row] = await this.#link.ask<{ epoch: string; position: string }>(TAKE_TIP, this.#parts.callMs);
    if (row === undefined)
      throw new EventStoreError('Corrupt', 'The event log has lost its tip; restore it from a backup.');
    const tip = { epoch: Number(row.epoch), position: Number(row.position) };
    if (tip.position < this.#seen)
      throw new EventStoreError(
        'Corrupt',
        `The event log ended at ${positionOf(this.#seen)} and now ends before that; verify it before anything else.`,
      );
    if (this.#tip?.epoch !== tip.epoch || this.#tip.position !== tip.position) this.#heads.forget();
    return tip;
  }

  /** Heads of the group's streams and the places of its ids, in one question. */
  async #lookUp(group: readonly Waiting[]): Promise<Draft> {
    const requests = group.flatMap((waiting) => waiting.requests);
    const draft = new Draft();
    const streams = [...new Set(requests.map(({ stream }) => stream))];
    const ids = requests.flatMap(({ stream, events }) => events.map(({ event }) => ({ stream, id: event.id })));
    const values = [streams, ids.map(({ id }) => id), ids.map(({ stream }) => stream)];
    for (const row of await this.#link.ask<LookedUp>({ ...LOOK_UP, values }, this.#parts.callMs)) {
      const revision = row.revision === null ? null : BigInt(row.revision);
      if (row.id === null) draft.heads.set(row.stream, revision);
      else if (revision !== null) draft.stands(row.stream, row.id, { revision, number: Number(row.position) });
    }
    return draft;
  }

  #forget(): void {
    this.#tip = null;
    this.#heads.forget();
  }

  /** What broke off after it had been sent may be stored or not: whoever asks again learns it. */
  #reasonOf(error: unknown, committing: boolean): unknown {
    const unknown = committing && endsTheWire(error) && !(error instanceof WireLost && !error.asked);
    if (!unknown || isEventStoreError(error)) return asEventStoreError(error, this.#parts.address);
    return new EventStoreError(
      'OutcomeUnknown',
      'The wire to the event log broke while this was stored; repeat the same request to learn whether it was.',
      { cause: error },
    );
  }
}
