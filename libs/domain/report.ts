/**
 * Reports: what a device says happened is a fact. It is always recorded, once, and then judged:
 * an accepted fact moves its room, a contested one is kept, counted, and moves nothing (security.md §7).
 */
import type { Decider, Fact } from '#libs/kernel/decider.ts';
import type { Refusal } from '#libs/kernel/refusal.ts';

export type ReportAccepted = Fact<'ReportAccepted', { readonly fact: string }>;
export type ReportContested = Fact<
  'ReportContested',
  { readonly fact: string; readonly code: string; readonly message: string }
>;
export type Judgement = ReportAccepted | ReportContested;

/** `contest` is the witness's finding about the device's signature; the room adds its own rules of sequence. */
export interface Report<Reported extends Fact> {
  readonly do: 'Report';
  readonly fact: Reported;
  readonly contest: Refusal | null;
}

/** The fact and the judgement on it: two events, appended together. */
export function judged<Reported extends Fact>(fact: Reported, contest: Refusal | null): readonly [Reported, Judgement] {
  const accepted: ReportAccepted = { type: 'ReportAccepted', data: { fact: fact.type } };
  if (contest === null) return [fact, accepted];
  const { code, message } = contest;
  return [fact, { type: 'ReportContested', data: { fact: fact.type, code, message } }];
}

/** State of a room that takes reports: its own, the fact whose judgement comes next, and how many were contested. */
export interface Reported<State, Event> {
  readonly room: State;
  readonly unjudged: Event | null;
  readonly contested: number;
}

/** A decider whose named facts move its state only by the `ReportAccepted` that follows them. */
export function reporting<State, Command, Event extends Fact>(
  reported: readonly Event['type'][],
  room: Room<State, Command, Event>,
): Decider<Reported<State, Event>, Command, Event | Judgement> {
  return {
    initial: { room: room.initial, unjudged: null, contested: 0 },
    decide: (command, state) => room.decide(command, state.room),
    evolve: (state, event) => {
      if (!isJudgement(event))
        return reported.includes(event.type)
          ? { ...state, unjudged: event }
          : { ...state, room: room.evolve(state.room, event) };
      if (event.type === 'ReportContested') return { ...state, unjudged: null, contested: state.contested + 1 };
      if (state.unjudged === null) throw new Error('a judgement stands without the fact that it judges');
      return { ...state, unjudged: null, room: room.evolve(state.room, state.unjudged) };
    },
  };
}

/** A decider in the eyes of its author: it decides judgements too, but need not evolve them. */
export interface Room<State, Command, Event extends Fact> {
  readonly initial: State;
  readonly decide: (command: Command, state: State) => readonly (Event | Judgement)[] | Refusal;
  readonly evolve: (state: State, event: Event) => State;
}

function isJudgement(event: Fact): event is Judgement {
  return event.type === 'ReportAccepted' || event.type === 'ReportContested';
}
