/** Appends one after the other, each at the exact revision that was seen: the server judges the race, the ids are judged here. */
import type { KurrentDBClient } from '@kurrent/kurrentdb-client';
import { monotonicMs } from '#libs/kernel/clock.ts';
import { type AdmittedRequest, placeOf, wanted } from '../admission.ts';
import { AppendQueue, type Waiting } from '../append-queue.ts';
import { type Appended, type Call, EventStoreError } from '../event-store.ts';
import { positionText, toWrite } from './envelope.ts';
import { asEventStoreError, isAccessDenied, isNotLeader, isWrongVersion, wasNotTaken } from './failure.ts';
import type { KurrentLink } from './link.ts';
import type { KurrentReads } from './reads.ts';
import { Sight, Sights } from './sights.ts';

const [TRIES_MAX, FOLLOW_LEADER_MS] = [12, 60];

export interface WriterParts {
  readonly link: KurrentLink;
  readonly reads: KurrentReads;
  readonly committed: () => void;
}

/** What became of one try; a text says why another one follows. */
type Tried = Appended | 'wrong' | 'not the leader';

export class KurrentWriter {
  readonly #parts: WriterParts;
  readonly #queue = new AppendQueue();
  readonly #sights = new Sights();
  #pumping: Promise<void> | null = null;

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  async add(request: AdmittedRequest, call: Call): Promise<Appended> {
    const answer = this.#queue.add([request], { ...call, timeoutMs: call.timeoutMs ?? this.#parts.link.callMs });
    this.#pumping ??= this.#pump();
    const [appended] = await answer;
    if (appended === undefined) throw new EventStoreError('OutcomeUnknown', 'The engine did not answer.');
    return appended;
  }

  /** Answers when all that waited is answered. */
  async drained(): Promise<void> {
    await this.#pumping;
  }

  async #pump(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.waits) for (const waiting of this.#queue.take(1, 1)) await this.#store(waiting);
    this.#pumping = null;
  }

  async #store({ requests, resolve, reject }: Waiting): Promise<void> {
    const [request] = requests;
    if (request === undefined) return resolve([]);
    try {
      resolve([await this.#stored(request)]);
    } catch (error) {
      this.#sights.forget(request.stream);
      reject(error);
    }
  }

  async #stored(request: AdmittedRequest): Promise<Appended> {
    const { link } = this.#parts;
    const until = monotonicMs() + link.callMs;
    for (let tries = 1; tries <= TRIES_MAX && monotonicMs() < until; tries += 1) {
      const tried = await this.#tried(request, until);
      if (typeof tried === 'object') return tried;
      if (tried === 'wrong') this.#sights.forget(request.stream);
      else await new Promise((resolve) => setTimeout(resolve, FOLLOW_LEADER_MS));
    }
    throw new EventStoreError('Unavailable', 'Nothing was stored: others append to the same stream, or no node leads.');
  }

  async #tried(request: AdmittedRequest, until: number): Promise<Tried> {
    const { link, reads, committed } = this.#parts;
    const { stream, events } = request;
    const remembered = this.#sights.get(stream);
    const sight = remembered ?? (await reads.sight(stream));
    const place = placed(request, sight, remembered !== undefined);
    if (place === 'wrong') return 'wrong';
    const { first, replayed } = place;
    const revision = first + BigInt(events.length) - 1n;
    if (replayed) {
      this.#sights.set(stream, sight);
      const position = sight.placeOf(events.at(-1)?.event.id ?? '')?.position ?? null;
      return { stream, revision, position, replayed };
    }
    const position = await this.#sent(request, first, until);
    if (typeof position === 'string') return position;
    for (const [at, { event }] of events.entries())
      sight.add({ id: event.id, revision: first + BigInt(at), position: positionText(position) });
    if (events.length > 1) this.#sights.forget(stream); // only the last one's position was told
    else this.#sights.set(stream, sight);
    committed();
    return { stream, revision, position: positionText(position), replayed };
  }

  /** The commit position of the last event; a text where nothing was stored and another try may follow. */
  async #sent({ stream, events }: AdmittedRequest, first: bigint, until: number): Promise<bigint | 'wrong' | 'not the leader'> {
    const { link } = this.#parts;
    const streamState = first === 0n ? ('no_stream' as const) : first - 1n;
    const written = events.map((event, at) => toWrite(stream, event, first + BigInt(at)));
    const send = (client: KurrentDBClient) =>
      client.appendToStream(link.streamOf(stream), written, { streamState, requiresLeader: true, deadline: link.callMs });
    try {
      const { position } = await link.once(send, until - monotonicMs());
      if (position === undefined) throw new EventStoreError('OutcomeUnknown', 'The server did not say where it stored it.');
      return position.commit;
    } catch (error) {
      if (isWrongVersion(error)) return 'wrong';
      if (isNotLeader(error)) return 'not the leader';
      throw this.#reasonOf(error);
    }
  }

  /** What broke off after it had been sent may be stored or not: whoever asks again learns it. */
  #reasonOf(error: unknown): unknown {
    const reason = asEventStoreError(error, this.#parts.link.address);
    if (!(reason instanceof EventStoreError) || reason.code !== 'Unavailable') return reason;
    if (wasNotTaken(error) || isAccessDenied(error)) return reason;
    return new EventStoreError(
      'OutcomeUnknown',
      'The wire to the event log broke while this was stored; repeat the same request to learn whether it was.',
      { cause: error },
    );
  }
}

/** Throws WrongExpectedRevision or DuplicateEventId by a stream just read; by a remembered one it is only a reason to read it. */
function placed(request: AdmittedRequest, sight: Sight, remembered: boolean): ReturnType<typeof placeOf> | 'wrong' {
  try {
    return placeOf(wanted(request), sight);
  } catch (error) {
    if (remembered) return 'wrong';
    throw error;
  }
}
