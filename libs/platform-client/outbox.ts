/**
 * What a device has signed and the record does not hold yet: durable before anything follows from it, and sent in the
 * order in which it happened. So a unit whose network drops finishes its work and reports when it can.
 */
import { utf8 } from '#libs/kernel/bytes.ts';
import type { Refusal } from '#libs/kernel/refusal.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';
import type { ReportLine, ReportedFact, SignedReport } from './report-line.ts';

export interface OutboxParts {
  /** Path of the file that holds what waits; of this device alone. */
  readonly file: string;
  readonly line: Pick<ReportLine, 'sign' | 'deliver'>;
  /** Told of a report that waited and was refused in the end; nobody else would hear of it. */
  readonly refused: (refusal: Refusal) => void;
}

/** While work cannot be held up any more, a silent platform is waited for no longer than this. */
const BRIEF_MS = 2000;

export class Outbox {
  readonly #parts: OutboxParts;
  #waiting: readonly SignedReport[];
  #isSilent = false;
  #turn: Promise<unknown> = Promise.resolve();

  /** Takes up what an earlier process left. What was delivered last may be among it; it is recorded once all the same. */
  constructor(parts: OutboxParts) {
    this.#parts = parts;
    const kept = readWhole(parts.file);
    this.#waiting = kept === null ? [] : (JSON.parse(Buffer.from(kept).toString('utf8')) as SignedReport[]); // our own file
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Null once the record holds it; PLATFORM_SILENT while it waits here; its own refusal when it was refused. */
  send(stream: string, fact: ReportedFact): Promise<Refusal | null> {
    return this.#inTurn(() => {
      this.#keep(stream, fact);
      return this.#drain();
    });
  }

  /** As `send` for what is done already and goes on in any case: a silent platform gets it later. */
  async sendOrKeep(stream: string, fact: ReportedFact): Promise<Refusal | null> {
    const outcome = await this.#inTurn(() => {
      this.#keep(stream, fact);
      return this.#isSilent ? Promise.resolve(null) : this.#drain(BRIEF_MS);
    });
    return outcome?.code === 'PLATFORM_SILENT' ? null : outcome;
  }

  /** Sends what waits; true when nothing does any more. */
  async flush(): Promise<boolean> {
    const refusal = await this.#inTurn(() => this.#drain(0));
    if (refusal !== null && refusal.code !== 'PLATFORM_SILENT') this.#parts.refused(refusal);
    return this.isEmpty;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  #keep(stream: string, fact: ReportedFact): void {
    const next = [...this.#waiting, this.#parts.line.sign(stream, fact)];
    replaceWhole(this.#parts.file, utf8(JSON.stringify(next)));
    this.#waiting = next;
  }

  /** Oldest first. What was taken leaves the file with the next write: sent twice is recorded once. */
  async #drain(patienceMs?: number): Promise<Refusal | null> {
    for (let [first] = this.#waiting; first !== undefined; [first] = this.#waiting) {
      const refusal = await this.#parts.line.deliver(first, patienceMs);
      this.#isSilent = refusal?.code === 'PLATFORM_SILENT';
      if (this.#isSilent) return refusal;
      this.#waiting = this.#waiting.slice(1);
      if (this.isEmpty) return refusal;
      if (refusal !== null) this.#parts.refused(refusal);
    }
    return null;
  }
}
