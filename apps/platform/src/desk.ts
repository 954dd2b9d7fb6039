/** The desk: what every resolver has at hand. It hands commands to the bus and reads the board; it decides nothing. */
import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { type Fence, isEventStoreError } from '#libs/event-store/event-store.ts';
import type { Outcome } from '#libs/event-store/handle.ts';
import type { Clock } from '#libs/kernel/clock.ts';
import type { Decider, Fact } from '#libs/kernel/decider.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { type Operation, Submit } from '#libs/nest/submit.ts';
import { inSpan, traceHere } from '#libs/trace/spans.ts';
import type { Board } from './board.ts';
import type { Facts } from './board-facts.ts';
import { type Caller, NOBODY } from './caller.ts';
import { HandedLists } from './handed-lists.ts';
import { OrderTraces } from './operations/order-traces.ts';
import { Strangers } from './strangers.ts';
import type { Together } from './together.ts';

export const BOARD = Symbol('board');
export const CLOCK = Symbol('clock');
export const RULES = Symbol('rules');

/** Why nothing is decided now: witnesses know more of this log than is here. */
export type Standstill = () => Refusal | null;

export interface Rules {
  readonly standstill: Standstill;
  /** With other platforms of the same log; null where there are none. */
  readonly together: Together | null;
}

/** What GraphQL is told: a receipt or a refusal, by its type name. */
export type Answer = Readonly<Record<string, unknown>> & { readonly __typename: 'Receipt' | 'Refusal' };

const CHANGED = refuse(
  'PEOPLE_CHANGED',
  'Who approves, signs in or makes modules, or whose key is trusted, changed just now; send the same again.',
);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export interface TurnedAway {
  readonly operation: string;
  readonly refusal: Refusal;
  readonly commandId: string;
  readonly caller: Caller;
}

/** What was turned away at the door reached no room. */
const NO_ROOM: Decider<null, never, never> = { initial: null, decide: () => [], evolve: (state) => state };

@Injectable()
export class Desk {
  readonly #bus: CommandBus;
  readonly #board: Board;
  readonly #strangers = new Strangers();
  readonly #running = new Set<Promise<Answer>>();
  /** Answers whether anything was changed. */
  #alone: Promise<boolean> | null = null;
  readonly #standstill: Standstill;
  readonly #together: Together | null;
  readonly clock: Clock;
  /** Under which trace an order was approved: beside the record, in memory alone. */
  readonly traces = new OrderTraces();
  /** Which trust list each station fetched last: likewise. */
  readonly handed = new HandedLists();

  constructor(
    @Inject(CommandBus) bus: CommandBus,
    @Inject(BOARD) board: Board,
    @Inject(CLOCK) clock: Clock,
    @Inject(RULES) { standstill, together }: Rules,
  ) {
    this.#bus = bus;
    this.#board = board;
    this.clock = clock;
    this.#standstill = standstill;
    this.#together = together;
  }

  get facts(): Facts {
    return this.#board.facts;
  }

  get board(): Board {
    return this.#board;
  }

  /** Signs what is handed out to be brought back; undefined: a key of this process alone. */
  get challengeKey(): Uint8Array | undefined {
    return this.#together?.challengeKey;
  }

  /** Runs one operation, from its permission on, when the board has what every platform of this log wrote before. */
  async uptodate<T>(run: () => T): Promise<Awaited<T>> {
    return await (this.#together === null ? run() : this.#together.uptodate(run));
  }

  /** One operation, through the bus, to the log. A write is visible on the board before it is answered; a refusal is recorded. */
  async submit<State, Command, Event extends Fact>(operation: Operation<State, Command, Event>): Promise<Answer> {
    while (this.#alone !== null) {
      const changed = await this.#alone;
      if (changed && operation.operation !== 'report') return answerOf(CHANGED);
    }
    const fence = this.#together?.fence;
    return this.#unlessFenced(fence === undefined ? operation : { ...operation, fence });
  }

  /** Where people changed at another platform meanwhile it is told to come again, reports excepted. */
  async #unlessFenced<State, Command, Event extends Fact>(
    operation: Operation<State, Command, Event>,
  ): Promise<Answer> {
    try {
      return await this.#underway(operation);
    } catch (error) {
      if (!isEventStoreError(error, 'Fenced')) throw error;
      const fence = operation.operation === 'report' ? await this.#together?.caughtUp() : null;
      return fence == null ? answerOf(CHANGED) : this.#unlessFenced({ ...operation, fence });
    }
  }

  /**
   * One operation that nothing else is written beside. It is witnessed when everything else has settled, so that what was
   * witnessed before it stands in the log before it; what was witnessed meanwhile is told to come again, reports excepted.
   */
  async alone<State, Command, Event extends Fact>(operation: () => Operation<State, Command, Event>): Promise<Answer> {
    while (this.#alone !== null) await this.#alone;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#alone = promise;
    let changed = true;
    try {
      await Promise.allSettled([...this.#running]);
      const answer = await this.#inTurn((fence) => this.#underway({ ...operation(), ...fence }));
      changed = answer.__typename === 'Receipt';
      return answer;
    } finally {
      this.#alone = null;
      resolve(changed);
    }
  }

  async #inTurn(run: (fence: { readonly fence?: Fence }) => Promise<Answer>): Promise<Answer> {
    if (this.#together === null) return run({});
    const answer = await this.#together.alone((fence) => run({ fence }));
    return '__typename' in answer ? answer : answerOf(answer);
  }

  #underway<State, Command, Event extends Fact>(operation: Operation<State, Command, Event>): Promise<Answer> {
    const running = this.#carryOut(operation);
    this.#running.add(running);
    const settled = () => void this.#running.delete(running);
    running.then(settled, settled);
    return running;
  }

  async #carryOut<State, Command, Event extends Fact>(operation: Operation<State, Command, Event>): Promise<Answer> {
    if (!UUID.test(operation.commandId))
      return answerOf(
        refuse('BAD_COMMAND_ID', 'The id of an operation is a UUID in lower case that the caller makes.'),
      );
    const still = this.#standstill();
    if (still !== null) return answerOf(still);
    const outcome = await this.#run(operation);
    if (!isRefusal(outcome)) await this.#board.reached(outcome.position);
    return answerOf(outcome);
  }

  #run<State, Command, Event extends Fact>(operation: Operation<State, Command, Event>): Promise<Outcome> {
    return inSpan(`command ${operation.operation}`, {}, async (tell) => {
      const outcome = await this.#bus.execute<Submit, Outcome>(Submit.of(operation));
      if (isRefusal(outcome)) tell({ 'refusal.code': outcome.code });
      else if (operation.operation === 'approveOrder') this.traces.remember(operation.stream, traceHere());
      return outcome;
    });
  }

  /** A refusal before any room was asked, as an event; of callers without a token once a minute for each kind. */
  async recordRefusal({ operation, refusal, commandId, caller }: TurnedAway): Promise<Refusal> {
    const unrecorded = caller === NOBODY ? this.#strangers.admit(operation, refusal.code) : 0;
    if (unrecorded === null || this.#standstill() !== null) return refusal;
    const outcome = await this.#run({
      operation,
      decider: NO_ROOM,
      stream: 'door',
      found: refusal,
      commandId,
      actor: caller.subject,
      ...(unrecorded === 0 ? {} : { metadata: { unrecorded: String(unrecorded) } }),
    });
    return isRefusal(outcome) ? outcome : refusal;
  }
}

export function answerOf(outcome: Outcome): Answer {
  if (isRefusal(outcome)) return { __typename: 'Refusal', code: outcome.code, message: outcome.message };
  const { stream, revision, position, replayed } = outcome;
  return { __typename: 'Receipt', stream, revision: revision === null ? null : String(revision), position, replayed };
}
