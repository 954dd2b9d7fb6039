/** What speaks against a unit's report: an attestation, a card's log entry or a module's statement that does not hold. */
import { parseIdentity } from '#libs/certificates/authority.ts';
import { verifyRaw } from '#libs/certificates/ecdsa.ts';
import { certificateOfEntry } from '#libs/chip-card-protocol/certificate-of-entry.ts';
import { decodeLogEntry } from '#libs/chip-card-protocol/log-entry.ts';
import { equal, fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import { hashId, keyFromSpki, sha256 } from '#libs/kernel/hash.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { decodeAttestation } from '#libs/personalization-protocol/attestation.ts';
import { encodeInstalled } from '#libs/personalization-protocol/installed-statement.ts';
import type { Facts } from '../board-facts.ts';
import { issuerOf } from './chip-card.ts';
import type { ContestCase } from './contest.ts';

function octets(text: string | undefined): Uint8Array {
  return fromBase64url(text ?? '') ?? new Uint8Array();
}

function orderIdOf(stream: string): string {
  return stream.slice('personalization-'.length, 'personalization-'.length + 43);
}

function serialOf(stream: string): string {
  return stream.slice('personalization-'.length + 44);
}

interface KeyData {
  readonly attestation: string;
  readonly attestationSignature: string;
  readonly spki: string;
  readonly salt: string;
  readonly epoch: number;
}

/** The identity key of that very module attested this key for this order. */
export function contestKey({ facts, stream, data }: ContestCase): Refusal | null {
  const it = data as KeyData;
  const bytes = octets(it.attestation);
  const attested = decodeAttestation(bytes);
  if (isRefusal(attested)) return attested;
  const module = facts.modules.get(serialOf(stream));
  const identity = parseIdentity(octets(module?.identity));
  if (isRefusal(identity)) return refuse('MODULE_UNKNOWN', 'No module of this serial is on record.');
  if (!verifyRaw(bytes, octets(it.attestationSignature), keyFromSpki(identity.spki)))
    return refuse('ATTESTATION_SIGNATURE', 'The attestation is not signed by the identity key on record.');
  const same =
    attested.serial === serialOf(stream) &&
    toBase64url(attested.orderHash) === orderIdOf(stream) &&
    toBase64url(attested.spki) === it.spki &&
    toBase64url(attested.salt) === it.salt &&
    attested.epoch === it.epoch;
  return same
    ? null
    : refuse('ATTESTATION_OTHER', 'The attestation speaks of another module, order or key than the report.');
}

interface IssueData {
  readonly card: string;
  readonly cardKey: string;
  readonly entry: string;
  readonly fingerprint: string;
  readonly number: number;
}

/** The card's key signed exactly the certificate that follows from entry and module key, and the order still stood. */
export function contestIssue({ facts, stream, data }: ContestCase): Refusal | null {
  const it = data as IssueData;
  const entry = decodeLogEntry(octets(it.entry));
  if (isRefusal(entry)) return entry;
  const key = facts.moduleKeys.get(stream);
  const certificate = key === undefined ? null : rebuilt(facts, it, octets(key.spki));
  if (certificate === null || hashId(certificate) !== it.fingerprint)
    return refuse('CERTIFICATE_OTHER', 'The certificate does not follow from the card log entry and the module key.');
  if (
    toBase64url(entry.orderHash) !== orderIdOf(stream) ||
    entry.serial !== serialOf(stream) ||
    entry.number !== it.number
  )
    return refuse('ENTRY_OTHER', 'The entry of the card log is about another order or module.');
  return orderStood(facts, orderIdOf(stream));
}

function rebuilt(facts: Facts, it: IssueData, spki: Uint8Array): Uint8Array | null {
  const card = facts.cards.get(it.card);
  const entry = decodeLogEntry(octets(it.entry));
  const issuer = card?.key?.cardKey === it.cardKey ? issuerOf(card) : null;
  if (issuer === null || isRefusal(issuer) || isRefusal(entry) || !equal(sha256(spki), entry.spkiHash)) return null;
  const name = { name: issuer.name, keyId: issuer.keyId, organization: issuer.organization };
  return certificateOfEntry(entry, spki, name);
}

function orderStood(facts: Facts, order: string): Refusal | null {
  const is = facts.orders.get(order)?.state.is;
  return is === 'withdrawn' || is === 'declined'
    ? refuse('AFTER_WITHDRAWAL', `The certificate was issued under an order that had been ${is}.`)
    : null;
}

interface InstalledData {
  readonly fingerprint: string;
  readonly statement: string;
  readonly signature: string;
}

/** The module itself signed, with the certified key, that it holds this certificate. */
export function contestInstalled({ facts, stream, data }: ContestCase): Refusal | null {
  const it = data as InstalledData;
  const key = facts.moduleKeys.get(stream);
  const expected = encodeInstalled({
    serial: serialOf(stream),
    epoch: key?.epoch ?? 0,
    orderHash: octets(orderIdOf(stream)),
    certificateHash: octets(it.fingerprint),
  });
  if (!equal(octets(it.statement), expected))
    return refuse('INSTALLED_OTHER', 'The statement speaks of another module, order or certificate.');
  return key !== undefined && verifyRaw(expected, octets(it.signature), keyFromSpki(octets(key.spki)))
    ? null
    : refuse('INSTALLED_SIGNATURE', 'The module key did not sign this statement.');
}
