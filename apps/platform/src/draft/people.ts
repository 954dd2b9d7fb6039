/** Drafts about who takes part: approver sets, operators, units, stations, manufacturers, witnesses of the log. */
import { parseManufacturerRoot } from '#libs/certificates/manufacturer-roots.ts';
import { parseApproverSet } from '#libs/kernel/approver-set.ts';
import { fromBase64url, utf8 } from '#libs/kernel/bytes.ts';
import { hashId } from '#libs/kernel/hash.ts';
import type { PasskeyPins } from '#libs/kernel/passkey.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { Facts } from '../board-facts.ts';
import { operatorIn, setInForce } from '../people-facts.ts';
import { refusedAdmission } from '../witness/log-witness.ts';
import { ANY_CLASS } from './cards.ts';
import type { Form, Particular } from './drafted.ts';

/** The document is the whole set; the order holds its hash. */
export function adoption(facts: Facts, { document }: Form & { readonly document: string }): Particular | Refusal {
  const bytes = utf8(document);
  const set = parseApproverSet(bytes);
  if (isRefusal(set)) return set;
  const { version, previous } = set;
  if (previous !== setInForce(facts).hash)
    return refuse('PREVIOUS_NOT_IN_FORCE', 'The set names another set before it than the one in force.');
  return { kind: 'adopt-approver-set', ...ANY_CLASS, version, set: hashId(bytes), previous };
}

export interface OfOperator extends Form {
  readonly operator: string;
  readonly roles?: readonly string[];
  readonly credential?: string;
  readonly passkey?: PasskeyPins | null;
  readonly reason?: string;
}

export type OperatorKind =
  | 'enrol-operator'
  | 'grant-roles'
  | 'withdraw-roles'
  | 'suspend-operator'
  | 'withdraw-operator'
  | 'withdraw-credential';

const OPERATOR_UNKNOWN = refuse(
  'OPERATOR_UNKNOWN',
  'No operator of this name was founded or enrolled; check the name.',
);

/** Whoever is not enrolled yet can be enrolled, and nothing else. */
export function aboutOperator(
  facts: Facts,
  { operator, roles, credential, passkey, reason }: OfOperator,
  kind: OperatorKind,
): Particular | Refusal {
  if (kind !== 'enrol-operator' && operatorIn(facts, operator).is === 'unknown') return OPERATOR_UNKNOWN;
  const said = Object.entries({ roles, credential, passkey, reason }).filter(([, value]) => value != null);
  return { kind, ...ANY_CLASS, operator, ...Object.fromEntries(said) };
}

/** The link is made by `keyledger operator link`, on the platform's machine: the record never says who it is there. */
export function operatorLink(
  facts: Facts,
  { operator, issuer, link }: Form & { readonly operator: string; readonly issuer: string; readonly link: string },
): Particular | Refusal {
  if (operatorIn(facts, operator).is === 'unknown') return OPERATOR_UNKNOWN;
  return { kind: 'link-operator', ...ANY_CLASS, operator, issuer, link };
}

export interface OfDevice extends Form {
  readonly credential: string;
}

export function unitEnrolment({ unit, credential }: OfDevice & { readonly unit: string }): Particular {
  return { kind: 'enrol-unit', ...ANY_CLASS, unit, credential };
}

export interface StationEnrolment extends OfDevice {
  readonly station: string;
  readonly stationKey: string;
  readonly stationNextKey: string;
}

export function stationEnrolment(it: StationEnrolment): Particular {
  const { station, credential, stationKey, stationNextKey } = it;
  return { kind: 'enrol-station', ...ANY_CLASS, station, credential, stationKey, stationNextKey };
}

export interface OfManufacturer extends Form {
  readonly manufacturer: string;
  readonly certificate: string;
}

export function manufacturer({ manufacturer, certificate }: OfManufacturer): Particular | Refusal {
  const root = parseManufacturerRoot(fromBase64url(certificate) ?? new Uint8Array());
  return isRefusal(root) ? root : { kind: 'register-manufacturer-key', ...ANY_CLASS, manufacturer, root: root.id };
}

export function manufacturerWithdrawal(
  facts: Facts,
  { root, reason }: Form & { readonly root: string; readonly reason: string },
): Particular | Refusal {
  return facts.manufacturers.has(root)
    ? { kind: 'withdraw-manufacturer-key', ...ANY_CLASS, root, reason }
    : refuse('MANUFACTURER_UNKNOWN', 'No manufacturer root of this hash was founded or registered.');
}

export function witness(
  facts: Facts,
  { witness, instead }: Form & { readonly witness: string; readonly instead?: string | null },
): Particular | Refusal {
  const refusal = refusedAdmission(facts, { witness, instead: instead ?? null });
  return refusal ?? { kind: 'admit-witness', ...ANY_CLASS, witness, ...(instead == null ? {} : { instead }) };
}
