/** One card by itself, taken out of a demo whose devices stand still, or fresh from a maker of its own. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { systemClock } from '#libs/kernel/clock.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { lockFolder } from '#libs/local/folder-lock.ts';
import { ChipCard } from '#module-emulator/chip-card/card.ts';
import { manufacturedCard } from '#module-emulator/chip-card/memory.ts';
import { Manufacturer } from '#module-emulator/manufacturer/manufacturer.ts';
import { memoryImage } from '#module-emulator/memory-image.ts';
import { Complaint } from '../config.ts';
import { openCard } from './images.ts';
import { CARD, CARDS } from './names.ts';
import { placesIn } from './places.ts';

export interface LoneCard {
  readonly number: string;
  readonly card: ChipCard;
  /** Gives the image back to its folder. */
  readonly release: () => void;
}

/**
 * The card of a sealed image, `<data folder>/devices/<card>.image`. Throws Complaint BAD_IMAGE where none lies there,
 * FolderBusy while the devices of that folder run: a device alone opens its image.
 */
export function cardOfImage(file: string): LoneCard {
  const images = dirname(resolve(file));
  const number = basename(file, '.image');
  const places = placesIn(dirname(images));
  const isCard = (CARDS as readonly string[]).includes(number);
  if (!isCard || images !== places.images || !existsSync(file))
    throw new Complaint('BAD_IMAGE', `${file} is no image of a card; it lies at <data folder>/devices/${CARD}.image.`);
  const lock = lockFolder(join(images, 'process.lock'));
  try {
    return { number, card: new ChipCard(openCard(places, number)), release: () => lock.release() };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** A card that nobody issued: it has a device key and PINs that nobody knows, and signs nothing. It is gone at the end. */
export function freshCard(number = 'C-0001'): LoneCard {
  const maker = new Manufacturer(memoryImage(Manufacturer.founded('Demo Modules', systemClock)), systemClock);
  const pin = (): string => toBase64url(randomOctets(9));
  const made = manufacturedCard({
    card: number,
    pins: { technician: pin(), custodian1: pin(), custodian2: pin() },
    capacity: 16,
    makerSigns: (statement) => maker.signDevice(statement),
  });
  return { number, card: new ChipCard(memoryImage(made)), release: () => undefined };
}
