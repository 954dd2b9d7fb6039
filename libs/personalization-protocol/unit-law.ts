/** What the personalization unit demands of a module before it brings its attestation to the card (S17a, S19b, S25d). */
import { verifyRaw } from '#libs/certificates/ecdsa.ts';
import { equal } from '#libs/kernel/bytes.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import { keyFromSpki } from '#libs/kernel/hash.ts';
import type { Law } from '#libs/kernel/law.ts';
import { type Attestation, saltOf } from './attestation.ts';
import type { RequestOf } from './messages.ts';

/** Seconds that may lie between the unit's question and the module's answer. */
export const ATTESTATION_AGE_MAX: Seconds = 120;

/** A module that has just said who it is. */
export interface IdentityCase {
  /** As read on the housing. */
  readonly serialOnHousing: string;
  /** From the verified identity certificate. */
  readonly identity: { readonly serial: string; readonly moduleClass: string };
  readonly stated: { readonly serial: string; readonly moduleClass: string; readonly identity: Uint8Array };
  /** The certificate that the other end of the TLS session proved, DER. */
  readonly peerCertificate: Uint8Array;
}

export const unitIdentityLaw: Law<IdentityCase> = [
  {
    code: 'IDENTITY_NOT_ON_LINE',
    says: 'The identity certificate is not the one that the other end of the line proved.',
    holds: (it) => equal(it.peerCertificate, it.stated.identity),
  },
  {
    code: 'WRONG_MODULE',
    says: 'The module on the line does not have the serial on the housing; check where the plug is.',
    holds: (it) => it.identity.serial === it.serialOnHousing,
  },
  {
    code: 'IDENTITY_CONTRADICTS',
    says: 'The module says something else about itself than its identity certificate does.',
    holds: (it) => it.stated.serial === it.identity.serial && it.stated.moduleClass === it.identity.moduleClass,
  },
];

/** An attestation as it came, beside what was asked and the unit's own end of the session. */
export interface AttestationCase {
  readonly attestation: Attestation;
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
  readonly identity: { readonly serial: string; readonly moduleClass: string; readonly spki: Uint8Array };
  readonly exporter: Uint8Array;
  readonly asked: RequestOf<'MakeKey'>;
  /** Salts of earlier attempts under this order, which the unit kept. */
  readonly earlierSalts: readonly Uint8Array[];
  readonly now: Seconds;
}

export const unitAttestationLaw: Law<AttestationCase> = [
  {
    code: 'EXPORTER_DIFFERS',
    says: 'The module attested another session than this one; somebody stands between.',
    holds: (it) => equal(it.attestation.exporter, it.exporter),
  },
  {
    code: 'ATTESTATION_OTHER_MODULE',
    says: 'The attestation speaks of another module than the one on the line.',
    holds: (it) =>
      it.attestation.serial === it.identity.serial && it.attestation.moduleClass === it.identity.moduleClass,
  },
  {
    code: 'ATTESTATION_SIGNATURE',
    says: 'The attestation is not signed by the identity key of the module.',
    holds: (it) => verifyRaw(it.bytes, it.signature, keyFromSpki(it.identity.spki)),
  },
  {
    code: 'ATTESTATION_STALE',
    says: 'The attestation is not of now; check the clock of the unit and have the module attest again.',
    holds: (it) =>
      it.attestation.unitTime === it.asked.unitTime &&
      Math.abs(it.now - it.attestation.unitTime) <= ATTESTATION_AGE_MAX,
  },
  {
    code: 'ATTESTATION_OTHER_CHALLENGE',
    says: 'The attestation answers another challenge than the card gave.',
    holds: (it) => equal(it.attestation.challenge, it.asked.challenge),
  },
  {
    code: 'ATTESTATION_OTHER_ORDER',
    says: 'The module attested its key for another order, card or deployment.',
    holds: (it) =>
      equal(it.attestation.orderHash, it.asked.orderHash) &&
      equal(it.attestation.cardKey, it.asked.cardKey) &&
      equal(it.attestation.genesis, it.asked.genesis),
  },
  {
    code: 'SALT_NOT_PRESCRIBED',
    says: 'The key was not born with the salt that this unit prescribed; discard it and have another made.',
    holds: (it) =>
      it.attestation.keyBirth === it.asked.keyBirth &&
      [saltOf(it.asked.challenge, it.asked.unitRandom), ...it.earlierSalts].some((salt) =>
        equal(salt, it.attestation.salt),
      ),
  },
];

export interface UnitLaws {
  readonly identity: Law<IdentityCase>;
  readonly attestation: Law<AttestationCase>;
}

export const unitLaws: UnitLaws = { identity: unitIdentityLaw, attestation: unitAttestationLaw };
