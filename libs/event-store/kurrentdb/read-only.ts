/** Opens a KurrentDB log to look only: any user will do who may read it. */
import type { Position, Revision, StoredEvent } from '#libs/kernel/event.ts';
import type { ReadAll, ReadStream } from '../event-store.ts';
import type { LogReader } from '../log-reader.ts';
import type { LogRow } from '../log-row.ts';
import type { KurrentAddress } from './address.ts';
import { asRead, positionText } from './envelope.ts';
import { identityIn } from './founded.ts';
import { KurrentLink } from './link.ts';
import { KurrentReads } from './reads.ts';

const CALL_MS = 30_000;

/** Throws Unavailable, AccessDenied, Corrupt where there is no log, Unsupported. */
export async function openKurrentReadOnly(address: KurrentAddress): Promise<LogReader> {
  const link = new KurrentLink(address, CALL_MS);
  const reader = new KurrentReader(link);
  try {
    await reader.identity();
    return reader;
  } catch (error) {
    await link.close();
    throw error;
  }
}

class KurrentReader implements LogReader {
  readonly #link: KurrentLink;
  readonly #reads: KurrentReads;

  constructor(link: KurrentLink) {
    this.#link = link;
    this.#reads = new KurrentReads(link);
  }

  async identity(): Promise<string> {
    return identityIn(await this.#reads.founded({}), this.#link.place.log);
  }

  head(): Promise<Position | null> {
    return this.#reads.head();
  }

  streamHead(stream: string): Promise<Revision | null> {
    return this.#reads.streamHead(stream, {});
  }

  readStream(stream: string, options: ReadStream = {}): AsyncIterable<StoredEvent> {
    return this.#reads.readStream(stream, options);
  }

  readAll(options: ReadAll = {}): AsyncIterable<StoredEvent> {
    return this.#reads.readAll(options);
  }

  async *rows(): AsyncGenerator<LogRow, void, undefined> {
    for await (const recorded of this.#reads.recorded()) {
      const read = asRead(recorded, this.#link.place.log);
      if (typeof read !== 'string') yield { is: 'event', event: read.event, entry: read.entry };
      else yield { is: 'damaged', position: positionText(recorded.commit), why: read };
    }
  }

  /** Streams whose metadata somebody wrote: a stream of ours has none. */
  alterations(): Promise<readonly string[]> {
    return this.#reads.metadataOf(this.#link.place.log);
  }

  close(): Promise<void> {
    return this.#link.close();
  }
}
