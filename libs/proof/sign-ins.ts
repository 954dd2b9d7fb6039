/** Sign-ins: each was signed by a credential that the operator had then, for roles that he had, and for a short time. */
import { signsIn } from '#libs/domain/operator/operator.ts';
import type { SignIn } from '#libs/domain/sign-in/sign-in.ts';
import { secondsOf } from '#libs/kernel/clock.ts';
import { verifyDetached } from '#libs/kernel/detached-jws.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import { proofOfText } from '#libs/kernel/report.ts';
import { SIGN_IN_LIFE_MAX, signInText } from '#libs/kernel/sign-in.ts';
import { utf8 } from '#libs/kernel/bytes.ts';
import { genesisOf } from './genesis.ts';
import { type Known, nameIn } from './known.ts';
import { operatorIn } from './operators.ts';

const STRANGER = refuse(
  'SIGN_IN_BY_STRANGER',
  'The sign-in is not signed by the credential of the operator that it names.',
);

export function signedIn(known: Known, { stream, data, metadata, recordedAt }: StoredEvent): Refusal | null {
  const { operator: id, roles, challenge, until } = data as SignIn;
  const session = nameIn(stream, 'sign-in-');
  const operator = operatorIn(known, id);
  const proof = proofOfText(metadata.proof ?? '');
  if (proof === null) return STRANGER;
  const statement = signInText({ genesis: genesisOf(known).hash, challenge, operator: id, roles, session, until });
  const type = 'keyledger-sign-in+jws';
  if (!operator.credentials.some((key) => verifyDetached(type, utf8(statement), { proof, key }))) return STRANGER;
  if (!signsIn(operator))
    return refuse('SIGN_IN_SUSPENDED', 'The operator had been suspended or withdrawn before he was signed in.');
  if (!roles.every((role) => operator.roles.includes(role)))
    return refuse('SIGN_IN_ROLE', 'The operator does not have a role that he was signed in with.');
  const recorded = secondsOf(recordedAt);
  if (until <= recorded || until > recorded + SIGN_IN_LIFE_MAX)
    return refuse('SIGN_IN_TOO_LONG', 'The session was over when it began, or longer than any may be.');
  known.signIns.set(session, id);
  return null;
}

/** By the operator himself, or by an administrator. */
export function signedOut(known: Known, { stream, data }: StoredEvent): Refusal | null {
  const { by } = data as { readonly by: string };
  const isHis = known.signIns.get(nameIn(stream, 'sign-in-')) === by;
  return isHis || operatorIn(known, by).roles.includes('administrator')
    ? null
    : refuse('SIGN_OUT_BY_STRANGER', 'A session is ended by its operator or by an administrator.');
}
