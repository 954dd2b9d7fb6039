/** The desk: what every resolver has at hand. It hands commands to the bus and reads the board; it decides nothing. */
import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { GraphQLError } from 'graphql';
import type { Outcome } from '#libs/event-store/handle.ts';
import type { Clock } from '#libs/kernel/clock.ts';
import type { Fact } from '#libs/kernel/decider.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { type Operation, Submit } from '#libs/nest/submit.ts';
import type { Board } from './board.ts';
import type { Facts } from './board-facts.ts';
import type { Caller } from './caller.ts';
import { Strangers } from './strangers.ts';

export const BOARD = Symbol('board');
export const CLOCK = Symbol('clock');

/** What GraphQL is told: a receipt or a refusal, by its type name. */
export type Answer = Readonly<Record<string, unknown>> & { readonly __typename: 'Receipt' | 'Refusal' };

export interface RequestContext {
  readonly caller: Caller;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Actors that `permit` or a report's signature has established. */
const DEVICE = /^(?:unit|station|headquarters):/;

@Injectable()
export class Desk {
  readonly #bus: CommandBus;
  readonly #board: Board;
  readonly #strangers = new Strangers();
  readonly clock: Clock;

  constructor(@Inject(CommandBus) bus: CommandBus, @Inject(BOARD) board: Board, @Inject(CLOCK) clock: Clock) {
    this.#bus = bus;
    this.#board = board;
    this.clock = clock;
  }

  get facts(): Facts {
    return this.#board.facts;
  }

  get board(): Board {
    return this.#board;
  }

  /**
   * One operation, through the bus, to the log. A write is visible on the board before it is answered.
   * A refusal is recorded; of a caller who is no device with a credential, once a minute for each kind.
   */
  async submit<State, Command, Event extends Fact>(operation: Operation<State, Command, Event>): Promise<Answer> {
    if (!UUID.test(operation.commandId))
      return answerOf(
        refuse('BAD_COMMAND_ID', 'The id of an operation is a UUID in lower case that the caller makes.'),
      );
    const outcome = DEVICE.test(operation.actor) ? await this.#run(operation) : await this.#ofStranger(operation);
    if (!isRefusal(outcome)) await this.#board.reached(outcome.position);
    return answerOf(outcome);
  }

  #run<State, Command, Event extends Fact>(operation: Operation<State, Command, Event>): Promise<Outcome> {
    return this.#bus.execute<Submit, Outcome>(Submit.of(operation));
  }

  async #ofStranger<State, Command, Event extends Fact>(operation: Operation<State, Command, Event>): Promise<Outcome> {
    const outcome = await this.#run({ ...operation, guarded: false });
    if (!isRefusal(outcome)) return outcome;
    const unrecorded = this.#strangers.admit(operation.operation, outcome.code);
    return unrecorded === null ? outcome : this.#run({ ...operation, metadata: { unrecorded: String(unrecorded) } });
  }
}

export function answerOf(outcome: Outcome): Answer {
  if (isRefusal(outcome)) return { __typename: 'Refusal', code: outcome.code, message: outcome.message };
  const { stream, revision, position, replayed } = outcome;
  return { __typename: 'Receipt', stream, revision: revision === null ? null : String(revision), position, replayed };
}

/** The caller when he has the role, else the refusal FORBIDDEN: for mutations, which answer with an Outcome. */
export function permitted({ caller }: RequestContext, ...roles: readonly Caller['role'][]): Caller | Refusal {
  if (roles.includes(caller.role)) return caller;
  return refuse('FORBIDDEN', `This is for a ${roles.join(' or a ')} only; send the bearer token of one.`);
}

/** The caller when he has the role, else FORBIDDEN as GraphQL says it: for questions and subscriptions. */
export function permit(context: RequestContext, ...roles: readonly Caller['role'][]): Caller {
  const caller = permitted(context, ...roles);
  if (!isRefusal(caller)) return caller;
  throw new GraphQLError(caller.message, { extensions: { code: caller.code } });
}
