/** What the memory engine remembers: rows in log order and an index of each stream; it outlives a store that closes. */
import type { Revision, StoredEvent } from '#libs/kernel/event.ts';
import { uuidv7 } from '#libs/kernel/ids.ts';
import { type AdmittedRequest, placeOf, wanted } from '../admission.ts';
import { positionOf } from '../position.ts';

type Fixed = Omit<StoredEvent, 'data' | 'metadata'>;

interface Stream {
  readonly numbers: number[];
  readonly revisions: Map<string, Revision>;
}

export class MemoryLog {
  readonly identity: string = uuidv7();
  readonly #rows: { readonly fixed: Fixed; readonly data: string; readonly metadata: string }[] = [];
  readonly #streams = new Map<string, Stream>();

  /** The number of the last event; -1 while empty. */
  get head(): number {
    return this.#rows.length - 1;
  }

  headOf(stream: string): Revision | null {
    const found = this.#streams.get(stream);
    return found === undefined ? null : BigInt(found.numbers.length) - 1n;
  }

  numberAt(stream: string, revision: Revision): number | undefined {
    return this.#streams.get(stream)?.numbers[Number(revision)];
  }

  /** A fresh copy, so that no reader can change what is stored. */
  event(number: number): StoredEvent | undefined {
    const row = this.#rows[number];
    if (row === undefined) return undefined;
    const metadata = JSON.parse(row.metadata) as Record<string, string>;
    return { ...row.fixed, data: JSON.parse(row.data) as unknown, metadata };
  }

  /** Where the request's first event goes, or stands already; throws as `placeOf` does and changes nothing. */
  place(request: AdmittedRequest): { first: Revision; replayed: boolean } {
    const revisions = this.#streams.get(request.stream)?.revisions;
    return placeOf(wanted(request), {
      head: this.headOf(request.stream),
      revisionOf: (id) => revisions?.get(id) ?? null,
    });
  }

  write(request: AdmittedRequest, first: Revision): void {
    const stream = this.#streams.get(request.stream) ?? { numbers: [], revisions: new Map<string, Revision>() };
    this.#streams.set(request.stream, stream);
    for (const [at, { event, data, metadata }] of request.events.entries()) {
      const revision = first + BigInt(at);
      const position = positionOf(this.#rows.length);
      stream.numbers.push(this.#rows.length);
      stream.revisions.set(event.id, revision);
      const { id, type, schemaVersion, occurredAt, recordedAt, salt } = event;
      const fixed = {
        id,
        type,
        schemaVersion,
        occurredAt,
        recordedAt,
        salt,
        stream: request.stream,
        revision,
        position,
      };
      this.#rows.push({ fixed, data, metadata });
    }
  }
}
