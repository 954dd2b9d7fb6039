/**
 * Submit: the one command class of the house. It carries its decider; one handler appends for all rooms.
 * A witness that refused before the decider was asked travels the same way, so that its refusal is recorded.
 */
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Fence } from '#libs/event-store/event-store.ts';
import { type HandlePort, type Outcome, handle } from '#libs/event-store/handle.ts';
import type { Decider, Fact } from '#libs/kernel/decider.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';

/** Injection token of the port that `handle` appends through. */
export const RECORD = Symbol('record');

export interface Operation<State, Command, Event extends Fact> {
  /** Name of the mutation, for the record of a refusal. */
  readonly operation: string;
  readonly decider: Decider<State, Command, Event>;
  readonly stream: string;
  /** What the witness found: a command with its findings, or why not. */
  readonly found: Command | Refusal;
  /** UUID of the caller; a repeat gets the first answer again. */
  readonly commandId: string;
  /** Who acts: `person:anna`, `unit:U-7`, `reaction:…`. */
  readonly actor: string;
  /** RFC 3339, where a device saw it; else now. */
  readonly occurredAt?: string;
  /** Whether a refusal is recorded; yes unless told. */
  readonly guarded?: boolean;
  readonly metadata?: Readonly<Record<string, string>>;
  /** What it was judged by still holds as long as nobody took this lease. */
  readonly fence?: Fence;
}

export class Submit {
  readonly run: (port: HandlePort) => Promise<Outcome>;

  constructor(run: (port: HandlePort) => Promise<Outcome>) {
    this.run = run;
  }

  static of<State, Command, Event extends Fact>(it: Operation<State, Command, Event>): Submit {
    const { found } = it;
    const decider: Decider<State, Command | Refusal, Event> = {
      ...it.decider,
      decide: (command, state) => (isRefusal(command) ? command : it.decider.decide(command, state)),
    };
    const occurred = it.occurredAt === undefined ? {} : { occurredAt: it.occurredAt };
    const metadata = it.metadata === undefined ? {} : { metadata: it.metadata };
    return new Submit((port) =>
      handle(it.fence === undefined ? port : { ...port, fence: it.fence }, {
        decider,
        stream: it.stream,
        command: found,
        commandId: it.commandId,
        actor: it.actor,
        operation: it.operation,
        guarded: it.guarded ?? true,
        ...occurred,
        ...metadata,
      }),
    );
  }
}

@CommandHandler(Submit)
export class SubmitHandler implements ICommandHandler<Submit, Outcome> {
  readonly #port: HandlePort;

  constructor(@Inject(RECORD) port: HandlePort) {
    this.#port = port;
  }

  execute(command: Submit): Promise<Outcome> {
    return command.run(this.#port);
  }
}
