/** A person's session with the platform: opened by his own signature or by that of a provider, short, ended by himself or by an administrator. */
import type { Decider, Fact } from '#libs/kernel/decider.ts';
import type { OperatorRole } from '#libs/kernel/operator-roles.ts';
import { never, refuse } from '#libs/kernel/refusal.ts';

/** What a sign-in by a provider rests on: the ID token itself is personal data and lies beside the record. */
export interface ByProvider {
  readonly issuer: string;
  /** Which of the operator's links. */
  readonly link: string;
  /** base64url(SHA-256(the ID token as the provider wrote it)). */
  readonly idToken: string;
  /** RFC 7638 thumbprint of the provider's key that signed it. */
  readonly key: string;
}

export interface SignIn {
  readonly operator: string;
  /** Those he asked for, never all he has unless he said so. */
  readonly roles: readonly OperatorRole[];
  readonly challenge: string;
  /** Seconds; behind it the session opens nothing. */
  readonly until: number;
  /** Left out where he signed the statement with a credential of his own. */
  readonly provider?: ByProvider;
}

export type SignedIn = Fact<'SignedIn', SignIn>;
export type SignedOut = Fact<'SignedOut', { readonly by: string }>;
export type SignInEvent = SignedIn | SignedOut;

export type SignInCommand =
  { readonly do: 'SignIn'; readonly signIn: SignIn } | { readonly do: 'SignOut'; readonly by: string };

export type SignInState =
  | { readonly is: 'unknown' }
  | { readonly is: 'open'; readonly operator: string }
  | { readonly is: 'ended'; readonly operator: string };

/** By the hash of the session's token. */
export const signInStream = (session: string): string => `sign-in-${session}`;

export const signInDecider: Decider<SignInState, SignInCommand, SignInEvent> = {
  initial: { is: 'unknown' },
  decide: (command, state) => {
    switch (command.do) {
      case 'SignIn':
        return state.is === 'unknown'
          ? [{ type: 'SignedIn', data: command.signIn }]
          : refuse('SIGN_IN_TOKEN_USED', 'A session of this token stands in the record already; make a new token.');
      case 'SignOut':
        if (state.is === 'unknown')
          return refuse('SIGN_IN_UNKNOWN', 'No session of this id stands in the record; check the id.');
        return state.is === 'ended' ? [] : [{ type: 'SignedOut', data: { by: command.by } }];
      default:
        return never(command);
    }
  },
  evolve: (state, event) => {
    switch (event.type) {
      case 'SignedIn':
        return { is: 'open', operator: event.data.operator };
      case 'SignedOut':
        return state.is === 'open' ? { ...state, is: 'ended' } : state;
      default:
        return never(event);
    }
  },
};
