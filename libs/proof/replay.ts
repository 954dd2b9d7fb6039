/**
 * The walk of an auditor over a whole log: every event re-judged from signatures and from what stands before it, by nothing
 * but the log itself. Stops at the first event that does not hold. That the log is whole and unaltered, the seal shows.
 */
import { roomOfStream } from '#libs/domain/rooms.ts';
import type { Position, StoredEvent } from '#libs/kernel/event.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import { gapIn } from './card-log.ts';
import { account } from './card-logs.ts';
import { judgeShape } from './event-shapes.ts';
import { type Finding, findingAt } from './finding.ts';
import { type Known, nothingKnown } from './known.ts';
import { LIVES } from './retrace.ts';
import { overlay } from './overlay.ts';
import { judgeReport } from './reports.ts';
import { judgeSecrets } from './secrets.ts';
import type { StreamLife } from './stream-life.ts';
import { ACCEPTED, CONTESTED, SUBJECTS, subjectOf } from './subjects.ts';

export interface Summary {
  readonly events: number;
  /** Genesis hash; empty for a log without events. */
  readonly genesis: string;
  readonly demo: boolean;
  readonly orders: number;
  readonly approvals: number;
  /** Accepted certificates, each rebuilt bit for bit. */
  readonly certificates: number;
  readonly transactions: number;
}

const NO_GENESIS = refuse(
  'GENESIS_MISSING',
  'A log begins with the founding of its deployment; this one begins with something else.',
);
const NO_ROOM = refuse('STREAM_UNKNOWN', 'No room has streams of this name.');
const UNJUDGED = refuse('EVENT_LEFT_OUT', 'Behind this event another one must stand in its stream, and does not.');

const DOES_NOT_HOLD = refuse(
  'RECORD_DOES_NOT_HOLD',
  'The record itself does not hold; verify it before anything else.',
);

/** Stands for an event that is not in the log; no check looks at these members. */
const HYPOTHETICAL = {
  id: '',
  schemaVersion: 1,
  occurredAt: '',
  recordedAt: '',
  salt: '',
  metadata: {},
  revision: 0n,
  position: '' as Position,
} as const;

const JUDGEMENTS = { ReportAccepted: ACCEPTED, ReportContested: CONTESTED } as const;

export class Replay {
  readonly #known = nothingKnown();
  readonly #streams = new Map<string, { readonly life: StreamLife; readonly last: StoredEvent }>();
  #events = 0;
  #transactions = 0;
  #finding: Finding | null = null;

  /** What holds up to here. */
  get known(): Known {
    return this.#known;
  }

  /** The first event that does not hold; null while all do. */
  get finding(): Finding | null {
    return this.#finding;
  }

  /** The next event in log order. After a finding the walk stands still. */
  step(event: StoredEvent): Finding | null {
    if (this.#finding !== null) return this.#finding;
    this.#known.index = this.#events;
    this.#events += 1;
    const room = event.stream.startsWith('refusal-') ? 'refusal' : roomOfStream(event.stream);
    if (room === null) return this.#found(event, NO_ROOM);
    const refusal = judgeShape({ ...event, room }) ?? judgeSecrets(event);
    if (refusal !== null) return this.#found(event, refusal);
    if (this.#known.genesis === null && event.type !== 'DeploymentFounded') return this.#found(event, NO_GENESIS);
    return room === 'refusal' ? null : this.#live(event, LIVES[room]);
  }

  /**
   * Whether a device's report would hold if it were accepted now: what an auditor would say of it later.
   * Remembers nothing. A record that does not hold lets nothing new hold.
   */
  wouldHold(fact: Pick<StoredEvent, 'stream' | 'type' | 'data'>): Refusal | null {
    if (this.#finding !== null) return DOES_NOT_HOLD;
    const subject = subjectOf(ACCEPTED, fact.type);
    const event = { ...HYPOTHETICAL, ...fact };
    return subject === null ? null : subject(overlay(this.#known), event);
  }

  /** What can be known at the end only; then what was found, or how much held. */
  end(): Finding | Summary {
    for (const { life, last } of this.#streams.values()) if (life.owes()) this.#found(last, UNJUDGED);
    for (const [name, card] of this.#known.cards) {
      const gap = gapIn(card, this.#known.cardLogs.get(name));
      if (gap !== null) this.#found(gap.event, gap.refusal);
    }
    return this.#finding ?? this.#summary();
  }

  /** Signatures first, then the room; a report is named where its judgement shows that it should not have been believed. */
  #live(event: StoredEvent, begin: () => StreamLife): Finding | null {
    const { life, last } = this.#streams.get(event.stream) ?? { life: begin(), last: event };
    this.#streams.set(event.stream, { life, last: event });
    const rows = event.type === 'ReportAccepted' || event.type === 'ReportContested' ? JUDGEMENTS[event.type] : null;
    const about = rows !== null && life.owes() ? last : event;
    const subject = subjectOf(rows ?? SUBJECTS, about.type);
    const allowed = rows === null ? null : life.step(event, this.#known);
    const reported = rows === null || about === event ? null : judgeReport(this.#known, about);
    const refusal =
      allowed ?? reported ?? subject?.(this.#known, about) ?? (rows === null ? life.step(event, this.#known) : null);
    if (refusal !== null) return this.#found(about, refusal);
    account(this.#known, about, rows === null ? null : rows === ACCEPTED);
    if (rows === ACCEPTED && about.type === 'TransactionAuthorized') this.#transactions += 1;
    return null;
  }

  #found(event: StoredEvent, refusal: Refusal): Finding {
    this.#finding ??= findingAt(event, refusal);
    return this.#finding;
  }

  #summary(): Summary {
    const { genesis, orders, certificates } = this.#known;
    const all = [...orders.values()];
    return {
      events: this.#events,
      genesis: genesis?.hash ?? '',
      demo: genesis?.founding.demo ?? false,
      orders: all.length,
      approvals: all.reduce((sum, { approvals }) => sum + approvals.length, 0),
      certificates: [...certificates.values()].filter(({ accepted }) => accepted).length,
      transactions: this.#transactions,
    };
  }
}

/** The whole walk at once. */
export async function replay(events: AsyncIterable<StoredEvent> | Iterable<StoredEvent>): Promise<Finding | Summary> {
  const walk = new Replay();
  for await (const event of events) if (walk.step(event) !== null) break;
  return walk.end();
}

export function isFinding(result: Finding | Summary): result is Finding {
  return 'code' in result;
}
