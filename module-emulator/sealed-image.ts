/**
 * What a device keeps when the power is off: one sealed image (AES-256-GCM) under a key from outside
 * its folder, with a generation that a monotone counter in a second store watches over (S21b).
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { OctetReader, Truncated, ascii, concat, equal, short, u64, utf8 } from '#libs/kernel/bytes.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { type Law, judge } from '#libs/kernel/law.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { Counter } from './counter-file.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';

const MAGIC = ascii('keyledger image v1\n');

/** The value a device keeps, JSON. `write` is durable before it returns; a throw leaves the value before in force. */
export interface SealedImage<T> {
  readonly read: () => T;
  readonly write: (next: T) => void;
}

/** An image at power-on, beside what the second store says. */
export interface ImageCase {
  readonly generation: number;
  readonly counter: number;
}

/** One ahead is a loss of power between image and counter: nobody was answered from it, and it is taken up. */
export const imageLaw: Law<ImageCase> = [
  {
    code: 'IMAGE_OLD',
    says: 'The image is older than the last one that the counter saw; a device never goes back to an earlier state.',
    holds: (it) => it.generation >= it.counter,
  },
  {
    code: 'IMAGE_AHEAD',
    says: 'The image is newer than its counter can know; the counter was put back.',
    holds: (it) => it.generation <= it.counter + 1,
  },
];

export interface ImageSource<T> {
  /** Path of the image. */
  readonly file: string;
  /** Number of the device: an image opens in no other. Printable ASCII, at most 64 characters. */
  readonly device: string;
  /** 32 octets from outside the image's folder. */
  readonly sealingKey: Uint8Array;
  /** From a second store, in another folder. */
  readonly counter: Counter;
  /** What a device that was never written holds; without it a missing image is refused. */
  readonly empty?: T;
  readonly law?: Law<ImageCase>;
}

function additionalData(device: string, generation: number): Uint8Array {
  return concat(MAGIC, short(ascii(device)), u64(generation));
}

function seal(source: ImageSource<unknown>, generation: number, value: unknown): Uint8Array {
  const iv = randomOctets(12);
  const cipher = createCipheriv('aes-256-gcm', source.sealingKey, iv).setAAD(additionalData(source.device, generation));
  const sealed = concat(cipher.update(utf8(canonicalJson(value))), cipher.final());
  return concat(MAGIC, u64(generation), iv, cipher.getAuthTag(), sealed);
}

const ALTERED = refuse('IMAGE_ALTERED', 'The image was altered, or is sealed for another device or under another key.');

function unseal<T>(source: ImageSource<T>, octets: Uint8Array): { generation: number; value: T } | Refusal {
  const from = new OctetReader(octets);
  try {
    if (!equal(from.take(MAGIC.length), MAGIC)) return ALTERED;
    const generation = from.safe64();
    const iv = from.take(12);
    const tag = from.take(16);
    const decipher = createDecipheriv('aes-256-gcm', source.sealingKey, iv, { authTagLength: 16 });
    decipher.setAAD(additionalData(source.device, generation)).setAuthTag(tag);
    const start = decipher.update(from.take(from.left));
    try {
      const text = Buffer.concat([start, decipher.final()]).toString('utf8');
      return { generation, value: JSON.parse(text) as T }; // authenticated: this device wrote it
    } catch {
      return ALTERED;
    }
  } catch (error) {
    if (error instanceof Truncated) return ALTERED;
    throw error;
  }
}

/**
 * Opens the image of a device. Refuses IMAGE_MISSING, IMAGE_ALTERED, IMAGE_OLD, IMAGE_AHEAD.
 * A generation one ahead of the counter was cut off by a loss of power; the counter follows it.
 */
export function openSealedImage<T>(source: ImageSource<T>): SealedImage<T> | Refusal {
  if (source.sealingKey.length !== 32) throw new RangeError('a sealing key has 32 octets');
  const octets = readWhole(source.file);
  const found = octets === null ? firstValue(source) : unseal(source, octets);
  if (isRefusal(found)) return found;
  const counter = source.counter.read();
  const refusal = judge(source.law ?? imageLaw, { generation: found.generation, counter });
  if (refusal !== null) return refusal;
  if (found.generation > counter) source.counter.raise(found.generation);
  return imageFrom(source, found);
}

function firstValue<T>(source: ImageSource<T>): { generation: number; value: T } | Refusal {
  if (source.empty === undefined || source.counter.read() > 0)
    return refuse('IMAGE_MISSING', 'The device has no image any more; it cannot be brought back without one.');
  return { generation: 0, value: source.empty };
}

function imageFrom<T>(source: ImageSource<T>, found: { generation: number; value: T }): SealedImage<T> {
  let { generation, value } = found;
  return {
    read: () => value,
    write: (next) => {
      if (source.counter.read() < generation) source.counter.raise(generation); // a counter that failed before catches up
      replaceWhole(source.file, seal(source, generation + 1, next));
      generation += 1;
      source.counter.raise(generation);
      value = next;
    },
  };
}
