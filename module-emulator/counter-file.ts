/** A counter that only rises, kept in another store than the image it watches over. */
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';

export interface Counter {
  /** 0 where nothing was ever counted. */
  readonly read: () => number;
  /** Durable before it returns. Throws when `value` is lower than what stands there. */
  readonly raise: (value: number) => void;
}

/** The counter as a decimal number in a file of its own, outside the image's folder. Throws on a file that holds none. */
export function counterFile(file: string): Counter {
  const read = (): number => {
    const octets = readWhole(file);
    if (octets === null) return 0;
    const text = Buffer.from(octets).toString('latin1').trim();
    if (!/^[0-9]{1,15}$/.test(text)) throw new Error(`The counter file ${file} holds no number.`);
    return Number(text);
  };
  const raise = (value: number): void => {
    if (value < read()) throw new Error('A monotone counter never goes back.');
    replaceWhole(file, Buffer.from(`${value}\n`, 'latin1'));
  };
  return { read, raise };
}

/** The counter of a device that lives in memory alone. */
export function memoryCounter(): Counter {
  let counted = 0;
  return {
    read: () => counted,
    raise: (value) => {
      if (value < counted) throw new Error('A monotone counter never goes back.');
      counted = value;
    },
  };
}
