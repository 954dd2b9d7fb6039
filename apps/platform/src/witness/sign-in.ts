/** Witness of sign-ins: the statement is signed by the credential of the operator that it names, for roles that he has. */
import { signedToSignIn } from '#libs/approval/sign-in.ts';
import { signsIn } from '#libs/domain/operator/operator.ts';
import type { SignInCommand } from '#libs/domain/sign-in/sign-in.ts';
import { utf8 } from '#libs/kernel/bytes.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { SIGN_IN_LIFE_MAX, parseSignIn } from '#libs/kernel/sign-in.ts';
import type { Facts } from '../board-facts.ts';
import { operatorIn } from '../people-facts.ts';

export interface WitnessedSignIn {
  readonly session: string;
  readonly operator: string;
  readonly challenge: string;
  readonly command: Extract<SignInCommand, { do: 'SignIn' }>;
}

/** One answer for an unknown operator and for a wrong key: nobody learns here who signs in. */
const STRANGER = refuse(
  'SIGN_IN_SIGNATURE',
  'The statement is not signed by the sign-in credential of an operator of this deployment.',
);

export function witnessSignIn(
  facts: Facts,
  { statement, proof, now }: { readonly statement: string; readonly proof: Proof; readonly now: Seconds },
): WitnessedSignIn | Refusal {
  const read = parseSignIn(statement);
  if (isRefusal(read)) return read;
  if (read.genesis !== facts.genesis)
    return refuse('SIGN_IN_OTHER_DEPLOYMENT', 'The statement is for another deployment; check the genesis hash.');
  const operator = operatorIn(facts, read.operator);
  const shown = { statement: utf8(statement), proof };
  if (!operator.credentials.some((key) => signedToSignIn(key, shown))) return STRANGER;
  if (!signsIn(operator))
    return refuse('SIGN_IN_SUSPENDED', `You were ${operator.is}; two officers can enrol you again, or nobody.`);
  const { challenge, session, operator: id, roles, until } = read;
  if (!roles.every((role) => operator.roles.includes(role)))
    return refuse('SIGN_IN_ROLE', `You are signed in only with roles that you have: ${operator.roles.join(', ')}.`);
  if (until <= now || until > now + SIGN_IN_LIFE_MAX)
    return refuse('SIGN_IN_TOO_LONG', `A session ends in the future, and within ${SIGN_IN_LIFE_MAX / 60} minutes.`);
  return {
    session,
    operator: id,
    challenge,
    command: { do: 'SignIn', signIn: { operator: id, roles, challenge, until } },
  };
}
