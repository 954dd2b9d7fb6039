/**
 * Who signs in: the one function that says whether a credential signed a statement to sign in, for platform and `verify`
 * alike. A key signs the statement itself; a passkey answers its hash, under the same law as where passkeys approve.
 */
import { type Proof, verifyDetached } from '#libs/kernel/detached-jws.ts';
import { thumbprint } from '#libs/kernel/hash.ts';
import { judge } from '#libs/kernel/law.ts';
import type { SignInKey } from '#libs/kernel/operator.ts';
import { assertionOf, challengeFor } from '#libs/kernel/passkey.ts';
import { type AssertionCase, assertionHolds, passkeyLaw } from './passkey.ts';
import type { Law } from '#libs/kernel/law.ts';

const TYPE = 'keyledger-sign-in+jws';

export interface SignInShown {
  /** Canonical JSON, exactly as signed. */
  readonly statement: Uint8Array;
  readonly proof: Proof;
}

/** A passkey only asserts, and every other key only signs what it is shown. `law` is another one only where it is attacked. */
export function signedToSignIn(
  { passkey, ...key }: SignInKey,
  { statement, proof }: SignInShown,
  law: Law<AssertionCase> = passkeyLaw,
): boolean {
  if (passkey === undefined) return verifyDetached(TYPE, statement, { proof, key });
  const assertion = assertionOf(proof);
  if (assertion === null || assertion.kid !== thumbprint(key)) return false;
  const refusal = judge(law, { assertion, pinned: passkey, challenge: challengeFor(TYPE, statement) });
  return refusal === null && assertionHolds(assertion, key);
}
