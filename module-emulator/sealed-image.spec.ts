import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { randomOctets } from '#libs/kernel/ids.ts';
import { without } from '#libs/kernel/law.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { type Counter, counterFile, memoryCounter } from './counter-file.ts';
import { memoryImage } from './memory-image.ts';
import { assertNotProduction } from './not-production.ts';
import { type ImageSource, type SealedImage, imageLaw, openSealedImage } from './sealed-image.ts';

interface Kept {
  readonly secret: string;
}

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyledger-image-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const sealingKey = randomOctets(32);

function source(change: Partial<ImageSource<Kept>> = {}): ImageSource<Kept> {
  const counter = counterFile(join(folder, 'counters', 'one.counter'));
  return {
    file: join(folder, 'images', 'one.image'),
    device: 'SM-1',
    sealingKey,
    counter,
    empty: { secret: 'first' },
    ...change,
  };
}

function opened(change: Partial<ImageSource<Kept>> = {}): SealedImage<Kept> {
  const image = openSealedImage(source(change));
  if (isRefusal(image)) throw new Error(image.code);
  return image;
}

function refusedWith(change: Partial<ImageSource<Kept>> = {}): string {
  const image = openSealedImage(source(change));
  return isRefusal(image) ? image.code : 'opened';
}

describe('a sealed image', () => {
  test('S21b is there after a loss of power, in a file that only its owner reads', () => {
    opened().write({ secret: 'second' });
    expect(opened().read()).toEqual({ secret: 'second' });
    expect(statSync(source().file).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'images')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(folder, 'images'))).toEqual(['one.image']);
  });

  test('S02c holds no plaintext on the disk', () => {
    opened().write({ secret: 'canary-of-the-key-memory' });
    expect(readFileSync(source().file).includes('canary')).toBe(false);
  });

  test('S21b altered in any octet it is refused', () => {
    opened().write({ secret: 'second' });
    const octets = readFileSync(source().file);
    for (let at = 0; at < octets.length; at += 1) {
      const altered = Buffer.from(octets);
      altered[at]! ^= 0x01;
      writeFileSync(source().file, altered);
      expect(refusedWith()).toBe('IMAGE_ALTERED');
    }
    for (const length of [0, 5, 19, 30, octets.length - 1]) {
      writeFileSync(source().file, octets.subarray(0, length));
      expect(refusedWith()).toBe('IMAGE_ALTERED');
    }
  });

  test('opens under no other key and in no other device', () => {
    opened().write({ secret: 'second' });
    expect(refusedWith({ sealingKey: randomOctets(32) })).toBe('IMAGE_ALTERED');
    expect(refusedWith({ device: 'SM-2' })).toBe('IMAGE_ALTERED');
  });

  test('an old image is refused, a missing one too, and both only because the counter is checked', () => {
    opened().write({ secret: 'old' });
    copyFileSync(source().file, join(folder, 'stolen'));
    opened().write({ secret: 'new' });
    copyFileSync(join(folder, 'stolen'), source().file);
    expect(refusedWith()).toBe('IMAGE_OLD');
    expect(opened({ law: without(imageLaw, ['IMAGE_OLD']) }).read()).toEqual({ secret: 'old' });
    rmSync(source().file);
    expect(refusedWith()).toBe('IMAGE_MISSING');
  });

  test('a counter that was put back is refused, and only because it is checked', () => {
    for (const secret of ['a', 'b', 'c']) opened().write({ secret });
    expect(refusedWith({ counter: memoryCounter() })).toBe('IMAGE_AHEAD');
    expect(opened({ counter: memoryCounter(), law: without(imageLaw, ['IMAGE_AHEAD']) }).read()).toEqual({
      secret: 'c',
    });
  });

  test('cut off between image and counter it is taken up, and the counter follows', () => {
    opened().write({ secret: 'first write' });
    const real = source().counter;
    const failing: Counter = {
      read: real.read,
      raise: () => {
        throw new Error('power lost');
      },
    };
    expect(() => opened({ counter: failing }).write({ secret: 'second write' })).toThrow('power lost');
    expect(real.read()).toBe(1);
    expect(opened().read()).toEqual({ secret: 'second write' });
    expect(real.read()).toBe(2);
  });

  test('cut off before the rename it is the one before, and the next write goes on', () => {
    opened().write({ secret: 'kept' });
    writeFileSync(`${source().file}.next`, 'half of an im');
    expect(opened().read()).toEqual({ secret: 'kept' });
    opened().write({ secret: 'next' });
    expect(existsSync(`${source().file}.next`)).toBe(false);
    expect(opened().read()).toEqual({ secret: 'next' });
  });

  test('a counter never goes back', () => {
    const { counter } = source();
    counter.raise(5);
    expect(() => counter.raise(4)).toThrow('never goes back');
  });

  test('in memory: a copy put back is noticed at power-on', () => {
    const image = memoryImage<Kept>({ secret: 'first' });
    const copy = image.snapshot();
    image.write({ secret: 'second' });
    expect(image.powerOn()).toBeNull();
    image.restore(copy);
    expect(image.read()).toEqual({ secret: 'first' });
    expect(image.powerOn()).toMatchObject({ code: 'IMAGE_OLD' });
  });

  test('the emulator refuses production', () => {
    expect(() => assertNotProduction('production')).toThrow('refuses NODE_ENV=production');
    expect(() => assertNotProduction('')).not.toThrow();
  });
});
