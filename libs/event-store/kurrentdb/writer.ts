/** Appends one after the other, each at the exact revision that was seen: the server judges the race, the ids are judged here. */
import { monotonicMs } from '#libs/kernel/clock.ts';
import { type AdmittedRequest, placeOf, wanted } from '../admission.ts';
import { AppendQueue, type Waiting } from '../append-queue.ts';
import { type Appended, type Call, EventStoreError } from '../event-store.ts';
import { positionText, toWrite } from './envelope.ts';
import { asEventStoreError, isAccessDenied, isNotLeader, isWrongVersion, wasNotTaken } from './failure.ts';
import type { KurrentLink, Work } from './link.ts';
import type { KurrentReads } from './reads.ts';
import { Sight, Sights } from './sights.ts';

const [TRIES_MAX, FOLLOW_LEADER_MS, AHEAD_MAX] = [12, 60, 16];
/** The driver's text of a position that the server does not know. */
const UNKNOWN = 2n ** 63n;

export interface WriterParts {
  readonly link: KurrentLink;
  readonly reads: KurrentReads;
  readonly committed: () => void;
}

/** What became of one try; a text says why another one follows. */
type Tried = Appended | 'look again' | 'not the leader';

export class KurrentWriter {
  readonly #parts: WriterParts;
  readonly #queue = new AppendQueue();
  readonly #sights = new Sights();
  /** Streams that are read while their appends wait. */
  readonly #ahead = new Map<string, Promise<Sight | null>>();
  /** Streams of which an answer was lost: what stands there is read before anything else. */
  readonly #doubtful = new Set<string>();
  /** The greatest position known: what the server says it stored before that stood there already. */
  #seen: bigint | null = null;
  #pumping: Promise<void> | null = null;

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  async add(request: AdmittedRequest, call: Call): Promise<Appended> {
    const answer = this.#queue.add([request], { ...call, timeoutMs: call.timeoutMs ?? this.#parts.link.callMs });
    this.#lookAhead(request);
    this.#pumping ??= this.#pump();
    const [appended] = await answer;
    if (appended === undefined) throw new EventStoreError('OutcomeUnknown', 'The engine did not answer.');
    return appended;
  }

  /** Answers when all that waited is answered. */
  async drained(): Promise<void> {
    await this.#pumping;
  }

  #lookAhead({ stream, expected }: AdmittedRequest): void {
    const known = this.#sights.get(stream) !== undefined || this.#ahead.has(stream);
    if (known || this.#ahead.size >= AHEAD_MAX || (expected === 'no_stream' && !this.#doubtful.has(stream))) return;
    const looking = this.#parts.reads.sight(stream).catch(() => null); // its turn will say what is wrong
    this.#ahead.set(stream, looking);
  }

  async #pump(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.waits) for (const waiting of this.#queue.take(1, 1)) await this.#store(waiting);
    this.#ahead.clear();
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
    let fresh = this.#doubtful.has(request.stream);
    for (let tries = 1; tries <= TRIES_MAX && monotonicMs() < until; tries += 1) {
      const tried = await this.#tried(request, { until, fresh });
      if (typeof tried === 'object') return tried;
      fresh = true;
      if (tried === 'not the leader') await new Promise((resolve) => setTimeout(resolve, FOLLOW_LEADER_MS));
    }
    throw new EventStoreError('Unavailable', 'Nothing was stored: others append to the same stream, or no node leads.');
  }

  async #tried(request: AdmittedRequest, how: { readonly until: number; readonly fresh: boolean }): Promise<Tried> {
    const { stream, events } = request;
    const sight = how.fresh ? await this.#parts.reads.sight(stream) : await this.#remembered(request);
    const place = placed(request, sight, how.fresh);
    if (place === 'look again') return place;
    const last = place.first + BigInt(events.length) - 1n;
    this.#sights.set(stream, sight);
    this.#doubtful.delete(stream);
    if (place.replayed) {
      const position = sight.placeOf(events.at(-1)?.event.id ?? '')?.position ?? null;
      return position === null && !how.fresh ? 'look again' : { stream, revision: last, position, replayed: true };
    }
    this.#seen ??= BigInt((await this.#parts.reads.head()) ?? -1);
    const commit = await this.#sent(request, place.first, how.until);
    if (typeof commit === 'string') return commit;
    if (commit <= this.#seen || commit >= UNKNOWN) return 'look again'; // it stood there already
    this.#seen = commit;
    for (const [at, { event }] of events.entries()) {
      const position = at === events.length - 1 ? positionText(commit) : null;
      sight.add({ id: event.id, revision: place.first + BigInt(at), position });
    }
    this.#sights.set(stream, sight);
    this.#parts.committed();
    return { stream, revision: last, position: positionText(commit), replayed: false };
  }

  /** A stream that is said to be new is taken for new: the server knows better where it is not. */
  async #remembered({ stream, expected }: AdmittedRequest): Promise<Sight> {
    const ahead = this.#ahead.get(stream);
    this.#ahead.delete(stream);
    const known = this.#sights.get(stream) ?? (await ahead) ?? null;
    if (known !== null) return known;
    return expected === 'no_stream' ? new Sight() : this.#parts.reads.sight(stream);
  }

  /** The commit position of the last event; a text where nothing new was stored and another try may follow. */
  async #sent(
    { stream, events }: AdmittedRequest,
    first: bigint,
    until: number,
  ): Promise<bigint | 'look again' | 'not the leader'> {
    const { link } = this.#parts;
    const streamState = first === 0n ? ('no_stream' as const) : first - 1n;
    const written = events.map((event, at) => toWrite(stream, event, first + BigInt(at)));
    const options = { streamState, requiresLeader: true, deadline: link.callMs };
    const send: Work<bigint> = async (client) =>
      (await client.appendToStream(link.streamOf(stream), written, options)).position?.commit ?? UNKNOWN;
    try {
      return await link.once(send, until - monotonicMs());
    } catch (error) {
      if (isWrongVersion(error)) return 'look again';
      if (isNotLeader(error)) return 'not the leader';
      throw this.#reasonOf(error, stream);
    }
  }

  /** What broke off after it had been sent may be stored or not: whoever asks again learns it. */
  #reasonOf(error: unknown, stream: string): unknown {
    const reason = asEventStoreError(error, this.#parts.link.address);
    if (!(reason instanceof EventStoreError) || reason.code !== 'Unavailable') return reason;
    if (wasNotTaken(error) || isAccessDenied(error)) return reason;
    this.#doubtful.add(stream);
    return new EventStoreError(
      'OutcomeUnknown',
      'The wire to the event log broke while this was stored; repeat the same request to learn whether it was.',
      { cause: error },
    );
  }
}

/** Throws WrongExpectedRevision or DuplicateEventId by a stream just read; by a remembered one it is only a reason to read it. */
function placed(request: AdmittedRequest, sight: Sight, fresh: boolean): ReturnType<typeof placeOf> | 'look again' {
  try {
    return placeOf(wanted(request), sight);
  } catch (error) {
    if (!fresh) return 'look again';
    throw error;
  }
}
