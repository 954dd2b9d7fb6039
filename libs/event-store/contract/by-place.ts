/** A store whose positions merely rise, told by places: 0 for the log's first event, 1 for the next. For comparing it with one that counts. */
import type { Position, StoredEvent } from '#libs/kernel/event.ts';
import {
  type AppendRequest,
  type Appended,
  type Call,
  type Delivery,
  type EventStore,
  type ReadAll,
  type ReadStream,
  type Subscribe,
} from '../event-store.ts';
import { positionOf } from '../position.ts';

export class ByPlace implements EventStore {
  readonly #store: EventStore;
  readonly #positions: Position[] = [];
  #looking: Promise<void> = Promise.resolve();

  constructor(store: EventStore) {
    this.#store = store;
  }

  get capabilities(): EventStore['capabilities'] {
    return this.#store.capabilities;
  }

  identity(call?: Call): Promise<string> {
    return this.#store.identity(call);
  }

  async append(request: AppendRequest, call?: Call): Promise<Appended> {
    return this.#placed(await this.#store.append(request, call));
  }

  async appendAtomically(requests: readonly AppendRequest[], call?: Call): Promise<readonly Appended[]> {
    const all = await this.#store.appendAtomically(requests, call);
    return Promise.all(all.map((one) => this.#placed(one)));
  }

  streamHead(stream: string, call?: Call): Promise<bigint | null> {
    return this.#store.streamHead(stream, call);
  }

  async head(call?: Call): Promise<Position | null> {
    const head = await this.#store.head(call);
    return head === null ? null : this.#placeOf(head);
  }

  async *readStream(stream: string, options?: ReadStream): AsyncGenerator<StoredEvent> {
    for await (const event of this.#store.readStream(stream, options)) yield this.#told(event);
  }

  async *readAll({ after, until, ...others }: ReadAll = {}): AsyncGenerator<StoredEvent> {
    await this.#look();
    const range = {
      ...(after === undefined ? {} : { after: this.#positionAt(after) }),
      ...(until === undefined ? {} : { until: this.#positionAt(until) }),
    };
    for await (const event of this.#store.readAll({ ...others, ...range })) yield this.#told(event);
  }

  subscribe(options: Subscribe): AsyncIterable<Delivery> {
    return this.#store.subscribe(options);
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  async #placed(appended: Appended): Promise<Appended> {
    return { ...appended, position: appended.position === null ? null : await this.#placeOf(appended.position) };
  }

  async #told(event: StoredEvent): Promise<StoredEvent> {
    return { ...event, position: await this.#placeOf(event.position) };
  }

  async #placeOf(position: Position): Promise<Position> {
    if (!this.#positions.includes(position)) await this.#look();
    return positionOf(this.#positions.indexOf(position));
  }

  /** One look after the other, however many ask. */
  #look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#lookNow());
    return this.#looking;
  }

  async #lookNow(): Promise<void> {
    const after = this.#positions.at(-1);
    for await (const event of this.#store.readAll(after === undefined ? {} : { after }))
      this.#positions.push(event.position);
  }

  /** A place beyond the head becomes a position beyond it, and what is no place stays as it is: the store must refuse both. */
  #positionAt(place: Position): Position {
    const beyond = '9'.repeat(place.length) as Position;
    return /^\d+$/.test(place) ? (this.#positions[Number(place)] ?? beyond) : place;
  }
}
