/** A decider: what one stream of events allows. Pure: no clock, no randomness, no cryptography, no I/O. */
import type { Refusal } from './refusal.ts';

/** Something that happened, before it is stored: a type in the past tense and its data. */
export interface Fact<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
}

export interface Decider<State, Command, Event extends Fact> {
  readonly initial: State;
  /** The events that follow from the command, `[]` when it had already happened, or a refusal. */
  readonly decide: (command: Command, state: State) => readonly Event[] | Refusal;
  /** The next state. Total: every event type has its case. */
  readonly evolve: (state: State, event: Event) => State;
}

/** The state after a history. */
export function fold<State, Command, Event extends Fact>(
  decider: Decider<State, Command, Event>,
  history: readonly Event[],
): State {
  return history.reduce(decider.evolve, decider.initial);
}
