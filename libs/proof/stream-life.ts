/**
 * One stream lived again: each event is turned back into the command that must have caused it, and its room's decider
 * must give that very event in the state before it. So no event stands in the log that its room would not have allowed.
 */
import { judged } from '#libs/domain/report.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { Decider, Fact } from '#libs/kernel/decider.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { Known } from './known.ts';

/** A stream on its way through its room. */
export interface StreamLife {
  /** Null while the room allows it. */
  readonly step: (event: StoredEvent, known: Known) => Refusal | null;
  /** Whether an event must still follow, which belongs to the one before it. */
  readonly owes: () => boolean;
}

/** The command behind an event; null for what only ever follows from another event of its stream. */
export type Retrace<State, Command, Event> = (
  event: Event,
  at: { readonly state: State; readonly known: Known },
) => Command | null;

/** Recorded behind the event that brings them, never by themselves. */
const FOLLOWING = ['ReportAccepted', 'ReportContested'];

const NOT_DECIDED = refuse('EVENT_NOT_DECIDED', 'The room would not have recorded this event after those before it.');
const NOT_OWED = refuse('EVENT_NOT_OWED', 'The event belongs behind another one of its stream, which is not there.');
const LEFT_OUT = refuse('EVENT_LEFT_OUT', 'Behind the event before it another one must stand first, and does not.');
const TWICE = refuse('REPORTED_TWICE', 'The same was reported and accepted before.');

export function lifeOf<State, Command, Event extends Fact>(
  decider: Decider<State, Command, Event>,
  commandOf: Retrace<State, Command, Event>,
): () => StreamLife {
  return () => {
    let state = decider.initial;
    let owed: readonly Fact[] = [];
    const step: StreamLife['step'] = ({ type, data }, known) => {
      const fact = { type, data } as Event; // its shape was judged before
      const next = FOLLOWING.includes(type)
        ? follow(owed, fact)
        : lead({ decider, state, owed, fact }, commandOf(fact, { state, known }));
      if (isRefusal(next)) return next;
      owed = next;
      state = decider.evolve(state, fact);
      return null;
    };
    return { step, owes: () => owed.length > 0 };
  };
}

interface Leading<State, Command, Event extends Fact> {
  readonly decider: Decider<State, Command, Event>;
  readonly state: State;
  readonly owed: readonly Fact[];
  readonly fact: Event;
}

/** What must follow an event that stands for itself; none for one whose command cannot be told from it. */
function lead<State, Command, Event extends Fact>(
  { decider, state, owed, fact }: Leading<State, Command, Event>,
  command: Command | null,
): readonly Fact[] | Refusal {
  if (owed.length > 0) return LEFT_OUT;
  if (command === null) return [];
  const decided = decider.decide(command, state);
  if (isRefusal(decided)) return decided;
  const [first, ...rest] = decided;
  if (first === undefined && isReport(command)) return [judged(fact, TWICE)[1]];
  if (first === undefined || !same(first, fact)) return NOT_DECIDED;
  return rest.filter((one) => FOLLOWING.includes(one.type));
}

/** A contest is always allowed: it moves nothing, and what a witness found is not said again here. */
function follow(owed: readonly Fact[], fact: Fact): readonly Fact[] | Refusal {
  const [next, ...rest] = owed;
  if (next === undefined) return NOT_OWED;
  if (same(next, fact)) return rest;
  const judgements = ['ReportAccepted', 'ReportContested'];
  if (!judgements.includes(next.type) || !judgements.includes(fact.type)) return LEFT_OUT;
  return fact.type === 'ReportContested' ? [] : contestOf(next);
}

/** Why a fact that was accepted should have been contested. */
function contestOf({ data }: Fact): Refusal {
  const { code, message } = data as { readonly code: string; readonly message: string }; // of a ReportContested, made just above
  return refuse(code, `The report was accepted and should have been contested: ${message}`);
}

function isReport(command: unknown): boolean {
  return typeof command === 'object' && command !== null && 'do' in command && command.do === 'Report';
}

function same(a: Fact, b: Fact): boolean {
  return canonicalJson({ type: a.type, data: a.data }) === canonicalJson({ type: b.type, data: b.data });
}
