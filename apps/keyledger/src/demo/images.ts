/**
 * The images of the demo's devices. Only the process that IS the devices opens them, and the founding before it runs:
 * whoever else looked in would write beside it.
 */
import { join } from 'node:path';
import { randomOctets } from '#libs/kernel/ids.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';
import type { CardMemory } from '#module-emulator/chip-card/memory.ts';
import { counterFile } from '#module-emulator/counter-file.ts';
import type { ManufacturerMemory } from '#module-emulator/manufacturer/manufacturer-memory.ts';
import { type SealedImage, openSealedImage } from '#module-emulator/sealed-image.ts';
import type { ModuleMemory } from '#module-emulator/security-module/module-memory.ts';
import { CARD } from './names.ts';
import type { Places } from './places.ts';

/** Throws one clear sentence when an image is old, altered or missing. */
function openImage<T>(places: Places, device: string, empty?: T): SealedImage<T> {
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
