/**
 * Operators: the people who sign in. Each has one sign-in credential, which says who he is and never approves anything:
 * an approval is signed with another key, by another statement, and the two can never be the same key.
 */
import { type ApproverSet, approvalJwk, parseApproverSet } from './approver-set.ts';
import { ascii } from './bytes.ts';
import { type PublicJwk, keyFromJwk, thumbprint } from './hash.ts';
import { operatorRoles } from './operator-roles.ts';
import type { PasskeyPins } from './passkey.ts';
import { type Refusal, isRefusal, refuse } from './refusal.ts';
import { type Read, closed, hash, name, oneOf } from './template.ts';

/** A credential that signs in: a key of the person's own, or a passkey, with what its enrolment pins. */
export type SignInKey = PublicJwk & { readonly passkey?: PasskeyPins };

/** A person as the founding names him: pseudonym, roles, and the ES256 key that he signs in with. */
export const operator = closed({
  id: name,
  roles: operatorRoles,
  credential: closed({ crv: oneOf('P-256'), kty: oneOf('EC'), x: hash, y: hash }),
});

export type Operator = Read<typeof operator>;

export function signInJwk({ credential }: Operator): PublicJwk {
  return { crv: credential.crv, kty: credential.kty, x: credential.x, y: credential.y };
}

/** Null when the operators can stand beside this approver set: each once, with a key of his own that approves nothing. */
export function judgeOperators(operators: readonly Operator[], approverSet: string): Refusal | null {
  if (new Set(operators.map(({ id }) => id)).size !== operators.length)
    return refuse('OPERATOR_TWICE', 'An operator may stand once among those who sign in.');
  const keys = operators.map(signInJwk);
  if (!keys.every(isKey)) return refuse('BAD_KEY', 'A sign-in credential is no point of P-256.');
  const thumbprints = keys.map(thumbprint);
  if (new Set(thumbprints).size !== thumbprints.length)
    return refuse('KEY_TWICE', 'A sign-in credential belongs to one operator.');
  const set = parseApproverSet(ascii(approverSet));
  if (isRefusal(set)) return set;
  return judgeDisjoint(set, thumbprints);
}

/** Null when none of these credentials, by thumbprint, stands in the approver set. */
export function judgeDisjoint(set: ApproverSet, credentials: readonly string[]): Refusal | null {
  const approving = set.persons.flatMap(({ keys: own }) => own.map((key) => thumbprint(approvalJwk(key))));
  return approving.some((one) => credentials.includes(one))
    ? refuse('SIGN_IN_KEY_APPROVES', 'A key that approves never signs in; give the operator a credential of his own.')
    : null;
}

function isKey(jwk: PublicJwk): boolean {
  try {
    keyFromJwk(jwk);
    return true;
  } catch {
    return false; // coordinates that are no point of the curve
  }
}
