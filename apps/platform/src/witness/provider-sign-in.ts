/** Witness of sign-ins by a provider: whom the account is linked to by an approved order, and whether he may come in. */
import { signsIn } from '#libs/domain/operator/operator.ts';
import type { ByProvider, SignInCommand } from '#libs/domain/sign-in/sign-in.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import { type ProviderSignInStatement, parseProviderSignIn } from '#libs/kernel/provider-sign-in.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { SIGN_IN_LIFE_MAX } from '#libs/kernel/sign-in.ts';
import type { Facts } from '../board-facts.ts';
import { operatorIn } from '../people-facts.ts';

/** What can be said before the provider is asked anything. */
export function witnessStatement(
  facts: Facts,
  { statement, now }: { readonly statement: string; readonly now: Seconds },
): ProviderSignInStatement | Refusal {
  const read = parseProviderSignIn(statement);
  if (isRefusal(read)) return read;
  if (read.genesis !== facts.genesis)
    return refuse('SIGN_IN_OTHER_DEPLOYMENT', 'The statement is for another deployment; check the genesis hash.');
  if (read.until <= now || read.until > now + SIGN_IN_LIFE_MAX)
    return refuse('SIGN_IN_TOO_LONG', `A session ends in the future, and within ${SIGN_IN_LIFE_MAX / 60} minutes.`);
  return read;
}

/** `provider.link` is the one that stands for the account; null where the side store has none, or more than one. */
export function witnessAccount(
  facts: Facts,
  { challenge, roles, until }: ProviderSignInStatement,
  it: { readonly operator: string; readonly provider: ByProvider } | null,
): Extract<SignInCommand, { do: 'SignIn' }> | Refusal {
  const operator = it === null ? null : operatorIn(facts, it.operator);
  const isLinked =
    it !== null &&
    operator?.links.some(({ link, issuer }) => link === it.provider.link && issuer === it.provider.issuer) === true;
  if (!isLinked)
    return refuse('PROVIDER_ACCOUNT', 'No operator of this deployment is linked to this account of the provider.');
  if (!signsIn(operator))
    return refuse('SIGN_IN_SUSPENDED', `You were ${operator.is}; two officers can enrol you again, or nobody.`);
  if (!roles.every((role) => operator.roles.includes(role)))
    return refuse('SIGN_IN_ROLE', `You are signed in only with roles that you have: ${operator.roles.join(', ')}.`);
  const { operator: id, provider } = it;
  return { do: 'SignIn', signIn: { operator: id, roles, challenge, until, provider } };
}
