/**
 * The certificate that follows, bit for bit, from one entry of the card's log, the module's public key
 * and the card's own name. Card, `verify` and `reconstruct` all rebuild it here (S29b).
 */
import { assemble, buildTbs } from '#libs/certificates/module-operation.ts';
import type { LogEntry } from './log-entry.ts';

/** What of the card CA certificate goes into every certificate it issues. */
export interface Issuer {
  /** Subject of the card CA certificate, DER, copied octet for octet. */
  readonly name: Uint8Array;
  /** Its subject key identifier, 20 octets. */
  readonly keyId: Uint8Array;
  readonly organization: string;
}

/** The part of an entry that is known before anything is signed. */
export type EntryDraft = Omit<LogEntry, 'tbsHash' | 'stationSignature' | 'signature'>;

/** TBSCertificate of profile `module-operation-1`, DER. */
export function tbsOfEntry(entry: EntryDraft, spki: Uint8Array, issuer: Issuer): Uint8Array {
  return buildTbs({
    orderHash: entry.orderHash,
    spki,
    logNumber: entry.number,
    previousLogHead: entry.previousHead,
    issuerName: issuer.name,
    issuerKeyId: issuer.keyId,
    notBefore: entry.notBefore,
    notAfter: entry.notAfter,
    organization: issuer.organization,
    profile: entry.profile,
    moduleSerial: entry.serial,
    enforcement: entry.enforcement,
    stationKeyHash: entry.stationKeyHash,
    approverSetVersion: entry.approverSetVersion,
    epoch: entry.epoch,
    assurance: entry.assurance === 'manufacturer-anchored' ? 'manufacturer-anchored' : 'plausibility',
  });
}

/** The certificate, DER. */
export function certificateOfEntry(entry: LogEntry, spki: Uint8Array, issuer: Issuer): Uint8Array {
  return assemble(tbsOfEntry(entry, spki, issuer), entry.signature);
}
