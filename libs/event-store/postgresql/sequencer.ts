/** Group commit over a wire: the appends that wait become one transaction, in one dense order with those of other processes. */
import type { AdmittedRequest } from '../admission.ts';
import { AppendQueue, type Waiting } from '../append-queue.ts';
import { type Appended, type Call, EventStoreError, isEventStoreError } from '../event-store.ts';
import { positionOf } from '../position.ts';
import type { PostgresAddress } from './address.ts';
import { WireLost, asEventStoreError, contradicts, endsTheWire } from './failure.ts';
import { Draft, Heads } from './heads.ts';
import { Link } from './link.ts';
import { type Placed, fenced, fencesOf, isHeld, placed as place } from './placing.ts';
import * as statements from './statements.ts';
import type { LookedUp, Tip } from './statements.ts';

const [GROUP_MAX, EVENTS_MAX] = [512, 2000];
/** Nothing was recorded before. */
const BEGINNING = '1970-01-01T00:00:00.000Z';

export interface SequencerParts {
  readonly address: PostgresAddress;
  readonly callMs: number;
  /** Whether times of recording never go back, whoever recorded before. */
  readonly isRising: boolean;
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
    const draft = new Draft(tip.recordedAt);
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
        const one = place(waiting, draft, next);
        placed.push(one);
        next += one.written.length;
      } catch {
        return null;
      }
    }
    return placed;
  }

  /** One statement, one round trip, one transaction. False where the tip is another's by now, or the trust was misplaced. */
  async #written(placed: readonly Placed[], tip: Tip): Promise<boolean> {
    const events = placed.flatMap(({ written }) => written);
    if (events.length === 0) return true;
    const fences = fencesOf(placed.map(({ waiting }) => waiting));
    const values = [JSON.stringify(events), tip.epoch, tip.position, events.length];
    const held = [fences.map(({ lease }) => lease), fences.map(({ epoch }) => epoch), fences.length];
    const question =
      fences.length === 0
        ? { ...statements.WRITE, values }
        : { ...statements.WRITE_FENCED, values: [...values, ...held] };
    try {
      const rows = await this.#link.ask<{ many: string }>(question, this.#parts.callMs);
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
    const recordedAt = this.#parts.isRising ? (events.at(-1)?.recorded_at ?? this.#tip?.recordedAt ?? '') : '';
    if (this.#tip !== null) this.#tip = { ...this.#tip, recordedAt, position: this.#seen };
    for (const { answer } of placed) answer();
    if (events.length > 0) this.#parts.committed();
  }

  /** With the tip in hand nobody else appends: what is asked now still holds when the group is written. */
  async #storeUnderLock(group: readonly Waiting[], committing: () => void): Promise<void> {
    const { callMs } = this.#parts;
    await this.#link.ask({ text: 'BEGIN' }, callMs);
    try {
      const epochs = await this.#takeLeases(group);
      const tip = await this.#takeTip();
      const draft = await this.#lookUp(group, tip);
      const placed: Placed[] = [];
      const refused: (() => void)[] = [];
      let next = tip.position + 1;
      for (const waiting of group) {
        try {
          if (!isHeld(waiting.fence, epochs)) throw fenced(waiting.fence);
          const one = place(waiting, draft, next);
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
      if (events.length > 0) await this.#link.ask({ ...statements.NEXT, values }, callMs);
      committing();
      await this.#link.ask({ text: 'COMMIT' }, callMs);
      this.#tip = events.length > 0 ? { epoch, position: tip.position, recordedAt: draft.recordedAt } : null;
      this.#done(placed, tip.position);
      for (const refuse of refused) refuse();
    } catch (error) {
      if (!endsTheWire(error)) await this.#link.ask({ text: 'ROLLBACK' }, callMs).catch(() => this.#link.cut());
      throw error;
    }
  }

  /** Epochs of the leases that the group names; as they are until the transaction ends. */
  async #takeLeases(group: readonly Waiting[]): Promise<ReadonlyMap<string, number>> {
    const names = fencesOf(group).map(({ lease }) => lease);
    if (names.length === 0) return new Map();
    const question = { ...statements.TAKE_LEASES, values: [names] };
    const rows = await this.#link.ask<{ name: string; epoch: string }>(question, this.#parts.callMs);
    return new Map(rows.map(({ name, epoch }) => [name, Number(epoch)]));
  }

  /** Where another process has written meanwhile, what is remembered of the streams is not to be trusted. */
  async #takeTip(): Promise<Tip> {
    const [row] = await this.#link.ask<{ epoch: string; position: string }>(statements.TAKE_TIP, this.#parts.callMs);
    if (row === undefined)
      throw new EventStoreError('Corrupt', 'The event log has lost its tip; restore it from a backup.');
    const tip = { epoch: Number(row.epoch), position: Number(row.position), recordedAt: '' };
    if (tip.position < this.#seen)
      throw new EventStoreError(
        'Corrupt',
        `The event log ended at ${positionOf(this.#seen)} and now ends before that; verify it before anything else.`,
      );
    if (this.#tip?.epoch !== tip.epoch || this.#tip.position !== tip.position) this.#heads.forget();
    if (!this.#parts.isRising) return tip;
    const [last] = await this.#link.ask<{ recorded_at: string }>(statements.LAST_TIME, this.#parts.callMs);
    return { ...tip, recordedAt: last?.recorded_at ?? BEGINNING };
  }

  /** Heads of the group's streams and the places of its ids, in one question. */
  async #lookUp(group: readonly Waiting[], tip: Tip): Promise<Draft> {
    const requests = group.flatMap((waiting) => waiting.requests);
    const draft = new Draft(tip.recordedAt);
    const streams = [...new Set(requests.map(({ stream }) => stream))];
    const ids = requests.flatMap(({ stream, events }) => events.map(({ event }) => ({ stream, id: event.id })));
    const values = [streams, ids.map(({ id }) => id), ids.map(({ stream }) => stream)];
    for (const row of await this.#link.ask<LookedUp>({ ...statements.LOOK_UP, values }, this.#parts.callMs)) {
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
