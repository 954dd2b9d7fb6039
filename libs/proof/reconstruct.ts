/**
 * A certificate built again, bit for bit, from events alone, with its chain and the evidence for it (S29b). No event holds
 * the certificate itself: it follows from the card's log entry and the module's key, and its hash says that it is the one.
 */
import { parseModuleCertificate } from '#libs/certificates/module-operation.ts';
import { rfc3339Of } from '#libs/kernel/clock.ts';
import { renderOrder } from '#libs/kernel/order.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { toBase64url, toHex } from '#libs/kernel/bytes.ts';
import { ruleWords } from '#libs/kernel/rule-words.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { serialProofs } from '#libs/serial-tree/serial-tree.ts';
import type { Finding } from './finding.ts';
import { genesisOf } from './genesis.ts';
import type { IssuedFacts, Known, OrderFacts } from './known.ts';
import { Replay } from './replay.ts';
import { octetsOf } from './signatures.ts';

export interface Evidence {
  readonly fingerprint: string;
  readonly genesis: string;
  readonly demo: boolean;
  readonly order: string;
  /** As its approvers saw it before they signed, with what its rule demanded and conceded. */
  readonly text: readonly string[];
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly approvedBy: readonly { readonly person: string; readonly keyClass: 'A' | 'B'; readonly position: string }[];
  readonly serial: string;
  /** That the order's tree of serials holds this one, base64url; empty where the order lists its serials. */
  readonly inclusion: string;
  readonly station: string;
  readonly card: string;
  readonly cardKey: string;
  /** Number in the card's own log. */
  readonly logNumber: number;
  /** Who checked order and quorum: `device` for the card itself, `host` for an agent beside a key that anybody with its PIN can use. */
  readonly enforcement: 'device' | 'host';
  readonly issuedAt: string;
  /** False where the report of the issue was contested. */
  readonly accepted: boolean;
  readonly installedAt: string | null;
  /** By the lease under which the card signed, RFC 3339: the card's own time. */
  readonly leasedAt: string;
  /** When it was issued, by the unit's clock; and when the record heard of it, RFC 3339. */
  readonly occurredAt: string;
  readonly recordedAt: string;
  /** When it was recorded that the order was withdrawn or declined, RFC 3339: later than the lease, or the card had refused. */
  readonly withdrawnAt: string | null;
}

export interface Reconstruction {
  readonly der: Uint8Array;
  /** Module, card CA, customer signing CA, manufacturer root: DER. */
  readonly chain: readonly Uint8Array[];
  readonly evidence: Evidence;
  /** The card's own log entry for it, base64url. */
  readonly logEntry: string;
  /** What the module signed that it holds: this one, another one, or nothing yet. */
  readonly equalsModule: boolean | 'not yet';
  /** Where the log stops to hold, if it does; this certificate was rebuilt from what stands before. */
  readonly doubt: Finding | null;
}

/** Shortest beginning of a fingerprint that is looked up. */
const PREFIX_MIN = 8;

/** `fingerprint`: SHA-256 of the DER as base64url or hex (colons allowed), or its beginning where that is unique. */
export async function reconstructCertificate(
  events: AsyncIterable<StoredEvent> | Iterable<StoredEvent>,
  fingerprint: string,
): Promise<Reconstruction | Refusal> {
  const walk = new Replay();
  for await (const event of events) if (walk.step(event) !== null) break;
  const result = walk.end();
  return reconstructFrom(walk.known, 'code' in result ? result : null, fingerprint);
}

/** As `reconstructCertificate`, from a walk that was taken already; `doubt` is where it stopped. */
export function reconstructFrom(known: Known, doubt: Finding | null, fingerprint: string): Reconstruction | Refusal {
  const issued = find(known, fingerprint);
  if (!isRefusal(issued)) return reconstruction(known, issued, doubt);
  if (doubt === null || issued.code !== 'CERTIFICATE_UNKNOWN') return issued;
  return refuse(
    'LOG_NOT_HELD',
    `Up to where the log holds no such certificate was issued; it does not hold at position ${doubt.position}: ${doubt.why}`,
  );
}

function find({ certificates }: Known, wanted: string): IssuedFacts | Refusal {
  const hex = wanted.replaceAll(':', '').toLowerCase();
  if (wanted.length < PREFIX_MIN)
    return refuse('FINGERPRINT_TOO_SHORT', `Give at least the first ${PREFIX_MIN} characters of the fingerprint.`);
  const found = [...certificates.values()].filter(
    (one) => one.fingerprint.startsWith(wanted) || toHex(octetsOf(one.fingerprint)).startsWith(hex),
  );
  const [first, second] = found;
  if (first === undefined) return unknown([...certificates.values()].at(-1));
  return second === undefined
    ? first
    : refuse('FINGERPRINT_AMBIGUOUS', `${found.length} certificates begin so; give more of the fingerprint.`);
}

/** Whoever has the log and no fingerprint yet is told the newest one. */
function unknown(newest: IssuedFacts | undefined): Refusal {
  const known =
    newest === undefined ? 'it knows none' : `the newest that it knows is ${newest.fingerprint} of ${newest.serial}`;
  return refuse('CERTIFICATE_UNKNOWN', `The log knows no certificate of this fingerprint; ${known}.`);
}

function reconstruction(known: Known, issued: IssuedFacts, doubt: Finding | null): Reconstruction | Refusal {
  const order = known.orders.get(issued.order);
  const key = known.cards.get(issued.card)?.key;
  const certificate = parseModuleCertificate(issued.der);
  if (isRefusal(certificate)) return certificate;
  if (order === undefined || key == null) throw new Error('an issue is judged by its order and its card');
  return {
    der: issued.der,
    chain: [issued.der, key.cardCa.der, key.customerCa.der, key.root],
    evidence: evidenceOf(known, issued, order),
    logEntry: (issued.event.data as { readonly entry: string }).entry, // of a CertificateIssued that was read by its shape
    equalsModule: heldByModule(known, issued),
    doubt,
  };
}

function evidenceOf(known: Known, issued: IssuedFacts, facts: OrderFacts): Evidence {
  const { id, it, bytes, requested, approvals } = facts;
  const { hash, founding } = genesisOf(known);
  const { fingerprint, serial, station, card, cardKey, accepted, entry, event } = issued;
  const text = renderOrder(bytes);
  const installed = known.installed.get(event.stream)?.find((one) => one.fingerprint === fingerprint);
  return {
    fingerprint,
    genesis: hash,
    demo: founding.demo,
    order: id,
    text: isRefusal(text) ? [] : [...text, ...(it.rule === null ? [] : ruleWords(it.rule))],
    requestedBy: it.order.requester,
    requestedAt: requested,
    approvedBy: approvals.map(({ signer, position }) => ({
      person: signer.person,
      keyClass: signer.keyClass,
      position,
    })),
    serial,
    inclusion: inclusionOf(facts, serial),
    station,
    card,
    cardKey,
    logNumber: entry.number,
    enforcement: entry.enforcement,
    issuedAt: event.position,
    accepted,
    installedAt: installed?.position ?? null,
    leasedAt: rfc3339Of(entry.cardTime),
    occurredAt: event.occurredAt,
    recordedAt: event.recordedAt,
    withdrawnAt: facts.endedAt ?? null,
  };
}

function inclusionOf({ it: { order }, serials }: OrderFacts, serial: string): string {
  if (order.kind !== 'personalize') return '';
  return toBase64url(serialProofs(order.serials, serials)(serial) ?? new Uint8Array());
}

function heldByModule({ installed }: Known, { fingerprint, event }: IssuedFacts): boolean | 'not yet' {
  const said = installed.get(event.stream) ?? [];
  return said.length === 0 ? 'not yet' : said.some((one) => one.fingerprint === fingerprint);
}
