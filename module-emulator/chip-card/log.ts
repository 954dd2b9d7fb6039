/** The card's log as it grows: reserve number and spend, sign, make the entry durable, answer. */
import { parseCardAuthority } from '#libs/certificates/authority.ts';
import {
  type EntryDraft,
  type Issuer,
  certificateOfEntry,
  tbsOfEntry,
} from '#libs/chip-card-protocol/certificate-of-entry.ts';
import { encodeFields } from '#libs/chip-card-protocol/fields.ts';
import {
  FIRST_HEAD,
  type LogEntry,
  decodeLogEntry,
  encodeLogEntry,
  headAfter,
} from '#libs/chip-card-protocol/log-entry.ts';
import { ascii, equal, fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import { sha256 } from '#libs/kernel/hash.ts';
import type { PersonalizeOrder } from '#libs/kernel/order.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import type { Attestation } from '#libs/personalization-protocol/attestation.ts';
import { encodeStationStatement } from '#libs/personalization-protocol/station-statement.ts';
import type { Card } from './context.ts';
import { withLeaseUsed } from './lease.ts';
import { type CardMemory, type Issue, octets } from './memory.ts';
import type { Presented } from './session.ts';

const NO_SIGNATURE = new Uint8Array(64);

export function logHead(memory: CardMemory): Uint8Array {
  const last = memory.log.at(-1);
  return last === undefined ? octets(memory.archived.head) : headAfter(octets(last.entry));
}

/** Number of the last entry; 0 before the first. */
export function logNumber({ archived, log }: CardMemory): number {
  return archived.number + log.length;
}

/** Head after an entry that the card still holds, or after the last one archived; null for any other number. */
export function headAt(memory: CardMemory, number: number): Uint8Array | null {
  if (number === memory.archived.number) return octets(memory.archived.head);
  const issue = memory.log[number - memory.archived.number - 1];
  return issue === undefined ? null : headAfter(octets(issue.entry));
}

export function spendOf(orderHash: Uint8Array, serial: string): string {
  return toBase64url(sha256(orderHash, ascii(serial)));
}

/** Whether the order was spent on this module, be the entry archived or not. */
export function isSpent(memory: CardMemory, orderHash: Uint8Array, serial: string): boolean {
  const spend = spendOf(orderHash, serial);
  return issueFor(memory, orderHash, serial) !== null || memory.archived.spends.some((one) => one.spend === spend);
}

/** The memory without the entries up to a number, and with their spends as long as any lease could still allow them. */
export function withoutArchived(memory: CardMemory, number: number): CardMemory {
  const count = number - memory.archived.number;
  const head = headAt(memory, number);
  if (head === null) throw new Error('the card holds no entry of this number');
  const going = memory.log.slice(0, count).map(({ entry, until }) => {
    const { orderHash, serial } = entryOf(entry);
    return { spend: spendOf(orderHash, serial), until };
  });
  const spends = [...memory.archived.spends, ...going].filter(({ until }) => until >= memory.timeSeen);
  return { ...memory, log: memory.log.slice(count), archived: { number, head: toBase64url(head), spends } };
}

function entryOf(octetsOfEntry: string): LogEntry {
  const entry = decodeLogEntry(octets(octetsOfEntry));
  if (isRefusal(entry)) throw new Error('the card log holds an entry that the card did not write');
  return entry;
}

/** The issue for (order, serial), if the order was spent on this module. */
export function issueFor(memory: CardMemory, orderHash: Uint8Array, serial: string): Issue | null {
  const found = memory.log.find((issue) => {
    const entry = entryOf(issue.entry);
    return entry.serial === serial && equal(entry.orderHash, orderHash);
  });
  return found ?? null;
}

function issuerOf(memory: CardMemory): Issuer {
  const authority = parseCardAuthority(octets(memory.cardCa));
  if (isRefusal(authority)) throw new Error('an active card holds its CA certificate');
  return { name: authority.name, keyId: authority.keyId, organization: memory.customer?.organization ?? '' };
}

export interface Signing {
  readonly presented: Presented;
  readonly order: PersonalizeOrder;
  readonly time: number;
  readonly attestation: Attestation;
}

/** Number and spend are durable before anything is signed. */
export function reserve(card: Card, { presented, order, time, attestation }: Signing): void {
  const { memory } = card;
  if (memory.reserved !== null)
    throw new Error('a number is reserved; take the power away, so that it is finished first');
  const hash = (text: string) => fromBase64url(text) ?? new Uint8Array(32);
  const draft: EntryDraft = {
    number: logNumber(memory) + 1,
    previousHead: logHead(memory),
    orderHash: sha256(presented.bytes),
    cardTime: time,
    notBefore: order.certificateNotBefore,
    notAfter: order.certificateNotAfter,
    epoch: attestation.epoch,
    spkiHash: sha256(attestation.spki),
    approverSetVersion: presented.it.set.version,
    assurance: 'manufacturer-anchored',
    enforcement: card.keys.enforcement,
    stationKeyHash: hash(order.stationKey),
    profile: order.profile,
    serial: attestation.serial,
    approvers: presented.signers.map((one) => hash(one.kid)).sort((a, b) => Buffer.compare(a, b)),
  };
  const unsigned = { ...draft, tbsHash: FIRST_HEAD, stationSignature: NO_SIGNATURE, signature: NO_SIGNATURE };
  card.remember({
    ...withLeaseUsed(card),
    reserved: {
      draft: toBase64url(encodeLogEntry(unsigned)),
      spki: toBase64url(attestation.spki),
      stationNextKey: order.stationNextKey,
      until: order.notAfter,
    },
  });
}

/** Signs what is reserved, makes the entry durable and gives it. Also the first thing after a loss of power. */
export function complete(card: Card): Issue {
  const { memory } = card;
  const { reserved } = memory;
  if (reserved === null) throw new Error('nothing is reserved');
  const draft = entryOf(reserved.draft);
  const tbs = tbsOfEntry(draft, octets(reserved.spki), issuerOf(memory));
  const tbsHash = sha256(tbs);
  const stationNextKey = fromBase64url(reserved.stationNextKey) ?? FIRST_HEAD;
  const station = encodeStationStatement({ tbsHash, stationKey: draft.stationKeyHash, stationNextKey });
  const signs = (over: Uint8Array): Uint8Array => card.keys.sign(memory.signingKey ?? '', over);
  const entry = { ...draft, tbsHash, stationSignature: signs(station), signature: signs(tbs) };
  const issue = { entry: toBase64url(encodeLogEntry(entry)), spki: reserved.spki, until: reserved.until };
  card.remember({ ...memory, reserved: null, log: [...memory.log, issue] });
  return issue;
}

/** Certificate (DER) and entry, as SIGN CERTIFICATE answers. */
export function answerOf(memory: CardMemory, issue: Issue): Uint8Array {
  const certificate = certificateOfEntry(entryOf(issue.entry), octets(issue.spki), issuerOf(memory));
  return encodeFields(certificate, octets(issue.entry));
}
