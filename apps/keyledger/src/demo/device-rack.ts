/** The security modules of one machine: each is made once, its image opened once, and its plugs are served from then on. */
import { systemClock } from '#libs/kernel/clock.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import { PLUG_NAME, lineAddress } from '#libs/local/plug.ts';
import { Manufacturer } from '#module-emulator/manufacturer/manufacturer.ts';
import type { SealedImage } from '#module-emulator/sealed-image.ts';
import type { ModuleMemory } from '#module-emulator/security-module/module-memory.ts';
import { type ServedModule, startModule } from '#module-emulator/security-module/serve.ts';
import { controlAddress } from './addresses.ts';
import { devicesMade, openManufacturer, openModule } from './images.ts';
import { type ModulePaper, writePaper } from './papers.ts';
import type { Places } from './places.ts';

export interface RackConfig {
  readonly places: Places;
  readonly sockets: string;
  readonly baud: number;
}

interface Standing {
  readonly image: SealedImage<ModuleMemory>;
  readonly served: ServedModule;
}

export class DeviceRack {
  readonly #config: RackConfig;
  readonly #standing = new Map<string, Standing>();
  #turn: Promise<unknown> = Promise.resolve();
  #manufacturer: Manufacturer | null = null;

  private constructor(config: RackConfig) {
    this.#config = config;
  }

  /** Powers on every module that was made before; throws one clear sentence when an image is old or altered. */
  static async open(config: RackConfig): Promise<DeviceRack> {
    const rack = new DeviceRack(config);
    const { places } = config;
    try {
      for (const serial of devicesMade(places).modules) await rack.#stand(serial, openModule(places, serial));
    } catch (error) {
      await rack.close();
      throw error;
    }
    return rack;
  }

  /**
   * Makes a module and certifies its identity; one that was made before, or half made before a loss of power, is given
   * as it is. Refuses BAD_SERIAL, MODULE_OTHER_CLASS.
   */
  make(serial: string, moduleClass: string): Promise<ModulePaper | Refusal> {
    const mine = this.#turn.then(() => this.#make(serial, moduleClass));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #make(serial: string, moduleClass: string): Promise<ModulePaper | Refusal> {
    if (!PLUG_NAME.test(serial))
      return refuse('BAD_SERIAL', 'A serial here has up to 32 letters, digits, points and hyphens.');
    const image = this.#standing.get(serial)?.image ?? this.#fresh(serial, moduleClass);
    if (image.read().moduleClass !== moduleClass)
      return refuse(
        'MODULE_OTHER_CLASS',
        'A module of this serial was made for another class; serials are given once.',
      );
    if (image.read().state === 'initialized') {
      const refusal = this.#maker.initializeModule(image);
      if (refusal !== null) return refusal;
    }
    if (!this.#standing.has(serial)) await this.#stand(serial, image);
    const { identity } = image.read();
    if (identity === null) throw new Error(`${serial} has no identity after its initialization`);
    const paper = { identity: identity.certificate, identityCa: identity.identityCa };
    writePaper(this.#config.places, serial, paper);
    return paper;
  }

  /** In its first image nothing is yet but a serial, the root, and an identity key that it made itself. */
  #fresh(serial: string, moduleClass: string): SealedImage<ModuleMemory> {
    return openModule(this.#config.places, serial, this.#maker.makeModule(serial, moduleClass));
  }

  get #maker(): Manufacturer {
    this.#manufacturer ??= new Manufacturer(openManufacturer(this.#config.places), systemClock);
    return this.#manufacturer;
  }

  async #stand(serial: string, image: SealedImage<ModuleMemory>): Promise<void> {
    const { sockets, baud } = this.#config;
    const addresses = { lineAddress: lineAddress(sockets, serial), controlAddress: controlAddress(sockets, serial) };
    this.#standing.set(serial, { image, served: await startModule({ image, ...addresses, baud }) });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#standing.values()].map(({ served }) => served.close()));
  }
}
