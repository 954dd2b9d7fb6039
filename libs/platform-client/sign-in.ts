/** Signing in as a person: asks for a challenge, signs it with the sign-in credential, and holds the token that it made itself. */
import type { KeyObject } from 'node:crypto';
import { toBase64url, utf8 } from '#libs/kernel/bytes.ts';
import type { Clock, Seconds } from '#libs/kernel/clock.ts';
import { type Proof, signDetached } from '#libs/kernel/detached-jws.ts';
import { randomOctets, uuidv7 } from '#libs/kernel/ids.ts';
import type { OperatorRole } from '#libs/kernel/operator-roles.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { SIGN_IN_LIFE, sessionOf, signInText } from '#libs/kernel/sign-in.ts';
import { PlatformClient } from './platform-client.ts';

export interface SigningIn {
  readonly url: string;
  readonly operator: string;
  readonly roles: readonly OperatorRole[];
  /** Sign-in credential: a private key of P-256, or whatever else signs or asserts the statement. */
  readonly key: KeyObject | ((statement: Uint8Array) => Proof);
  readonly clock: Clock;
  /** Pinned genesis hash; a platform of another deployment gets no signature. */
  readonly genesis: string;
  /** How long the session lasts, seconds; half an hour unless told. */
  readonly life?: Seconds;
}

export interface Session {
  /** Bearer token: whoever has it acts in this session. */
  readonly token: string;
  /** Its hash, by which the record knows the session. */
  readonly session: string;
  readonly until: Seconds;
  /** The event that says so. */
  readonly receipt: { readonly stream: string; readonly revision: string | null };
}

interface Challenge {
  readonly challenge: string;
  readonly genesis: string;
}

/** A session, or the platform's refusal. Throws `PlatformUnreachable` where nobody answers. */
export async function signIn(it: SigningIn): Promise<Session | Refusal> {
  const client = new PlatformClient({ url: it.url, token: () => null });
  const { signInChallenge } = await client.ask<{ signInChallenge: Challenge }>(
    '{ signInChallenge { challenge genesis } }',
  );
  const { challenge, genesis } = signInChallenge;
  if (genesis !== it.genesis)
    return refuse(
      'SIGN_IN_OTHER_DEPLOYMENT',
      `This platform serves deployment ${genesis}, and ${it.genesis} is meant.`,
    );
  const token = toBase64url(randomOctets(32));
  const session = sessionOf(token);
  const until = it.clock.seconds() + (it.life ?? SIGN_IN_LIFE);
  const statement = signInText({ challenge, genesis, operator: it.operator, roles: it.roles, session, until });
  const said = utf8(statement);
  const proof = typeof it.key === 'function' ? it.key(said) : signDetached('keyledger-sign-in+jws', said, it.key);
  const types = { id: 'ID!', statement: 'String!', proof: 'ProofInput!' };
  const outcome = await client.submit('signIn', types, { id: uuidv7(), statement, proof });
  return isRefusal(outcome) ? outcome : { token, session, until, receipt: outcome };
}
