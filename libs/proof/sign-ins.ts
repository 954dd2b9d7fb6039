/** Sign-ins: each was signed by the credential that the founding names, for roles that he has, and for a short time. */
import type { SignIn } from '#libs/domain/sign-in/sign-in.ts';
import { secondsOf } from '#libs/kernel/clock.ts';
import { verifyDetached } from '#libs/kernel/detached-jws.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { type Operator, signInJwk } from '#libs/kernel/operator.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import { proofOfText } from '#libs/kernel/report.ts';
import { SIGN_IN_LIFE_MAX, signInText } from '#libs/kernel/sign-in.ts';
import { utf8 } from '#libs/kernel/bytes.ts';
import { genesisOf } from './genesis.ts';
import { type Known, nameIn } from './known.ts';

const STRANGER = refuse(
  'SIGN_IN_BY_STRANGER',
  'The sign-in is not signed by the credential of the operator that it names.',
);

export function signedIn(known: Known, { stream, data, metadata, recordedAt }: StoredEvent): Refusal | null {
  const { operator: id, roles, challenge, until } = data as SignIn;
  const session = nameIn(stream, 'sign-in-');
  const operator = operatorOf(known, id);
  const proof = proofOfText(metadata.proof ?? '');
  if (operator === null || proof === null) return STRANGER;
  const statement = signInText({ genesis: genesisOf(known).hash, challenge, operator: id, roles, session, until });
  if (!verifyDetached('keyledger-sign-in+jws', utf8(statement), { proof, key: signInJwk(operator) })) return STRANGER;
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
  return isHis || operatorOf(known, by)?.roles.includes('administrator') === true
    ? null
    : refuse('SIGN_OUT_BY_STRANGER', 'A session is ended by its operator or by an administrator.');
}

function operatorOf(known: Known, id: string): Operator | null {
  return genesisOf(known).founding.operators.find((one) => one.id === id) ?? null;
}
