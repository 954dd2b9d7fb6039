/** What a running station works with. */
import type { KeyObject } from 'node:crypto';
import type { Clock } from '#libs/kernel/clock.ts';
import type { OwnCertificate } from '#libs/personalization-protocol/tls.ts';
import type { ReportLine } from '#libs/platform-client/report-line.ts';
import type { StationConfig } from './config.ts';
import type { StationMemory } from './memory.ts';
import type { Trust } from './trust.ts';

export interface StationParts {
  readonly config: StationConfig;
  readonly clock: Clock;
  readonly memory: StationMemory;
  readonly trust: Trust;
  readonly reports: Pick<ReportLine, 'send'>;
  /** The station key, private and public, and its self-signed certificate for TLS. */
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly own: OwnCertificate;
  /** SHA-256 of the SPKI of the station key, and of the announced next one. */
  readonly stationKey: Uint8Array;
  readonly nextKey: Uint8Array;
  /** Side store's key for this month: account numbers stand in the record only as HMAC under it. */
  readonly accountKey: Uint8Array;
  /** Transactions answered since the start. */
  readonly answered: Set<string>;
  /** A line for whoever watches; never holds an account. */
  readonly say: (line: string) => void;
}
