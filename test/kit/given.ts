/** Law tests: `given(decider, ...history).when(command)` and then `.then(...events)`, `.refused('CODE')` or `.nothing()`. */
import { expect } from '@jest/globals';
import { type Decider, type Fact, fold } from '#libs/kernel/decider.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';

interface Outcome<Event> {
  /** Exactly these events follow, in this order. */
  readonly then: (...events: readonly Event[]) => void;
  readonly refused: (code: string) => void;
  /** It had already happened. */
  readonly nothing: () => void;
}

interface Given<Command, Event> {
  readonly when: (command: Command) => Outcome<Event>;
}

export function given<State, Command, Event extends Fact>(
  decider: Decider<State, Command, Event>,
  ...history: readonly NoInfer<Event>[]
): Given<Command, Event> {
  return {
    when: (command) => {
      const decision = decider.decide(command, fold(decider, history));
      return {
        then: (...events) => {
          expect(decision).toEqual(events);
        },
        refused: (code) => {
          expect(isRefusal(decision) ? decision.code : decision).toBe(code);
        },
        nothing: () => {
          expect(decision).toEqual([]);
        },
      };
    },
  };
}
