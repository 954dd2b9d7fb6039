/** Reports: each was signed by the credential of the device that is said to have made it, so that nobody else could. */
import type { StoredEvent } from '#libs/kernel/event.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import { reportHolds } from '#libs/kernel/report.ts';
import type { Known } from './known.ts';

/** Not a device's report but our own conclusion from one; the module's signature stands in it. */
const CONCLUDED = 'ModuleEnteredOperation';

export function judgeReport(known: Known, fact: StoredEvent): Refusal | null {
  const { actor = '', proof = '' } = fact.metadata;
  if (fact.type === CONCLUDED && actor.startsWith('reaction:')) return null;
  const credential = known.credentials.get(actor);
  if (credential === undefined)
    return refuse('REPORT_BY_STRANGER', 'No enrolled device of this name could have reported it.');
  const { stream, occurredAt, type, data } = fact;
  const statement = { by: actor, genesis: known.genesis?.hash ?? '', stream, occurredAt, fact: { type, data } };
  return reportHolds(statement, proof, credential)
    ? null
    : refuse('REPORT_SIGNATURE', 'The device did not sign this report.');
}
