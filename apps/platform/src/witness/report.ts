/**
 * Witness of reports: who may report which fact, into which stream, and whether it holds.
 * A fact that does not hold is contested, never refused: it happened, or somebody says so under his own signature.
 */
import { ascii } from '#libs/kernel/bytes.ts';
import { type Json, parseCanonical } from '#libs/kernel/canonical-json.ts';
import { type Proof, verifyDetached } from '#libs/kernel/detached-jws.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { closed, hash, oneOf, text } from '#libs/kernel/template.ts';
import { REPORT_DOMAIN } from '#libs/kernel/report.ts';
import type { Facts } from '../board-facts.ts';
import { credentialOf } from '../caller.ts';
import { REPORTABLE, type Reportable } from './reportable.ts';

const anything = (value: Json | undefined, path: string): Json | Refusal =>
  value === undefined ? refuse('BAD_SHAPE', `${path} is missing.`) : value;

const statement = closed({
  by: text(80, /^(?:unit|station|headquarters):[A-Za-z0-9.:/-]+$/),
  domain: oneOf(REPORT_DOMAIN),
  fact: closed({ data: anything, type: oneOf(...Object.keys(REPORTABLE)) }),
  genesis: hash,
  occurredAt: text(24, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  stream: text(200, /^[a-z-]+-[A-Za-z0-9_.:/-]+$/),
});

export interface WitnessedReport {
  readonly by: string;
  readonly stream: string;
  readonly occurredAt: string;
  readonly row: Reportable;
  readonly type: string;
  readonly data: object;
}

/** The report, when it is one: of this deployment, signed by the credential it names, about something of the reporter's own. */
export function witnessReport(facts: Facts, shown: { statement: string; proof: Proof }): WitnessedReport | Refusal {
  const bytes = ascii(shown.statement);
  const value = parseCanonical(bytes, { octetsMax: 16384, depthMax: 4 });
  const read = isRefusal(value) ? value : statement(value, 'report');
  if (isRefusal(read)) return read;
  if (read.genesis !== facts.genesis)
    return refuse('REPORT_OTHER_DEPLOYMENT', 'The report is about another deployment.');
  const credential = credentialOf(facts, read.by);
  if (credential === null || !verifyDetached('keyledger-report+jws', bytes, { proof: shown.proof, key: credential }))
    return refuse('REPORT_SIGNATURE', 'The report is not signed by a credential on record.');
  const row = REPORTABLE[read.fact.type];
  if (row === undefined) return refuse('REPORT_UNKNOWN_FACT', 'Nobody reports this kind of fact.');
  const data = row.template(read.fact.data, read.fact.type);
  if (isRefusal(data)) return data;
  const { by, stream, occurredAt } = read;
  if (!row.mayReport({ facts, by, stream })) return refuse('REPORT_NOT_OWN', 'A device reports only what is its own.');
  return { by, stream, occurredAt, row, type: read.fact.type, data };
}
