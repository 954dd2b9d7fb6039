/** A report: what a device saw, as canonical JSON signed by the credential that its order enrolled. */
import type { KeyObject } from 'node:crypto';
import { utf8 } from './bytes.ts';
import { canonicalJson } from './canonical-json.ts';
import { type Proof, signDetached, verifyDetached } from './detached-jws.ts';
import type { PublicJwk } from './hash.ts';

export const REPORT_DOMAIN = 'keyledger/report/v1';

export interface ReportStatement {
  /** Who reports: `unit:U-7`, `station:ST-1` or `headquarters:HQ`. */
  readonly by: string;
  readonly genesis: string;
  /** The stream that remembers it. */
  readonly stream: string;
  /** RFC 3339, by the device's clock. */
  readonly occurredAt: string;
  readonly fact: { readonly type: string; readonly data: unknown };
}

/** The bytes that are signed. Plain documents have no null: a member that is null is spelled `none`. */
export function reportText({ fact, ...rest }: ReportStatement): string {
  const members = Object.entries(fact.data as object).map(([name, value]: [string, unknown]) => [
    name,
    value ?? 'none',
  ]);
  const data: unknown = Object.fromEntries(members);
  return canonicalJson({ domain: REPORT_DOMAIN, ...rest, fact: { type: fact.type, data } });
}

export function signReport(it: ReportStatement, key: KeyObject): { statement: string; proof: Proof } {
  const statement = reportText(it);
  return { statement, proof: signDetached('keyledger-report+jws', utf8(statement), key) };
}

/** How the record keeps a report's proof: in the metadata of its events, as `header.signature`. */
export function proofText({ protected: header, signature }: Proof): string {
  return `${header}.${signature}`;
}

/** Reads what `proofText` wrote; null where it is no such text. */
export function proofOfText(kept: string): Proof | null {
  const [header = '', signature = '', more] = kept.split('.');
  return more === undefined && signature !== '' ? { protected: header, signature } : null;
}

/** Whether a device's credential signed exactly this report. */
export function reportHolds(it: ReportStatement, kept: string, key: PublicJwk): boolean {
  const proof = proofOfText(kept);
  return proof !== null && verifyDetached('keyledger-report+jws', utf8(reportText(it)), { proof, key });
}
