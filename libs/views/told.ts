/** What a view is told: an event of the log with its number, and what it moves. A device's report moves only once it is accepted. */
import type { StoredEvent } from '#libs/kernel/event.ts';

export interface Told {
  readonly event: StoredEvent;
  /** 0-based number of the event in the log. */
  readonly place: number;
  /** What now counts: the event itself, or the report that it accepts; null for a report that waits or was contested. */
  readonly moved: StoredEvent | null;
  /** The report that this event judges. */
  readonly judged: StoredEvent | null;
}

/** Facts of devices: recorded first, judged by the event right behind them in their stream. */
const REPORTED: ReadonlySet<string> = new Set([
  'LineAttached',
  'LineDetached',
  'CardLogRead',
  'FieldLeaseGiven',
  'ModuleEnteredOperation',
  'PersonalizationStarted',
  'ModuleIdentified',
  'ModuleKeyReceived',
  'CertificateIssued',
  'CertificateInstalled',
  'PersonalizationCompleted',
  'PersonalizationFailed',
  'TrustListEnforced',
  'SessionEstablished',
  'SessionRefused',
  'TransactionAuthorized',
  'TransactionRefused',
  'SessionClosed',
]);

export function isReported(type: string): boolean {
  return REPORTED.has(type);
}

export function isJudgement(type: string): boolean {
  return type === 'ReportAccepted' || type === 'ReportContested';
}

/** Reads the event in front of a judgement in its stream, where it was not in hand any more. */
export type FactOf = (judgement: StoredEvent) => Promise<StoredEvent | null>;

/** Numbers events and pairs judgements with their reports; keeps one event, so that it may be cut anywhere. */
export class Teller {
  readonly #factOf: FactOf;
  #places: number;
  #previous: StoredEvent | null = null;

  /** `places`: how many events of the log were told before. */
  constructor(factOf: FactOf, places: number) {
    this.#factOf = factOf;
    this.#places = places;
  }

  /** At once, but for a judgement whose report is not in hand any more. */
  tell(event: StoredEvent): Told | Promise<Told> {
    const before = this.#previous;
    const place = this.#places;
    this.#previous = event;
    this.#places += 1;
    if (!isJudgement(event.type)) return { event, place, judged: null, moved: isReported(event.type) ? null : event };
    if (before?.stream === event.stream && before.revision === event.revision - 1n)
      return judgedTold(event, place, before);
    return this.#factOf(event).then((judged) => judgedTold(event, place, judged));
  }
}

function judgedTold(event: StoredEvent, place: number, judged: StoredEvent | null): Told {
  return { event, place, judged, moved: event.type === 'ReportAccepted' ? judged : null };
}
