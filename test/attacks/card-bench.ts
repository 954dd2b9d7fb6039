/** A chip card on the bench: its image, its reader, its PINs, and a copy of every octet that crossed its contacts. */
import { ChipCardClient } from '#libs/chip-card-protocol/client.ts';
import type { CardConnection } from '#libs/chip-card-protocol/reader.ts';
import type { Refusal } from '#libs/kernel/refusal.ts';
import { type CardImage, ChipCard } from '#module-emulator/chip-card/card.ts';
import { type CardLaws, cardLaws } from '#module-emulator/chip-card/law.ts';
import type { CardMemory } from '#module-emulator/chip-card/memory.ts';
import { type MemoryImage, memoryImage } from '#module-emulator/memory-image.ts';

export const PINS = { technician: '135790', custodian1: '246801', custodian2: '975310' } as const;

/** For commands that this step of a test takes for granted. */
export function orNull(refusal: Refusal | null): void {
  if (refusal !== null) throw new Error(`${refusal.code}: ${refusal.message}`);
}

export class CardBench {
  readonly image: MemoryImage<CardMemory>;
  readonly card: ChipCard;
  readonly trace: { readonly command: Uint8Array; readonly answer: Uint8Array }[] = [];
  #connection: CardConnection | null = null;

  /** `keeps` is how the card keeps its memory, where not all of it inside. */
  constructor(memory: CardMemory, laws: CardLaws = cardLaws, keeps = (image: CardImage): CardImage => image) {
    this.image = memoryImage(memory);
    const image = keeps({ read: () => this.image.read(), write: (next) => this.onWrite(next) });
    this.card = new ChipCard(image, laws);
  }

  /** What the card's memory does when it is written; a test can have it fail. */
  onWrite: CardImage['write'] = (next) => this.image.write(next);

  async powerOn(): Promise<ChipCardClient> {
    await this.powerOff();
    this.#connection = await this.card.powerOn();
    return new ChipCardClient({ transmit: (apdu) => this.transmit(apdu), powerOff: () => this.powerOff() });
  }

  async powerOff(): Promise<void> {
    await this.#connection?.powerOff();
  }

  async transmit(command: Uint8Array): Promise<Uint8Array> {
    const answer = (await this.#connection?.transmit(command)) ?? new Uint8Array();
    this.trace.push({ command, answer });
    return answer;
  }

  async withCustodians(): Promise<ChipCardClient> {
    const client = await this.powerOn();
    orNull(await client.select());
    orNull(await client.verifyPin('custodian1', PINS.custodian1));
    orNull(await client.verifyPin('custodian2', PINS.custodian2));
    return client;
  }

  async selected(): Promise<ChipCardClient> {
    const client = await this.powerOn();
    orNull(await client.select());
    return client;
  }

  async withTechnician(): Promise<ChipCardClient> {
    const client = await this.selected();
    orNull(await client.verifyPin('technician', PINS.technician));
    return client;
  }
}
