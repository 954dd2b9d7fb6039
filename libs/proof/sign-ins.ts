/** Sign-ins: each was signed by a credential that the operator had then, or came by a link that he had, for roles that he had, and for a short time. */
import { type Standing, signsIn } from '#libs/domain/operator/operator.ts';
import type { ByProvider, SignIn } from '#libs/domain/sign-in/sign-in.ts';
import { signedToSignIn } from '#libs/approval/sign-in.ts';
import { secondsOf } from '#libs/kernel/clock.ts';
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
  const said = data as SignIn;
  const { operator: id, roles, until, provider } = said;
  const session = nameIn(stream, 'sign-in-');
  const operator = operatorIn(known, id);
  const refusal =
    provider === undefined
      ? bySignature(operator, statementOf(known, session, said), metadata.proof ?? '')
      : byLink(operator, provider);
  if (refusal !== null) return refusal;
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

function statementOf(known: Known, session: string, { operator, roles, challenge, until }: SignIn): Uint8Array {
  return utf8(signInText({ genesis: genesisOf(known).hash, challenge, operator, roles, session, until }));
}

function bySignature({ credentials }: Standing, statement: Uint8Array, kept: string): Refusal | null {
  const proof = proofOfText(kept);
  if (proof === null) return STRANGER;
  return credentials.some((key) => signedToSignIn(key, { statement, proof })) ? null : STRANGER;
}

/** What the record alone shows: he had this link. That the provider signed, the kept ID token shows (`id-token.ts`). */
function byLink({ links }: Standing, { issuer, link }: ByProvider): Refusal | null {
  return links.some((one) => one.issuer === issuer && one.link === link)
    ? null
    : refuse('SIGN_IN_WITHOUT_LINK', 'No approved order linked the operator to the account that signed him in.');
}

/** By the operator himself, or by an administrator. */
export function signedOut(known: Known, { stream, data }: StoredEvent): Refusal | null {
  const { by } = data as { readonly by: string };
  const isHis = known.signIns.get(nameIn(stream, 'sign-in-')) === by;
  return isHis || operatorIn(known, by).roles.includes('administrator')
    ? null
    : refuse('SIGN_OUT_BY_STRANGER', 'A session is ended by its operator or by an administrator.');
}
