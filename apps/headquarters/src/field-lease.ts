/**
 * A lease for the field: both custodians open the card at headquarters, and it may then sign a bounded number of times
 * where nobody can be asked. It stands in the record before the card gets it, so that an auditor knows of every one.
 */
import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { type CardStatus, ChipCardClient } from '#libs/chip-card-protocol/client.ts';
import type { CardReader } from '#libs/chip-card-protocol/reader.ts';
import { chipCardStream } from '#libs/domain/chip-card/chip-card.ts';
import type { FieldLease } from '#libs/domain/chip-card/field-lease.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { closed, integer } from '#libs/kernel/template.ts';
import { readWhole } from '#libs/local/durable-file.ts';
import { ReportLine } from '#libs/platform-client/report-line.ts';
import {
  type Desk,
  HEADQUARTERS,
  type HeadquartersConfig,
  type SignedLease,
  deskOf,
  signedLease,
  told,
} from './lease-desk.ts';

export interface FieldCard {
  /** Number of the card that lies in the reader. */
  readonly card: string;
  readonly reader: CardReader;
  readonly pins: { readonly custodian1: string; readonly custodian2: string };
  /** An order for this card: its challenge is bound to one. */
  readonly order: Uint8Array;
  /** Signatures that the card may make before it must come back. */
  readonly entries: number;
}

const NOT_ALLOWED = refuse(
  'FIELD_ENTRIES',
  'Policy of this headquarters does not allow so many signatures in the field under one lease.',
);

const policy = closed({ fieldEntriesMax: integer(2, 65_535) });

/** What the custodians wrote down beside the lease key; where there is no file there are no leases for the field. */
export function fieldEntriesMax(folder: string): number {
  const file = join(folder, 'policy.json');
  const octets = readWhole(file);
  if (octets === null) return 0;
  const read = policy(JSON.parse(Buffer.from(octets).toString('utf8')) as never, 'policy');
  if (isRefusal(read)) throw new Error(`The file ${file} cannot be used: ${read.message}`);
  return read.fieldEntriesMax;
}

/** Null once the card keeps it. FIELD_ENTRIES, LEASE_PLATFORM_SILENT, PLATFORM_SILENT, or whatever the card refuses. */
export async function leaseForTheField(config: HeadquartersConfig, it: FieldCard): Promise<Refusal | null> {
  const { entries } = it;
  if (!Number.isInteger(entries) || entries < 2 || entries > (config.fieldEntriesMax ?? 0)) return NOT_ALLOWED;
  const desk = deskOf(config);
  try {
    const withdrawn = await told(desk);
    return isRefusal(withdrawn) ? withdrawn : await leased(desk, it, withdrawn);
  } finally {
    await desk.client.close();
  }
}

async function leased(desk: Desk, it: FieldCard, withdrawn: readonly string[]): Promise<Refusal | null> {
  const connection = await it.reader.powerOn();
  try {
    const card = new ChipCardClient(connection);
    const opened = await challengeOf(card, it);
    if (isRefusal(opened)) return opened;
    const asked = { card: it.card, challenge: toBase64url(opened.challenge), entries: it.entries };
    const signed = signedLease(asked, desk, withdrawn);
    const refusal = await recorded(desk, it.card, { signed, after: opened.status.logNumber });
    return refusal ?? (await card.putLease(signed.lease, signed.signature));
  } finally {
    await connection.powerOff();
  }
}

/** Null once it stands in the record, under the lease key and as of now. */
function recorded(
  { config, client }: Desk,
  card: string,
  { signed: { said, signature }, after }: { readonly signed: SignedLease; readonly after: number },
): Promise<Refusal | null> {
  const { genesis, leaseKey: credential, clock } = config;
  const line = new ReportLine({ client, by: HEADQUARTERS, genesis, credential, clock });
  const data: FieldLease = {
    challenge: toBase64url(said.challenge),
    time: said.time,
    approverSet: toBase64url(said.approverSet),
    entries: said.entries,
    withdrawn: said.withdrawn.map(toBase64url),
    signature: toBase64url(signature),
    after,
  };
  return line.send(chipCardStream(card), { type: 'FieldLeaseGiven', data });
}

interface Opened {
  readonly status: CardStatus;
  readonly challenge: Uint8Array;
}

async function challengeOf(card: ChipCardClient, { pins, order }: FieldCard): Promise<Opened | Refusal> {
  const refusal =
    (await card.select()) ??
    (await card.verifyPin('custodian1', pins.custodian1)) ??
    (await card.verifyPin('custodian2', pins.custodian2)) ??
    (await card.presentOrder(order));
  if (refusal !== null) return refusal;
  const status = await card.status();
  if (isRefusal(status)) return status;
  const challenge = await card.challenge();
  return isRefusal(challenge) ? challenge : { status, challenge };
}
