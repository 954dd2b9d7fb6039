/** The reactor: runs the table of reactions behind one durable follower. A report counts when it has been judged. */
import type { EventStore } from '#libs/event-store/event-store.ts';
import { type HandlePort, type Outcome, handle } from '#libs/event-store/handle.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { type Place, follow } from '#libs/reactions/follower.ts';
import type { Consequence } from '#libs/reactions/reaction.ts';
import type { Reaction, Surroundings } from '#libs/reactions/reaction.ts';

export interface ReactorParts {
  readonly port: HandlePort;
  readonly reactions: readonly Reaction[];
  readonly around: Surroundings;
  readonly place: Place;
  /** Answers when whatever `around` reads from has seen the position. */
  readonly caughtUp: (position: string) => Promise<unknown>;
  readonly signal: AbortSignal;
}

/** Runs until the signal. Rejects when the store fails; started again, it goes on where it stopped. */
export async function react(parts: ReactorParts): Promise<void> {
  const { port, place, signal } = parts;
  await follow({ store: port.store, place, typePrefixes: [''], signal, handle: (event) => reactTo(parts, event) });
}

async function reactTo(parts: ReactorParts, event: StoredEvent): Promise<void> {
  const cause = await causeOf(parts.port.store, event);
  if (cause === null) return;
  const due = parts.reactions.filter((one) => one.on.includes(cause.event.type) && isDue(one, cause.judged));
  if (due.length === 0) return;
  await parts.caughtUp(event.position);
  for (const reaction of due)
    for (const one of reaction.then(cause.event, parts.around)) await carryOut(parts.port, one);
}

interface Cause {
  readonly event: StoredEvent;
  readonly judged: 'accepted' | 'contested' | null;
}

/** A judgement stands right behind the fact that it judges. */
async function causeOf(store: EventStore, event: StoredEvent): Promise<Cause | null> {
  if (event.type !== 'ReportAccepted' && event.type !== 'ReportContested') return { event, judged: null };
  const from = event.revision - 1n;
  for await (const fact of store.readStream(event.stream, { from, limit: 1 }))
    return { event: fact, judged: event.type === 'ReportAccepted' ? 'accepted' : 'contested' };
  return null;
}

function isDue(reaction: Reaction, judged: Cause['judged']): boolean {
  if (reaction.reported === undefined) return judged === null;
  return judged === 'accepted' || (judged === 'contested' && reaction.reported === 'always');
}

/** One command to one stream. A refusal is recorded: a reaction that could not be carried out must be seen. */
export function carryOut(port: HandlePort, it: Consequence): Promise<Outcome> {
  const { stream, commandId, actor, operation, occurredAt } = it;
  return it.give((decider, command) =>
    handle(port, { decider, stream, command, commandId, actor, operation, occurredAt, guarded: true }),
  );
}
