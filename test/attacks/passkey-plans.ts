/** Plans with somebody's passkey: each has it sign something, and another check is to stop him. For card and station alike. */
import { ascii, concat, u32, u8 } from '#libs/kernel/bytes.ts';
import { hashId, sha256 } from '#libs/kernel/hash.ts';
import { challengeFor } from '#libs/kernel/passkey.ts';
import type { AssertionChange } from '#module-emulator/adversary/authenticator.ts';

export interface PasskeyPlan {
  readonly check: string;
  readonly attacker: string;
  readonly change: (bytes: Uint8Array) => AssertionChange;
}

function plan(check: string, attacker: string, change: AssertionChange | PasskeyPlan['change']): PasskeyPlan {
  return { check, attacker, change: typeof change === 'function' ? change : () => change };
}

const replaced = (what: string, by: string): AssertionChange => ({ clientData: (text) => text.replace(what, by) });
const ended = (by: string): AssertionChange => replaced('false}', `false${by}}`);
const authenticator = (rpId: string, more: readonly Uint8Array[] = []): AssertionChange => ({
  authenticatorData: () => concat(sha256(ascii(rpId)), u8(5), u32(8), ...more),
});

export const passkeyPlans: readonly PasskeyPlan[] = [
  plan('PASSKEY_CLIENT_DATA', 'browser extension that hides a second challenge behind an escape', {
    clientData: (text) => text.replace('"type"', '"\\u0074ype":"webauthn.get","type"'),
  }),
  plan('PASSKEY_CLIENT_DATA', 'malware on the desk that writes the browser’s data itself', replaced('{', '{ ')),
  plan('PASSKEY_MEMBER_TWICE', 'browser extension that adds the challenge of another order', (bytes) =>
    ended(`,"challenge":"${hashId(bytes.slice(1))}"`),
  ),
  plan('PASSKEY_MEMBER_TWICE', 'browser extension that adds a member twice', ended(',"a":1,"a":2')),
  plan('PASSKEY_TYPE', 'page that has a new passkey made, and shows that as an assertion', replaced('.get', '.create')),
  plan('PASSKEY_TYPE', 'shop that has a payment confirmed with the passkey', replaced('webauthn.get', 'payment.get')),
  plan('PASSKEY_CHALLENGE', 'owner of the page, with what the officer asserted for another order', (bytes) => ({
    challenge: hashId(bytes.slice(1)),
  })),
  plan('PASSKEY_CHALLENGE', 'owner of the server, who takes a decline for an approval', (bytes) => ({
    challenge: challengeFor('keyledger-decline+jws', bytes) ?? '',
  })),
  plan('PASSKEY_CHALLENGE', 'owner of the server, who takes a withdrawal for an approval', (bytes) => ({
    challenge: challengeFor('keyledger-withdrawal+jws', bytes) ?? '',
  })),
  plan('PASSKEY_ORIGIN', 'phishing page on another port of the same name', replaced(':4400', ':4401')),
  plan('PASSKEY_ORIGIN', 'phishing page on a name that begins alike', replaced('localhost:4400', 'localhost:44000')),
  plan('PASSKEY_CROSS_ORIGIN', 'page that has ours in a frame of its own', replaced('false', 'true')),
  plan(
    'PASSKEY_CROSS_ORIGIN',
    'page that has ours in a frame, and a browser that names only the top',
    ended(',"topOrigin":"http://shop.test"'),
  ),
  plan(
    'PASSKEY_AUTHENTICATOR_DATA',
    'authenticator that hides an extension behind its flags',
    authenticator('localhost', [ascii('more')]),
  ),
  plan('PASSKEY_AUTHENTICATOR_DATA', 'authenticator that says it attests a new credential', { flags: 0x45 }),
  plan('PASSKEY_AUTHENTICATOR_DATA', 'authenticator that promises extensions and brings none', { flags: 0x85 }),
  plan('PASSKEY_RP_ID', 'owner of another site that the same authenticator knows', authenticator('shop.test')),
  plan('PASSKEY_NOBODY_PRESENT', 'malware that has the passkey sign while nobody is there', { flags: 0x04 }),
  plan('PASSKEY_NOBODY_VERIFIED', 'thief of a key that asks for no PIN', { flags: 0x01 }),
  plan('PASSKEY_BACKUP', 'thief of a cloud account with a copy of a key that could not be copied', { flags: 0x1d }),
];
