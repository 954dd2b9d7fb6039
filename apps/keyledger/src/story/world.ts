/** What the story has at hand: the people's keys, the platform as a client, the devices' plugs, and the log to read from. */
import type { KeyObject } from 'node:crypto';
import { utf8 } from '#libs/kernel/bytes.ts';
import type { Clock } from '#libs/kernel/clock.ts';
import { signDetached } from '#libs/kernel/detached-jws.ts';
import type { Position, StoredEvent } from '#libs/kernel/event.ts';
import { approverSetHash } from '#libs/kernel/approver-set.ts';
import { derivedId, nonce } from '#libs/kernel/ids.ts';
import { type Order, orderBytes, orderId, parseOrder } from '#libs/kernel/order.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import type { Receipt } from '#libs/platform-client/platform-client.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';
import type { LogReader } from '#libs/event-store/log-reader.ts';
import type { House } from '../demo/house.ts';
import type { Who } from '../demo/people.ts';
import { type By, Callers } from './callers.ts';
import { StoryBroken, type Teller } from './teller.ts';

const WAIT_MS = 30_000;
const POLL_MS = 25;
const DAY = 86_400;

/** Members that the story fills in for every order. */
type Common = 'domain' | 'genesis' | 'approverSet' | 'requester' | 'nonce' | 'notBefore' | 'notAfter' | 'reportBy';
type Particular = { [K in Order['kind']]: Omit<Extract<Order, { kind: K }>, Common> }[Order['kind']];

/** What of a running house the story needs. */
export type Scene = Pick<House, 'deployment' | 'platformUrl' | 'stationAddress' | 'devices'>;

/** Whose operations these are, and the file of what was written once for them. */
interface Tale {
  readonly name: string;
  readonly file: string;
}

export interface WorldParts {
  readonly house: Scene;
  /** Default: the story. */
  readonly tale?: Tale;
  readonly log: LogReader;
  readonly clock: Clock;
  readonly teller: Teller;
  /** The story ends where it stands. */
  readonly signal?: AbortSignal;
}

/** One operation of the story: who sends it, a name of its own, and the mutation. */
export interface Step {
  readonly by: By;
  readonly name: string;
  readonly operation: string;
}

export class World {
  readonly house: Scene;
  readonly clock: Clock;
  readonly teller: Teller;
  readonly callers: Callers;
  readonly #log: LogReader;
  readonly #signal: AbortSignal | undefined;
  readonly #tale: Tale;
  readonly #kept: Record<string, string>;

  constructor({ house, log, clock, teller, signal, tale }: WorldParts) {
    this.#tale = tale ?? { name: 'story', file: house.deployment.places.story };
    this.#signal = signal;
    this.house = house;
    this.clock = clock;
    this.teller = teller;
    this.#log = log;
    this.callers = new Callers(house, clock, signal);
    const kept = readWhole(this.#tale.file);
    this.#kept = kept === null ? {} : (JSON.parse(Buffer.from(kept).toString('utf8')) as Record<string, string>); // our own file
  }

  /** An operation of the story; its id derives from its name, so that a story cut off is told on, not told twice. */
  attempt(step: Step, types: Readonly<Record<string, string>>, values: object): Promise<Receipt | Refusal> {
    const id = derivedId(this.#tale.name, this.house.deployment.genesis, step.name);
    return this.callers.submit(step, { id: 'ID!', ...types }, { id, ...values });
  }

  /** As `attempt`, and the event that says so; throws `StoryBroken` on a refusal. */
  async does(step: Step, types: Readonly<Record<string, string>>, values: object): Promise<StoredEvent> {
    const outcome = await this.attempt(step, types, values);
    if (isRefusal(outcome)) throw new StoryBroken(outcome);
    return this.eventAt(outcome.stream, outcome.revision ?? '');
  }

  async eventAt(stream: string, revision: string): Promise<StoredEvent> {
    return this.event(
      `${stream} at ${revision}`,
      (event) => event.stream === stream && String(event.revision) === revision,
    );
  }

  /** The refusal as the log holds it, when `attempt` was refused. */
  async refusalOf(name: string): Promise<StoredEvent> {
    const stream = `refusal-${derivedId(this.#tale.name, this.house.deployment.genesis, name)}`;
    return this.event(stream, (event) => event.stream === stream);
  }

  /** The first event that fits, waited for. `after` leaves out what stood there before. */
  async event(what: string, fits: (event: StoredEvent) => boolean, after?: Position): Promise<StoredEvent> {
    for (let waitedMs = 0; waitedMs <= WAIT_MS && !this.#signal?.aborted; waitedMs += POLL_MS) {
      for await (const event of this.#log.readAll(after === undefined ? {} : { after })) if (fits(event)) return event;
      await pause(POLL_MS);
    }
    throw new StoryBroken({
      is: 'refusal',
      code: 'STORY_WAITED',
      message: `The log does not show ${what} within ${WAIT_MS / 1000} s.`,
    });
  }

  /** The first event that fits and stands there already; null where there is none. */
  async found(fits: (event: StoredEvent) => boolean): Promise<StoredEvent | null> {
    for await (const event of this.#log.readAll()) if (fits(event)) return event;
    return null;
  }

  async lastPosition(): Promise<Position | undefined> {
    return (await this.#log.head()) ?? undefined;
  }

  /** An order of the story: written once, kept, and the same bytes ever after. */
  order(name: string, by: Who, particular: Particular): WrittenOrder {
    const { genesis, founding, people } = this.house.deployment;
    const now = this.clock.seconds();
    if (this.#kept[name] === undefined) {
      const common = {
        domain: 'keyledger/order/v1',
        genesis,
        approverSet: approverSetHash(utf8(founding.approverSet)),
        requester: people.person(by).id,
        nonce: nonce(),
        notBefore: now - 60,
        notAfter: now + DAY,
        reportBy: now + 2 * DAY,
      };
      const whole: object = { ...common, ...particular };
      this.keep(name, Buffer.from(orderBytes(whole as Order)).toString('latin1'));
    }
    const text = this.#kept[name] ?? '';
    return { name, text, id: orderId(utf8(text)) };
  }

  /** notBefore of an order of the story: a time that stays the same when the story is told on. */
  writtenAt(name: string): number {
    const order = parseOrder(utf8(this.#kept[name] ?? ''));
    if (isRefusal(order)) throw new StoryBroken(order);
    return order.notBefore;
  }

  /** The text that was kept first under a name: what was signed at random once is shown the same way ever after. */
  keep(name: string, text: string): string {
    const known = this.#kept[name];
    if (known !== undefined) return known;
    this.#kept[name] = text;
    replaceWhole(this.#tale.file, utf8(JSON.stringify(this.#kept, null, 2)));
    return text;
  }

  /** What was kept under a name; null where nothing was. */
  kept(name: string): Record<string, string> | null {
    const known = this.#kept[name];
    return known === undefined ? null : (JSON.parse(known) as Record<string, string>);
  }

  keepObject(name: string, value: Readonly<Record<string, string>>): Record<string, string> {
    return JSON.parse(this.keep(name, JSON.stringify(value))) as Record<string, string>;
  }

  keyOf(who: Who, which = 0): KeyObject {
    const key = this.house.deployment.people.person(who).keys[which];
    if (key === undefined) throw new Error(`${who} has no such key`);
    return key;
  }

  /** A person signs the exact bytes of an order with one of his keys. */
  proofBy(who: Who, order: WrittenOrder, which = 0) {
    return signDetached('keyledger-approval+jws', utf8(order.text), this.keyOf(who, which));
  }

  requests(who: Who, order: WrittenOrder): Promise<StoredEvent> {
    const values = { bytes: order.text, proof: this.proofBy(who, order) };
    const step = { by: who, name: `request ${order.name}`, operation: 'requestOrder' };
    return this.does(step, { bytes: 'String!', proof: 'ProofInput!' }, values);
  }

  approves(who: Who, order: WrittenOrder, which = 0): Promise<StoredEvent> {
    const values = { order: order.id, proof: this.proofBy(who, order, which) };
    const step = { by: who, name: `approve ${order.name} ${who} ${which}`, operation: 'approveOrder' };
    return this.does(step, { order: 'ID!', proof: 'ProofInput!' }, values);
  }

  /** Requested and approved by two: for the orders that are not what the story is about. */
  async orderedByTwo(order: WrittenOrder): Promise<void> {
    await this.requests('clara', order);
    await this.approves('anna', order);
    await this.approves('bo', order);
  }

  async close(): Promise<void> {
    await this.callers.close();
  }
}

export interface WrittenOrder {
  readonly name: string;
  readonly text: string;
  readonly id: string;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
