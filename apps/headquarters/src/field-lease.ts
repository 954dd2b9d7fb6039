/**
 * A lease for the field: both custodians open the card at headquarters, and it may then sign a bounded number of times
 * where nobody can be asked. What was withdrawn by then stands in the lease; what is withdrawn later the card cannot know.
 */
import { ChipCardClient } from '#libs/chip-card-protocol/client.ts';
import type { CardReader } from '#libs/chip-card-protocol/reader.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { type HeadquartersConfig, deskOf, signedLease, told } from './lease-desk.ts';

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

/** Null once the card keeps it. FIELD_ENTRIES, LEASE_PLATFORM_SILENT, or whatever the card refuses. */
export async function leaseForTheField(config: HeadquartersConfig, it: FieldCard): Promise<Refusal | null> {
  const { entries } = it;
  if (!Number.isInteger(entries) || entries < 2 || entries > (config.fieldEntriesMax ?? 0)) return NOT_ALLOWED;
  const desk = deskOf(config);
  const withdrawn = await told(desk);
  await desk.client.close();
  if (isRefusal(withdrawn)) return withdrawn;
  const connection = await it.reader.powerOn();
  try {
    const card = new ChipCardClient(connection);
    const challenge = await challengeOf(card, it);
    if (isRefusal(challenge)) return challenge;
    const asked = { card: it.card, challenge: toBase64url(challenge), entries };
    const { lease, signature } = signedLease(asked, desk, withdrawn);
    return await card.putLease(lease, signature);
  } finally {
    await connection.powerOff();
  }
}

async function challengeOf(card: ChipCardClient, { pins, order }: FieldCard): Promise<Uint8Array | Refusal> {
  const refusal =
    (await card.select()) ??
    (await card.verifyPin('custodian1', pins.custodian1)) ??
    (await card.verifyPin('custodian2', pins.custodian2)) ??
    (await card.presentOrder(order));
  return refusal ?? card.challenge();
}
