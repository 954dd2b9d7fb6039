/** A device's line to the record: signs each fact, sends it until it is answered, and says what became of it. */
import type { KeyObject } from 'node:crypto';
import type { Clock } from '#libs/kernel/clock.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { type PlatformClient, PlatformUnreachable, type Receipt } from './platform-client.ts';
import { signReport } from '#libs/kernel/report.ts';

export interface ReportLineParts {
  readonly client: PlatformClient;
  /** `unit:U-7` or `station:ST-1`. */
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

export class ReportLine {
  readonly #parts: ReportLineParts;

  constructor(parts: ReportLineParts) {
    this.#parts = parts;
  }

  /** Null once the fact is in the log. The same signed bytes are sent again after a silence, so it is recorded once. */
  async send(stream: string, fact: ReportedFact): Promise<Refusal | null> {
    const { by, genesis, credential, clock, patienceMs = PATIENCE_MS } = this.#parts;
    const signed = signReport({ by, genesis, stream, occurredAt: clock.rfc3339(), fact }, credential);
    for (let waitedMs = 0; ; waitedMs += PAUSE_MS) {
      const outcome = await this.#once(signed);
      if (outcome !== null) return isRefusal(outcome) ? outcome : null;
      if (waitedMs >= patienceMs)
        return refuse('PLATFORM_SILENT', 'The platform did not take the report; it is sent again later.');
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  async #once(signed: ReturnType<typeof signReport>): Promise<Receipt | Refusal | null> {
    const { statement, proof } = signed;
    try {
      return await this.#parts.client.submit(
        'report',
        { statement: 'String!', proof: 'ProofInput!' },
        { statement, proof },
      );
    } catch (error) {
      if (error instanceof PlatformUnreachable) return null;
      throw error;
    }
  }
}
