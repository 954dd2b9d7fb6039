/** A reaction: what must happen in another stream after an event. One table; each row is one command to one stream. */
import type { Decider, Fact } from '#libs/kernel/decider.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { derivedId } from '#libs/kernel/ids.ts';

/** One command to one room, ready to be handled; its id derives from the event that caused it. */
export interface Consequence {
  readonly stream: string;
  readonly commandId: string;
  readonly actor: string;
  readonly operation: string;
  readonly occurredAt: string;
  /** Runs decider and command against whatever appends; hides their types from the table. */
  readonly give: <Answer>(to: Taker<Answer>) => Answer;
}

export type Taker<Answer> = <State, Command, Event extends Fact>(
  decider: Decider<State, Command, Event>,
  command: Command,
) => Answer;

export interface Cause {
  readonly event: StoredEvent;
  /** Name of the reaction: part of the id, so that two reactions to one event differ. */
  readonly reaction: string;
}

export function consequence<State, Command, Event extends Fact>(
  cause: Cause,
  it: { readonly stream: string; readonly decider: Decider<State, Command, Event>; readonly command: Command },
): Consequence {
  return {
    stream: it.stream,
    commandId: derivedId('reaction', cause.reaction, cause.event.stream, cause.event.id, it.stream),
    actor: `reaction:${cause.reaction}`,
    operation: cause.reaction,
    occurredAt: cause.event.occurredAt,
    give: (to) => to(it.decider, it.command),
  };
}
