/** All emulated devices of a demo in one process: one chip card, some security modules, each behind its own socket. */
import { join } from 'node:path';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';
import { counterFile } from '#module-emulator/counter-file.ts';
import { ChipCard } from '#module-emulator/chip-card/card.ts';
import type { CardMemory } from '#module-emulator/chip-card/memory.ts';
import { serveCard } from '#module-emulator/chip-card/serve.ts';
import { localAddress } from '#libs/local/local-socket.ts';
import type { ManufacturerMemory } from '#module-emulator/manufacturer/manufacturer-memory.ts';
import { assertNotProduction } from '#module-emulator/not-production.ts';
import { type SealedImage, openSealedImage } from '#module-emulator/sealed-image.ts';
import type { ModuleMemory } from '#module-emulator/security-module/module-memory.ts';
import { startModule } from '#module-emulator/security-module/serve.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { CARD, SERIALS } from './names.ts';
import type { Places } from './places.ts';

export interface DevicesConfig {
  readonly places: Places;
  /** Folder of the sockets, mode 0700, its path short. */
  readonly sockets: string;
  /** Bits per second of the V.24 lines; 0 is unpaced. */
  readonly baud: number;
  readonly nodeEnv: string;
}

export interface DeviceAddresses {
  readonly card: string;
  /** By serial: the module's V.24 plug, and the socket towards the ATM that houses it. */
  readonly lines: Readonly<Record<string, string>>;
  readonly controls: Readonly<Record<string, string>>;
}

/** Every address follows from the folder, so that nobody has to be told. */
export function deviceAddresses(sockets: string): DeviceAddresses {
  const each = (what: string) =>
    Object.fromEntries(SERIALS.map((serial) => [serial, localAddress(sockets, `${serial}.${what}`)]));
  return { card: localAddress(sockets, 'card'), lines: each('line'), controls: each('atm') };
}

/** Throws one clear sentence when an image is old, altered or missing. */
export function openImage<T>(places: Places, device: string, empty?: T): SealedImage<T> {
  const image = openSealedImage<T>({
    file: join(places.images, `${device}.image`),
    device,
    sealingKey: sealingKey(places),
    counter: counterFile(join(places.counters, `${device}.counter`)),
    ...(empty === undefined ? {} : { empty }),
  });
  if (isRefusal(image)) throw new Error(`${device}: ${image.code}: ${image.message}`);
  return image;
}

function sealingKey({ vault }: Places): Uint8Array {
  const file = join(vault, 'sealing.key');
  const known = readWhole(file);
  if (known !== null) return known;
  const fresh = randomOctets(32);
  replaceWhole(file, fresh);
  return fresh;
}

export const openCard = (places: Places, empty?: CardMemory): SealedImage<CardMemory> => openImage(places, CARD, empty);
export const openModule = (places: Places, serial: string, empty?: ModuleMemory): SealedImage<ModuleMemory> =>
  openImage(places, serial, empty);
export const openManufacturer = (places: Places, empty?: ManufacturerMemory): SealedImage<ManufacturerMemory> =>
  openImage(places, 'manufacturer', empty);

export async function startDevices(config: DevicesConfig): Promise<{ address: string; close: () => Promise<void> }> {
  assertNotProduction(config.nodeEnv);
  const { places, sockets, baud } = config;
  const addresses = deviceAddresses(sockets);
  const card = await serveCard(new ChipCard(openCard(places)), addresses.card);
  const modules = await Promise.all(
    SERIALS.map((serial) =>
      startModule({
        image: openModule(places, serial),
        lineAddress: addresses.lines[serial] ?? '',
        controlAddress: addresses.controls[serial] ?? '',
        baud,
      }),
    ),
  );
  const close = async (): Promise<void> => {
    await Promise.all([card.close(), ...modules.map((one) => one.close())]);
  };
  return { address: addresses.card, close };
}
