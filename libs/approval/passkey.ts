/**
 * The law of a passkey's assertion (WebAuthn Level 3 §7.2), as card, station, platform, `verify` and evidence hold it:
 * templates instead of parsers, small enough for a card. The counter is not looked at: synchronized passkeys have none.
 */
import { verify } from 'node:crypto';
import { ascii, concat, equal } from '#libs/kernel/bytes.ts';
import { type PublicJwk, keyFromJwk, sha256 } from '#libs/kernel/hash.ts';
import type { Law } from '#libs/kernel/law.ts';
import type { Assertion, PasskeyPins } from '#libs/kernel/passkey.ts';

export interface AssertionCase {
  readonly assertion: Assertion;
  /** What its enrolment pins. */
  readonly pinned: PasskeyPins;
  /** What the signature has to answer; null where no passkey may say such a thing. */
  readonly challenge: string | null;
}

/** The members that count, in the one form that browsers write them (§5.8.1.1). */
interface ClientData {
  readonly type: string;
  readonly challenge: string;
  readonly origin: string;
  readonly crossOrigin: boolean;
  readonly others: readonly string[];
}

const FIRST =
  /^\{"type":"([a-z.]{1,32})","challenge":"([A-Za-z0-9_-]{1,128})","origin":"([!#-[\]-~]{1,255})","crossOrigin":(true|false)/;
const OTHER = /^,"([A-Za-z0-9_]{1,64})":(?:"[ !#-[\]-~]*"|true|false|[0-9]{1,15})/;

/**
 * clientDataJSON is not canonical: its first four members stand exactly in this order and spelling, then `}` or more
 * members, flat and without escapes. Null where it is anything else.
 */
export function readClientData(octets: Uint8Array): ClientData | null {
  const text = Buffer.from(octets).toString('latin1');
  const match = FIRST.exec(text);
  if (match === null) return null;
  const [first, type = '', challenge = '', origin = '', crossOrigin] = match;
  const others: string[] = [];
  let rest = text.slice(first.length);
  for (let other = OTHER.exec(rest); other !== null; other = OTHER.exec(rest)) {
    others.push(other[1] ?? '');
    rest = rest.slice(other[0].length);
  }
  return rest === '}' ? { type, challenge, origin, crossOrigin: crossOrigin === 'true', others } : null;
}

const FLAGS = { present: 0x01, verified: 0x04, backupEligible: 0x08, attested: 0x40, extended: 0x80 } as const;

function flag({ assertion: { authenticatorData } }: AssertionCase, one: keyof typeof FLAGS): boolean {
  return ((authenticatorData[32] ?? 0) & FLAGS[one]) !== 0;
}

/** A check of what the browser says; where its data cannot be read, PASSKEY_CLIENT_DATA is the check that refuses. */
function said(holds: (data: ClientData, it: AssertionCase) => boolean): (it: AssertionCase) => boolean {
  return (it) => {
    const data = readClientData(it.assertion.clientData);
    return data === null || holds(data, it);
  };
}

const COUNTING = ['type', 'challenge', 'origin', 'crossOrigin'];

export const passkeyLaw: Law<AssertionCase> = [
  {
    code: 'PASSKEY_CLIENT_DATA',
    says: 'The browser’s data are not in the one form that is read here.',
    holds: ({ assertion }) => readClientData(assertion.clientData) !== null,
  },
  {
    code: 'PASSKEY_MEMBER_TWICE',
    says: 'The browser’s data name a member twice; nobody can say which of them was meant.',
    holds: said(({ others }) => new Set([...COUNTING, ...others]).size === COUNTING.length + others.length),
  },
  {
    code: 'PASSKEY_TYPE',
    says: 'The passkey was not asked to assert anything (webauthn.get); only an assertion approves.',
    holds: said(({ type }) => type === 'webauthn.get'),
  },
  {
    code: 'PASSKEY_CHALLENGE',
    says: 'The passkey answered another challenge than that of what it was shown.',
    holds: said(({ challenge }, it) => challenge === it.challenge),
  },
  {
    code: 'PASSKEY_ORIGIN',
    says: 'The passkey was asked by a page of another origin than its enrolment pins.',
    holds: said(({ origin }, { pinned }) => origin === pinned.origin),
  },
  {
    code: 'PASSKEY_CROSS_ORIGIN',
    says: 'The page that asked the passkey stood inside a foreign one.',
    holds: said(({ crossOrigin, others }) => !crossOrigin && !others.includes('topOrigin')),
  },
  {
    code: 'PASSKEY_AUTHENTICATOR_DATA',
    says: 'The authenticator’s data are not the 37 octets of an assertion without extensions.',
    holds: (it) => it.assertion.authenticatorData.length === 37 && !flag(it, 'attested') && !flag(it, 'extended'),
  },
  {
    code: 'PASSKEY_RP_ID',
    says: 'The passkey belongs to another site than its enrolment pins.',
    holds: ({ assertion, pinned }) => equal(assertion.authenticatorData.slice(0, 32), sha256(ascii(pinned.rpId))),
  },
  {
    code: 'PASSKEY_NOBODY_PRESENT',
    says: 'Nobody touched the authenticator.',
    holds: (it) => flag(it, 'present'),
  },
  {
    code: 'PASSKEY_NOBODY_VERIFIED',
    says: 'The authenticator did not verify its holder by PIN or biometric.',
    holds: (it) => flag(it, 'verified'),
  },
  {
    code: 'PASSKEY_BACKUP',
    says: 'The credential can leave its authenticator and could not at its enrolment, or the reverse.',
    holds: (it) => flag(it, 'backupEligible') === (it.pinned.backup === 'eligible'),
  },
];

/** Whether the credential signed these octets: ES256 over the authenticator's data and the hash of the browser's. */
export function assertionHolds({ authenticatorData, clientData, signature }: Assertion, key: PublicJwk): boolean {
  const over = concat(authenticatorData, sha256(clientData));
  return verify('sha256', over, { key: keyFromJwk(key), dsaEncoding: 'ieee-p1363' }, signature);
}
