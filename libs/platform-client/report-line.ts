/** A device's line to the record: signs each fact, sends it until it is answered, and says what became of it. */
import type { KeyObject } from 'node:crypto';
import type { Clock } from '#libs/kernel/clock.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { type PlatformClient, PlatformUnreachable, type Receipt } from './platform-client.ts';
import { signReport } from '#libs/kernel/report.ts';

export interface ReportLineParts {
  readonly client: PlatformClient;
  /** `unit:U-7`, `station:ST-1` or `headquarters:HQ`. */
  readonly by: string;
  readonly genesis: string;
  readonly credential: KeyObject;
  readonly clock: Clock;
  /** How long a fact is sent again while the platform is silent. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 15_000;
const PAUSE_MS = 200;

export interface ReportedFact {
  readonly type: string;
  readonly data: unknown;
}

/** A fact with its time and its reporter's signature: the same bytes however often they are sent. */
export interface SignedReport {
  readonly statement: string;
  readonly proof: Proof;
}

export class ReportLine {
  readonly #parts: ReportLineParts;

  constructor(parts: ReportLineParts) {
    this.#parts = parts;
  }

  /** Null once the fact is in the log. The same signed bytes are sent again after a silence, so it is recorded once. */
  send(stream: string, fact: ReportedFact): Promise<Refusal | null> {
    return this.deliver(this.sign(stream, fact));
  }

  /** The fact as of now, by the device's clock. */
  sign(stream: string, fact: ReportedFact): SignedReport {
    const { by, genesis, credential, clock } = this.#parts;
    return signReport({ by, genesis, stream, occurredAt: clock.rfc3339(), fact }, credential);
  }

  /** Null once the fact is in the log; PLATFORM_SILENT when nobody answered for as long as the patience lasts. */
  async deliver(signed: SignedReport, patienceMs = this.#parts.patienceMs ?? PATIENCE_MS): Promise<Refusal | null> {
    for (let waitedMs = 0; ; waitedMs += PAUSE_MS) {
      const outcome = await this.#once(signed);
      if (outcome !== null) return isRefusal(outcome) ? outcome : null;
      if (waitedMs >= patienceMs) return PLATFORM_SILENT;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  /** Null where it must be sent again: nobody answered, or it is not the time. */
  async #once({ statement, proof }: SignedReport): Promise<Receipt | Refusal | null> {
    try {
      const outcome = await this.#parts.client.submit(
        'report',
        { statement: 'String!', proof: 'ProofInput!' },
        { statement, proof },
      );
      return isRefusal(outcome) && LATER.has(outcome.code) ? null : outcome;
    } catch (error) {
      if (error instanceof PlatformUnreachable) return null;
      throw error;
    }
  }
}

/** What is no judgement on the report: others write there, or the platform takes nothing while its log is in question. */
const LATER = new Set(['STREAM_BUSY', 'LOG_BEHIND', 'LOG_FORKED']);

const PLATFORM_SILENT = refuse('PLATFORM_SILENT', 'The platform did not take the report; it is sent again later.');
