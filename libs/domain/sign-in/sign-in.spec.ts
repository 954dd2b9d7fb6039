import { describe, test } from '@jest/globals';
import { given } from '#test/kit/given.ts';
import { lifecycle } from '#test/kit/lifecycle.ts';
import { type SignInEvent, signInDecider } from './sign-in.ts';

const signIn = { operator: 'P-CLARA', roles: ['requester'], challenge: 'c', until: 100 } as const;
const opens = { do: 'SignIn', signIn } as const;
const signedIn: SignInEvent = { type: 'SignedIn', data: signIn };
const ends = (by: string) => ({ do: 'SignOut', by }) as const;
const signedOut: SignInEvent = { type: 'SignedOut', data: { by: 'P-CLARA' } };

describe('a person’s session', () => {
  test('is opened once by its token, and never again after its end', () => {
    given(signInDecider).when(opens).then(signedIn);
    given(signInDecider, signedIn).when(opens).refused('SIGN_IN_TOKEN_USED');
    given(signInDecider, signedIn, signedOut).when(opens).refused('SIGN_IN_TOKEN_USED');
  });

  test('is ended once, and only where it was opened', () => {
    given(signInDecider).when(ends('P-CLARA')).refused('SIGN_IN_UNKNOWN');
    given(signInDecider, signedIn).when(ends('P-CLARA')).then(signedOut);
    given(signInDecider, signedIn, signedOut).when(ends('P-ADA')).nothing();
  });

  test('lifecycle', () => {
    lifecycle(signInDecider, {
      golden: new URL('./sign-in.lifecycle.txt', import.meta.url),
      commands: { 'sign in': opens, 'sign out': ends('P-CLARA') },
      variants: { 'signed out by an administrator': ends('P-ADA') },
      shows: (state) => (state.is === 'unknown' ? state.is : `${state.is}, ${state.operator}`),
    });
  });
});
