/** How anybody checks that a signing key was born inside a genuine chip card of this deployment. */
import { verify } from 'node:crypto';
import { ascii, concat, short, toBase64url } from '#libs/kernel/bytes.ts';
import { keyFromSpki, publicJwk, thumbprint } from '#libs/kernel/hash.ts';
import { type Law, judge } from '#libs/kernel/law.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import type { Enforcement } from './log-entry.ts';
import { type Birth, decodeBirth } from './statements.ts';

/**
 * What the maker signs about a device key: `keyledger device v1\n` ‖ card id ‖ device SPKI for a card that enforces its law,
 * `keyledger agent v1\n` for an agent: whoever owns its host has its device key too, and must not pass it off as a card's.
 */
export function encodeDevice(card: string, deviceSpki: Uint8Array, enforcement: Enforcement = 'device'): Uint8Array {
  const domain = enforcement === 'device' ? 'keyledger device v1\n' : 'keyledger agent v1\n';
  return concat(ascii(domain), short(ascii(card)), deviceSpki);
}

export interface BirthEvidence {
  readonly birth: Uint8Array;
  /** By the device key, 64 octets r‖s. */
  readonly birthSignature: Uint8Array;
  readonly deviceSpki: Uint8Array;
  /** By the card maker's key over `encodeDevice`, 64 octets r‖s. */
  readonly deviceSignature: Uint8Array;
}

export interface BirthExpectation {
  readonly card: string;
  readonly cardKeySpki: Uint8Array;
  /** base64url. */
  readonly genesis: string;
  readonly cardMakerSpki: Uint8Array;
}

interface BirthCase {
  readonly stated: Birth;
  readonly evidence: BirthEvidence;
  readonly expected: BirthExpectation;
}

export const birthLaw: Law<BirthCase> = [
  {
    code: 'BIRTH_DEVICE_UNKNOWN',
    says: 'The card maker did not sign this device key for one that enforces so.',
    holds: ({ evidence, expected, stated }) =>
      signatureHolds(
        expected.cardMakerSpki,
        evidence.deviceSignature,
        encodeDevice(expected.card, evidence.deviceSpki, stated.enforcement),
      ),
  },
  {
    code: 'BIRTH_SIGNATURE',
    says: 'The birth statement is not signed by the device key of the card.',
    holds: ({ evidence }) => signatureHolds(evidence.deviceSpki, evidence.birthSignature, evidence.birth),
  },
  {
    code: 'BIRTH_OTHER_CARD',
    says: 'The birth statement is about another card.',
    holds: ({ stated, expected }) => stated.card === expected.card,
  },
  {
    code: 'BIRTH_OTHER_KEY',
    says: 'The birth statement is about another signing key.',
    holds: ({ stated, expected }) =>
      toBase64url(stated.cardKey) === thumbprint(publicJwk(keyFromSpki(expected.cardKeySpki))),
  },
  {
    code: 'BIRTH_OTHER_DEPLOYMENT',
    says: 'The card was born in another deployment.',
    holds: ({ stated, expected }) => toBase64url(stated.genesis) === expected.genesis,
  },
];

function signatureHolds(spki: Uint8Array, signature: Uint8Array, over: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  try {
    return verify('sha256', over, { key: keyFromSpki(spki), dsaEncoding: 'ieee-p1363' }, signature);
  } catch {
    return false; // octets that are no P-256 key
  }
}

/** The statement, when the whole chain from the card's maker to the signing key holds (security: enforcement `device`). */
export function checkBirth(
  evidence: BirthEvidence,
  expected: BirthExpectation,
  law: Law<BirthCase> = birthLaw,
): Birth | Refusal {
  const stated = decodeBirth(evidence.birth);
  if (isRefusal(stated)) return stated;
  return judge(law, { stated, evidence, expected }) ?? stated;
}
