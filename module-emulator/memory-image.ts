/** The image of a device that lives in memory alone, with what a thief can do to it: copy it and put a copy back. */
import { type Law, judge } from '#libs/kernel/law.ts';
import type { Refusal } from '#libs/kernel/refusal.ts';
import { type ImageCase, type SealedImage, imageLaw } from './sealed-image.ts';

export interface ImageSnapshot {
  readonly generation: number;
  readonly json: string;
}

export interface MemoryImage<T> extends SealedImage<T> {
  readonly snapshot: () => ImageSnapshot;
  /** Puts a copy back, as whoever holds the folder can; the counter in the second store stays. */
  readonly restore: (copy: ImageSnapshot) => void;
  /** What the device says at power-on: null when it takes the image up. */
  readonly powerOn: (law?: Law<ImageCase>) => Refusal | null;
}

export function memoryImage<T>(first: T): MemoryImage<T> {
  let [generation, json, counter] = [1, JSON.stringify(first), 1];
  let open: T | null = null; // the text as it was read last; its members are readonly
  return {
    read: () => (open ??= JSON.parse(json) as T), // what `write` put there
    write: (next) => {
      json = JSON.stringify(next);
      open = null;
      generation += 1;
      counter = Math.max(counter, generation);
    },
    snapshot: () => ({ generation, json }),
    restore: (copy) => {
      ({ generation, json } = copy);
      open = null;
    },
    powerOn: (law = imageLaw) => judge(law, { generation, counter }),
  };
}
