/** A second manufacturer beside the demo's: his modules stand in the same rack, and one of its cards is certified by him. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { controlAddress } from '#apps/keyledger/src/demo/addresses.ts';
import { openManufacturer } from '#apps/keyledger/src/demo/images.ts';
import { FLEET_CARD, MODULE_CLASS } from '#apps/keyledger/src/demo/names.ts';
import { type IssuedCard, issueCard } from '#apps/keyledger/src/story/card.ts';
import { Teller } from '#apps/keyledger/src/story/teller.ts';
import { World } from '#apps/keyledger/src/story/world.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { systemClock } from '#libs/kernel/clock.ts';
import { lineAddress } from '#libs/local/plug.ts';
import { Manufacturer } from '#module-emulator/manufacturer/manufacturer.ts';
import type { ManufacturerMemory } from '#module-emulator/manufacturer/manufacturer-memory.ts';
import { type MemoryImage, memoryImage } from '#module-emulator/memory-image.ts';
import type { ModuleMemory } from '#module-emulator/security-module/module-memory.ts';
import { type ServedModule, startModule } from '#module-emulator/security-module/serve.ts';
import type { HouseInProcess } from './house-in-process.ts';

export interface PluggedModule {
  readonly image: MemoryImage<ModuleMemory>;
  readonly served: ServedModule;
  readonly paper: { readonly identity: string; readonly identityCa: string };
}

export class OtherManufacturer {
  /** His safe, open. The cards he certifies come from the demo's card maker. */
  readonly safe: MemoryImage<ManufacturerMemory>;
  readonly works: Manufacturer;
  readonly #it: HouseInProcess;
  readonly #plugged: ServedModule[] = [];

  constructor(it: HouseInProcess, organization = 'Other Modules') {
    this.#it = it;
    const { cardMakerKey } = openManufacturer(it.house.deployment.places).read();
    this.safe = memoryImage({ ...Manufacturer.founded(organization, systemClock), cardMakerKey });
    this.works = new Manufacturer(this.safe, systemClock);
  }

  /** A module on paper alone: nobody has it yet. */
  makes(serial: string): Pick<PluggedModule, 'image' | 'paper'> {
    const image = memoryImage(this.works.makeModule(serial, MODULE_CLASS));
    const refusal = this.works.initializeModule(image);
    const { identity } = image.read();
    if (refusal !== null || identity === null) throw new Error(refusal?.code ?? serial);
    return { image, paper: { identity: identity.certificate, identityCa: identity.identityCa } };
  }

  /** A module in the house, where the unit finds its plug. */
  async brings(serial: string): Promise<PluggedModule> {
    const made = this.makes(serial);
    const sockets = join(this.#it.house.devices.lines['ATM-000013'] ?? '', '..');
    const addresses = { lineAddress: lineAddress(sockets, serial), controlAddress: controlAddress(sockets, serial) };
    const served = await startModule({ image: made.image, ...addresses, baud: 0 });
    this.#plugged.push(served);
    return { ...made, served };
  }

  /** The fleet's card, issued by the demo's people, with its CA by this manufacturer, his list sent to the platform. */
  async certifiesCard(): Promise<IssuedCard> {
    const { house, log } = this.#it;
    const { deployment } = house;
    const folder = deployment.places.platform.crls;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'other.crl'), this.works.issueList());
    const manufacturer = this.works;
    const world = new World({
      house: { ...house, deployment: { ...deployment, manufacturer } },
      tale: { name: 'other', file: join(this.#it.folder, 'other.json') },
      log,
      clock: systemClock,
      teller: new Teller(() => undefined),
    });
    try {
      return await issueCard(world, FLEET_CARD);
    } finally {
      await world.close();
    }
  }

  get root(): string {
    return toBase64url(this.works.root);
  }

  async close(): Promise<void> {
    await Promise.all(this.#plugged.map((one) => one.close()));
  }
}
