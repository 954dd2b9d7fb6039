/**
 * The images of the demo's devices. Only the process that IS the devices opens them, and the founding before it runs:
 * whoever else looked in would write beside it.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { randomOctets } from '#libs/kernel/ids.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';
import type { CardMemory } from '#module-emulator/chip-card/memory.ts';
import { counterFile } from '#module-emulator/counter-file.ts';
import type { ManufacturerMemory } from '#module-emulator/manufacturer/manufacturer-memory.ts';
import { type SealedImage, openSealedImage } from '#module-emulator/sealed-image.ts';
import type { ModuleMemory } from '#module-emulator/security-module/module-memory.ts';
import { CARD, CARDS } from './names.ts';
import type { Places } from './places.ts';

/** Throws one clear sentence when an image is old, altered or missing. */
function openImage<T>(places: Places, device: string, empty?: T): SealedImage<T> {
  const image = openSealedImage<T>({
    file: join(places.images, `${device}${SUFFIX}`),
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

export const openCard = (places: Places, card: string = CARD, empty?: CardMemory): SealedImage<CardMemory> =>
  openImage(places, card, empty);
export const openModule = (places: Places, serial: string, empty?: ModuleMemory): SealedImage<ModuleMemory> =>
  openImage(places, serial, empty);
export const openManufacturer = (places: Places, empty?: ManufacturerMemory): SealedImage<ManufacturerMemory> =>
  openImage(places, MANUFACTURER, empty);

const MANUFACTURER = 'manufacturer';
const SUFFIX = '.image';

/** What was made so far: numbers of cards, serials of modules, ascending. */
export function devicesMade(places: Places): {
  readonly cards: readonly string[];
  readonly modules: readonly string[];
} {
  const files = existsSync(places.images) ? readdirSync(places.images).sort() : [];
  const all = files.flatMap((file) => (file.endsWith(SUFFIX) ? [file.slice(0, -SUFFIX.length)] : []));
  const cards: readonly string[] = CARDS;
  return {
    cards: all.filter((one) => cards.includes(one)),
    modules: all.filter((one) => one !== MANUFACTURER && !cards.includes(one)),
  };
}
