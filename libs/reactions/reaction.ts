/** A reaction: what must happen in another stream after an event. One table; each row is one command to one stream. */
import type { Divergence } from '#libs/domain/chip-card/card-log.ts';
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

export interface ReconciledLog {
  readonly found: readonly Divergence[];
  readonly healed: readonly Divergence[];
}

/** What reactions may ask of the present; answered by whoever runs them. */
export interface Surroundings {
  /** Stations whose list names a signing key. */
  readonly stationsTrusting: (cardKey: string) => readonly string[];
  /** The next version of a station's list as of now; null when it needs none. */
  readonly nextList: (
    station: string,
  ) => { readonly version: number; readonly hash: string; readonly entries: number } | null;
  /** Stations at which an order trusts a signing key again. */
  readonly stationsOrdered: (order: string) => readonly string[];
  readonly stationOf: (order: string) => string;
  /** Certificate and station with which a module operated in an epoch; null where it never did. */
  readonly operatedWith: (
    serial: string,
    epoch: number,
  ) => { readonly fingerprint: string; readonly station: string | null } | null;
  /** Head of the card's log after this entry, base64url. */
  readonly headOf: (entry: string) => string;
  /** Whatever a card's own log and the record ever disagreed about, and which of it a late upload explained. */
  readonly divergencesOf: (card: string) => ReconciledLog;
  /** Epoch of the key that a personalization is about. */
  readonly epochOf: (personalization: string) => number | null;
}

export interface Reaction {
  readonly name: string;
  readonly on: readonly string[];
  /** A device's report: follows its judgement; `accepted` only, or `always`, contested or not. */
  readonly reported?: 'accepted' | 'always';
  readonly then: (event: StoredEvent, around: Surroundings) => readonly Consequence[];
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
