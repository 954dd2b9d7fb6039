/** A real chip card in the attacker's hand: its image to copy and put back, its PINs if he knows them, and how it was issued. */
import { ChipCardClient, type KeyBirth } from '#libs/chip-card-protocol/client.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import { hashId } from '#libs/kernel/hash.ts';
import type { Refusal } from '#libs/kernel/refusal.ts';
import { ChipCard } from '../chip-card/card.ts';
import { type SigningKeys, keysInside } from '../chip-card/keys.ts';
import { cardLaws } from '../chip-card/law.ts';
import { type CardMemory, manufacturedCard, publicSpki } from '../chip-card/memory.ts';
import { type MemoryImage, memoryImage } from '../memory-image.ts';
import { type Bank, DAY, NOW, cardKeyOf } from './bank.ts';
import { orThrow, spkiOfPrivate } from './people.ts';

export const PINS = { technician: '135790', custodian1: '246801', custodian2: '975310' } as const;

/** What is tried here is the law, a hundred thousand times, not how long a guess at a stolen image takes. */
const PIN_COST = 2;

/** An active card of the bank, and what its issue made public. */
export interface IssuedCard {
  readonly card: string;
  readonly memory: CardMemory;
  readonly birth: KeyBirth;
  readonly cardKey: string;
  /** The card CA certificate, DER. */
  readonly cardCa: Uint8Array;
}

export class HeldCard {
  readonly image: MemoryImage<CardMemory>;
  readonly #card: ChipCard;

  /** With keys outside it is an agent on somebody's host. */
  constructor(memory: CardMemory, keys: SigningKeys = keysInside) {
    this.image = memoryImage(memory);
    this.#card = new ChipCard(this.image, cardLaws, keys);
  }

  /** Power off and on, application selected, no PIN. */
  async powerOn(): Promise<ChipCardClient> {
    const client = new ChipCardClient(await this.#card.powerOn());
    must(await client.select());
    return client;
  }

  async withTechnician(): Promise<ChipCardClient> {
    const client = await this.powerOn();
    must(await client.verifyPin('technician', PINS.technician));
    return client;
  }

  async withCustodians(): Promise<ChipCardClient> {
    const client = await this.powerOn();
    must(await client.verifyPin('custodian1', PINS.custodian1));
    must(await client.verifyPin('custodian2', PINS.custodian2));
    return client;
  }
}

export function must(refusal: Refusal | null): void {
  if (refusal !== null) throw new Error(`${refusal.code}: ${refusal.message}`);
}

export async function presentAll(client: ChipCardClient, proofs: readonly Proof[]): Promise<Refusal | null> {
  for (const proof of proofs) {
    const refusal = await client.presentApproval(proof);
    if (refusal !== null) return refusal;
  }
  return null;
}

/** A card from its maker, pins, key and card CA certificate in it, not active yet. */
export async function issuedCard(bank: Bank, card: string, keys: SigningKeys = keysInside): Promise<IssuedCard> {
  const { enforcement } = keys;
  const { works } = bank.maker;
  const makerSigns = (statement: Uint8Array) => works.signDevice(statement);
  const held = new HeldCard(
    manufacturedCard({ card, pins: PINS, capacity: 16, pinCost: PIN_COST, enforcement, makerSigns }),
    keys,
  );
  const client = await held.withCustodians();
  const leaseKeySpki = spkiOfPrivate(bank.leaseKey);
  const { genesis, setBytes: approverSet, organization } = bank;
  const { identityCaSpki } = works;
  must(await client.putApproverSet({ genesis, approverSet, leaseKeySpki, identityCaSpki, organization }));
  const birth = orThrow(await client.generateKey());
  const window = { notBefore: NOW - DAY, notAfter: NOW + 3650 * DAY };
  const certified = { organization, card, spki: birth.spki, genesis, enforcement, ...window };
  const cardCa = orThrow(works.certifyCard({ ...certified, checkBirth: () => null }));
  must(await client.putCertificate(cardCa));
  return { card, memory: held.image.read(), birth, cardKey: cardKeyOf(birth.spki), cardCa };
}

/** The same, activated under four eyes. */
export async function activeCard(bank: Bank, card: string, keys: SigningKeys = keysInside): Promise<IssuedCard> {
  const issued = await issuedCard(bank, card, keys);
  const held = new HeldCard(issued.memory, keys);
  const client = await held.withCustodians();
  const bytes = bank.issueCard(card, deviceKeyOf(issued.memory), { enforcement: keys.enforcement });
  must(await client.presentOrder(bytes));
  must(await presentAll(client, bank.approvals(bytes)));
  must(await client.activate());
  return { ...issued, memory: held.image.read() };
}

/** As an order to issue the card names it. */
export function deviceKeyOf({ deviceKey }: CardMemory): string {
  return hashId(publicSpki(deviceKey));
}
