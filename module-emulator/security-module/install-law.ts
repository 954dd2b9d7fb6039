/** INSTALL: what certificate, chain, list and station statement have to be before the module stores them (S23b, S26b). */
import type { CardAuthority } from '#libs/certificates/authority.ts';
import type { RevocationList } from '#libs/certificates/crl.ts';
import { verifyRaw } from '#libs/certificates/ecdsa.ts';
import type { ModuleCertificate } from '#libs/certificates/module-operation.ts';
import { equal, toBase64url } from '#libs/kernel/bytes.ts';
import { keyFromSpki, publicJwk, sha256, thumbprint } from '#libs/kernel/hash.ts';
import type { Law } from '#libs/kernel/law.ts';
import { encodeStationStatement } from '#libs/personalization-protocol/station-statement.ts';
import type { ModuleMemory, PendingKey } from './module-memory.ts';

/** Everything parsed, and the chain from the burnt-in root to the card CA verified. */
export interface InstallCase {
  readonly memory: ModuleMemory;
  readonly pending: PendingKey;
  /** SPKI of the pending key, DER. */
  readonly pendingSpki: Uint8Array;
  readonly cardCa: CardAuthority;
  readonly crl: RevocationList;
  readonly crlSignatureHolds: boolean;
  readonly cardRevoked: boolean;
  readonly certificate: ModuleCertificate;
  readonly statement: {
    readonly stationKey: Uint8Array;
    readonly stationNextKey: Uint8Array;
    readonly signature: Uint8Array;
  };
  /** Earliest end in the chain and greatest verified time, this chain and list included; seconds since 1970. */
  readonly chainEnds: number;
  readonly floor: number;
}

function cardKey(it: InstallCase) {
  return keyFromSpki(it.cardCa.spki);
}

export const installLaw: Law<InstallCase> = [
  {
    code: 'CARD_OTHER_DEPLOYMENT',
    says: 'The chip card belongs to another deployment than the order that the key was born for.',
    holds: (it) => toBase64url(it.cardCa.genesis) === it.pending.genesis,
  },
  {
    code: 'CARD_OTHER_KEY',
    says: 'This is not the chip card that the order names.',
    holds: (it) => thumbprint(publicJwk(cardKey(it))) === it.pending.cardKey,
  },
  {
    code: 'CRL_SIGNATURE',
    says: 'The revocation list is not signed by the customer signing CA.',
    holds: (it) => it.crlSignatureHolds,
  },
  {
    code: 'CRL_OLD',
    says: 'The revocation list is older than one that the module has seen; bring the latest.',
    holds: (it) => it.crl.number >= it.memory.crlNumber,
  },
  {
    code: 'CARD_REVOKED',
    says: 'The chip card stands on the revocation list.',
    holds: (it) => !it.cardRevoked,
  },
  {
    code: 'CHAIN_ENDED',
    says: 'The chain or the certificate ended before a time that the module has already verified.',
    holds: (it) => it.chainEnds >= it.floor,
  },
  {
    code: 'CERTIFICATE_SIGNATURE',
    says: 'The certificate is not signed by the signing key of the chip card.',
    holds: (it) => verifyRaw(it.certificate.tbs, it.certificate.signature, cardKey(it)),
  },
  {
    code: 'CERTIFICATE_HIGH_S',
    says: 'The signature is not in its low form; a card makes no other, so somebody flipped it.',
    holds: (it) => it.certificate.signatureIsLowS,
  },
  {
    code: 'CERTIFICATE_OTHER_ISSUER',
    says: 'The certificate names another issuer than the chip card.',
    holds: (it) =>
      equal(it.certificate.issuerKeyId, it.cardCa.keyId) && equal(it.certificate.issuerName, it.cardCa.name),
  },
  {
    code: 'CERTIFICATE_OTHER_CUSTOMER',
    says: 'The certificate names another customer than the chip card belongs to.',
    holds: (it) => it.certificate.organization === it.cardCa.organization,
  },
  {
    code: 'CERTIFICATE_OTHER_ORDER',
    says: 'The certificate was issued under another order.',
    holds: (it) => toBase64url(it.certificate.orderHash) === it.pending.orderHash,
  },
  {
    code: 'CERTIFICATE_OTHER_KEY',
    says: 'The certificate is not for the key that was born here.',
    holds: (it) => equal(it.certificate.spki, it.pendingSpki),
  },
  {
    code: 'CERTIFICATE_OTHER_MODULE',
    says: 'The certificate names another module.',
    holds: (it) => it.certificate.moduleSerial === it.memory.serial,
  },
  {
    code: 'CERTIFICATE_OTHER_EPOCH',
    says: 'The certificate names another epoch than the key has.',
    holds: (it) => it.certificate.epoch === it.memory.epoch,
  },
  {
    code: 'CERTIFICATE_OTHER_ENFORCEMENT',
    says: 'The certificate claims another enforcement than the chip card has.',
    holds: (it) => it.certificate.enforcement === it.cardCa.enforcement,
  },
  {
    code: 'STATION_STATEMENT',
    says: 'The chip card did not sign this station for this certificate.',
    holds: (it) => verifyRaw(stationBytes(it), it.statement.signature, cardKey(it)),
  },
  {
    code: 'STATION_OTHER_KEY',
    says: 'The certificate names another station than the station statement.',
    holds: (it) => equal(it.certificate.stationKeyHash, it.statement.stationKey),
  },
];

function stationBytes(it: InstallCase): Uint8Array {
  return encodeStationStatement({ ...it.statement, tbsHash: sha256(it.certificate.tbs) });
}
