/** An issue: the certificate is built again from the card's log entry and the module's key, and must be what was recorded. */
import { judgeQuorum } from '#libs/approval/approval.ts';
import { isLowS } from '#libs/certificates/ecdsa.ts';
import { assemble } from '#libs/certificates/module-operation.ts';
import { tbsOfEntry } from '#libs/chip-card-protocol/certificate-of-entry.ts';
import { type LogEntry, decodeLogEntry } from '#libs/chip-card-protocol/log-entry.ts';
import type { IssuedCertificate } from '#libs/domain/personalization/personalization.ts';
import { holderOf } from '#libs/kernel/approver-set.ts';
import { equal, toBase64url } from '#libs/kernel/bytes.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { hashId, sha256 } from '#libs/kernel/hash.ts';
import { type Law, judge } from '#libs/kernel/law.ts';
import type { PersonalizeOrder } from '#libs/kernel/order.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { encodeStationStatement } from '#libs/personalization-protocol/station-statement.ts';
import { type CardKey, type IssuedFacts, type Known, type ModuleKey, type OrderFacts, runOf } from './known.ts';
import { signersOf } from './orders.ts';
import { octetsOf, signatureHolds } from './signatures.ts';

export interface EntryCase {
  readonly said: IssuedCertificate;
  readonly serial: string;
  readonly order: OrderFacts;
  readonly ordered: PersonalizeOrder;
  readonly card: CardKey;
  readonly key: ModuleKey;
  readonly entry: LogEntry;
}

/** What the card says it did, held against order, card and module key. */
export const entryLaw: Law<EntryCase> = [
  {
    code: 'AFTER_WITHDRAWAL',
    says: 'The order had been withdrawn or declined before; the report should have been contested.',
    holds: ({ order }) => order.ended !== 'withdrawn' && order.ended !== 'declined',
  },
  {
    code: 'ISSUE_WITHOUT_QUORUM',
    says: 'Too few persons had approved the order before the certificate was issued.',
    holds: ({ order }) => judgeQuorum(order.it, signersOf(order)) === null,
  },
  {
    code: 'SERIAL_NOT_IN_ORDER',
    says: 'The order does not name this module.',
    holds: ({ order, serial }) => order.serials.includes(serial),
  },
  {
    code: 'ISSUE_OTHER_CARD',
    says: 'The certificate was issued by another card key than the order names.',
    holds: ({ said, card, ordered }) => said.cardKey === card.cardKey && ordered.cardKey === card.cardKey,
  },
  {
    code: 'ENTRY_OTHER_RUN',
    says: 'The entry of the card log is about another order or module, or has another number.',
    holds: ({ said, serial, order, entry }) =>
      toBase64url(entry.orderHash) === order.id && entry.serial === serial && entry.number === said.number,
  },
  {
    code: 'ENTRY_OTHER_KEY',
    says: 'The entry of the card log is about another module key or epoch than the module attested.',
    holds: ({ entry, key }) => equal(entry.spkiHash, sha256(key.spki)) && entry.epoch === key.epoch,
  },
  {
    code: 'ENTRY_OTHER_ORDERED',
    says: 'Window, profile or station in the entry of the card log are not those of the order.',
    holds: ({ entry, ordered }) =>
      entry.notBefore === ordered.certificateNotBefore &&
      entry.notAfter === ordered.certificateNotAfter &&
      entry.profile === ordered.profile &&
      toBase64url(entry.stationKeyHash) === ordered.stationKey,
  },
  {
    code: 'ENTRY_OUT_OF_TIME',
    says: "By the card's own time the order could not be used then.",
    holds: ({ entry, ordered }) => entry.cardTime >= ordered.notBefore && entry.cardTime <= ordered.notAfter,
  },
  {
    code: 'ENFORCEMENT_FORBIDDEN',
    says: 'The unit that signed leaves its law to its host, and the policy allows that here to none.',
    holds: ({ entry, order }) => entry.enforcement === 'device' || order.it.rule?.enforcement === 'host',
  },
  {
    code: 'ENTRY_OTHER_LAW',
    says: 'The entry claims another approver set, enforcement or assurance than the card has.',
    holds: ({ entry, order, card }) =>
      entry.approverSetVersion === order.it.set.version &&
      entry.enforcement === card.cardCa.enforcement &&
      entry.assurance === 'manufacturer-anchored',
  },
  {
    code: 'ENTRY_APPROVERS',
    says: 'The approvers in the entry of the card log are no quorum of approvers of the set.',
    holds: ({ entry, order }) => approversHold(entry, order),
  },
];

/** Both documents as they follow from entry and key, DER. */
export interface CertificateCase extends EntryCase {
  readonly tbs: Uint8Array;
  readonly der: Uint8Array;
}

export const certificateLaw: Law<CertificateCase> = [
  {
    code: 'CERTIFICATE_OTHER',
    says: 'The certificate that follows from card log entry and module key is not the one recorded.',
    holds: ({ said, entry, tbs, der }) => equal(entry.tbsHash, sha256(tbs)) && hashId(der) === said.fingerprint,
  },
  {
    code: 'CERTIFICATE_SIGNATURE',
    says: 'The card did not sign this certificate, or its signature is not in the one form that a card makes.',
    holds: ({ entry, card, tbs }) =>
      isLowS(entry.signature) && signatureHolds({ over: tbs, signature: entry.signature, spki: card.spki }),
  },
  {
    code: 'STATION_STATEMENT',
    says: 'The card did not sign the station of the order, and the key that follows it, for this certificate.',
    holds: ({ entry, card, ordered }) =>
      signatureHolds({ over: stationBytes(entry, ordered), signature: entry.stationSignature, spki: card.spki }),
  },
];

function approversHold({ approvers }: LogEntry, { it }: OrderFacts): boolean {
  const holders = approvers.map((kid) => ({ kid: toBase64url(kid), holder: holderOf(it.set, toBase64url(kid)) }));
  const signers = holders.flatMap(({ kid, holder }) =>
    holder?.person.roles.includes('approver') === true
      ? [{ person: holder.person.id, kid, keyClass: holder.key.class, roles: holder.person.roles }]
      : [],
  );
  return signers.length === approvers.length && judgeQuorum(it, signers) === null;
}

function stationBytes({ tbsHash, stationKeyHash }: LogEntry, { stationNextKey }: PersonalizeOrder): Uint8Array {
  return encodeStationStatement({ tbsHash, stationKey: stationKeyHash, stationNextKey: octetsOf(stationNextKey) });
}

/** CertificateIssued, accepted. */
export function judgeIssue(known: Known, event: StoredEvent): IssuedFacts | Refusal {
  return rebuilt(known, event, { entryLaw, accepted: true });
}

/** CertificateIssued, contested: what the card signed it signed; kept when the certificate can be rebuilt all the same. */
export function contestedIssue(known: Known, event: StoredEvent): IssuedFacts | null {
  const needed = entryLaw.filter(({ code }) => code.startsWith('ENTRY_OTHER_'));
  const issued = rebuilt(known, event, { entryLaw: needed, accepted: false });
  return isRefusal(issued) ? null : issued;
}

function rebuilt(
  known: Known,
  event: StoredEvent,
  by: { readonly entryLaw: Law<EntryCase>; readonly accepted: boolean },
): IssuedFacts | Refusal {
  const it = entryCase(known, event);
  const refusal = isRefusal(it) ? it : judge(by.entryLaw, it);
  if (refusal !== null || isRefusal(it)) return refusal ?? UNKNOWN;
  const { name, keyId, organization } = it.card.cardCa;
  const tbs = tbsOfEntry(it.entry, it.key.spki, { name, keyId, organization });
  const certified = { ...it, tbs, der: assemble(tbs, it.entry.signature) };
  return judge(certificateLaw, certified) ?? factsOf(certified, event, by.accepted);
}

const UNKNOWN = refuse('ORDER_UNKNOWN', 'No order to personalize stands behind this run.');

/** Everything an issue is judged by; a refusal where something of it is not on record. */
function entryCase(known: Known, event: StoredEvent): EntryCase | Refusal {
  const said = event.data as IssuedCertificate;
  const { order: id, serial } = runOf(event.stream);
  const order = known.orders.get(id);
  const ordered = order?.it.order;
  if (order === undefined || ordered?.kind !== 'personalize') return UNKNOWN;
  const card = known.cards.get(said.card)?.key;
  if (card == null) return refuse('CARD_UNKNOWN', 'No card of this name had a certified signing key before.');
  const key = known.moduleKeys.get(event.stream);
  if (key === undefined)
    return refuse('MODULE_KEY_UNKNOWN', 'No attested key of this module stands before its certificate.');
  const entry = decodeLogEntry(octetsOf(said.entry));
  return isRefusal(entry) ? entry : { said, serial, order, ordered, card, key, entry };
}

function factsOf(it: CertificateCase, event: StoredEvent, accepted: boolean): IssuedFacts {
  const { said, order, serial, ordered, entry, key: moduleKey, der } = it;
  const { fingerprint, card, cardKey } = said;
  return {
    fingerprint,
    der,
    order: order.id,
    serial,
    station: ordered.station,
    card,
    cardKey,
    entry,
    moduleKey,
    accepted,
    event,
  };
}
