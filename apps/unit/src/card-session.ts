/** The unit's side of the chip card: it carries order, approvals and lease to the card, and the card decides. */
import { ChipCardClient } from '#libs/chip-card-protocol/client.ts';
import type { CardConnection } from '#libs/chip-card-protocol/reader.ts';
import { ascii } from '#libs/kernel/bytes.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { MadeKey } from '#libs/personalization-protocol/unit-side.ts';
import { readCardLog } from './card-reading.ts';
import { askForLease } from './lease-request.ts';
import type { Job, UnitParts } from './parts.ts';

export interface Identity {
  readonly identity: Uint8Array;
  readonly identityCa: Uint8Array;
}

/** At every contact, before anything else: what the card's own log says. */
async function tellLog(card: ChipCardClient, { reports }: UnitParts, work: Job['work']): Promise<Refusal | null> {
  const readings = await readCardLog(card, work.cardLog);
  if (isRefusal(readings)) return readings;
  for (const data of readings) {
    const refusal = await reports.sendOrKeep(`card-${work.card}`, { type: 'CardLogRead', data });
    if (refusal !== null) return refusal;
  }
  return null;
}

export class CardSession {
  readonly #connection: CardConnection;
  readonly #card: ChipCardClient;
  /** The card's 32 octets that module and headquarters must answer. */
  readonly challenge: Uint8Array;

  private constructor(connection: CardConnection, card: ChipCardClient, challenge: Uint8Array) {
    this.#connection = connection;
    this.#card = card;
    this.challenge = challenge;
  }

  /** Power, PIN, order, every approval, challenge. The card refuses what does not hold, with its own code. */
  static async open(parts: UnitParts, { work }: Pick<Job, 'work'>): Promise<CardSession | Refusal> {
    const reader = parts.readerWith(work.card);
    if (reader === null)
      return refuse('CARD_NOT_HERE', 'The technician does not have the chip card that the order names.');
    const connection = await reader.powerOn();
    const card = new ChipCardClient(connection);
    const opened = await CardSession.#present(card, parts, work);
    if (!isRefusal(opened)) return new CardSession(connection, card, opened);
    await connection.powerOff();
    return opened;
  }

  static async #present(card: ChipCardClient, parts: UnitParts, work: Job['work']): Promise<Uint8Array | Refusal> {
    const refusal =
      (await card.select()) ??
      (await tellLog(card, parts, work)) ??
      (await card.verifyPin('technician', parts.config.technician.pin)) ??
      (await card.presentOrder(ascii(work.order.bytes)));
    if (refusal !== null) return refusal;
    for (const approval of work.order.approvals) {
      const no = await card.presentApproval(approval);
      if (no !== null) return no;
    }
    return card.challenge();
  }

  /** A lease from headquarters, unless the card keeps one for the field; then the card's two signatures. */
  async sign(
    parts: UnitParts,
    job: Job,
    made: MadeKey & Identity,
  ): Promise<{ certificate: Uint8Array; entry: Uint8Array } | Refusal> {
    const refusal = job.isOffline ? null : await this.#lease(parts, job);
    if (refusal !== null) return refusal;
    const { bytes: attestation, signature, identity, identityCa } = made;
    const { inclusion } = job;
    return this.#card.signCertificate({ attestation, signature, identity, identityCa, inclusion });
  }

  /** Lease from headquarters, then the card's signature under the module's nonce. */
  async signReset(parts: UnitParts, job: Pick<Job, 'work'>, nonce: Uint8Array): Promise<Uint8Array | Refusal> {
    return (await this.#lease(parts, job)) ?? this.#card.signReset(nonce);
  }

  /** Offline nobody is asked: the card keeps a lease for the field, or it refuses. */
  async #lease({ config, credential }: UnitParts, { work }: Pick<Job, 'work'>): Promise<Refusal | null> {
    const asked = { card: work.card, challenge: this.challenge, order: work.order.id, unit: config.unit };
    const lease = await askForLease(config.headquarters, asked, credential);
    return isRefusal(lease) ? lease : this.#card.putLease(lease.lease, lease.signature);
  }

  close(): Promise<void> {
    return this.#connection.powerOff();
  }
}
