/** A report: what a device saw, as canonical JSON signed by the credential that its order enrolled. */
import type { KeyObject } from 'node:crypto';
import { utf8 } from '#libs/kernel/bytes.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import { type Proof, signDetached } from '#libs/kernel/detached-jws.ts';

export const REPORT_DOMAIN = 'keyledger/report/v1';

export interface ReportStatement {
  /** Who reports: `unit:U-7` or `station:ST-1`. */
  readonly by: string;
  readonly genesis: string;
  /** The stream that remembers it. */
  readonly stream: string;
  /** RFC 3339, by the device's clock. */
  readonly occurredAt: string;
  readonly fact: { readonly type: string; readonly data: unknown };
}

export function signReport(it: ReportStatement, key: KeyObject): { statement: string; proof: Proof } {
  const statement = canonicalJson({ domain: REPORT_DOMAIN, ...it });
  return { statement, proof: signDetached('keyledger-report+jws', utf8(statement), key) };
}
