/** A list of serials as people have it: pasted, or a CSV file. Sorted here; what appears twice or is no serial is named. */
import { words } from '../../words/words.ts';

const text = words.asking.faults;
const SERIAL = /^[A-Za-z0-9][A-Za-z0-9.:/-]{0,63}$/;
const MOST = 256;

export interface ReadSerials {
  /** Ascending, each once. */
  readonly serials: readonly string[];
  /** What is the matter with the list; null where nothing is. */
  readonly wrong: string | null;
}

/** Lines, or one line with commas or spaces. Where the first line names a column `serial`, that column alone counts. */
export function serialsIn(given: string): ReadSerials {
  const serials = cellsOf(given).toSorted((a, b) => (a < b ? -1 : 1));
  const odd = serials.find((one) => !SERIAL.test(one));
  const twice = serials.find((one, at) => serials[at - 1] === one);
  const wrong =
    odd !== undefined
      ? text.serial(odd)
      : twice !== undefined
        ? text.serialTwice(twice)
        : serials.length > MOST
          ? text.tooMany(MOST)
          : serials.length === 0
            ? text.missing
            : null;
  return { serials, wrong };
}

function cellsOf(given: string): readonly string[] {
  const lines = given.split(/\r?\n/).filter((line) => line.trim() !== '');
  const head = columnsOf(lines[0] ?? '').map((name) => name.toLowerCase());
  const at = head.indexOf('serial');
  if (at >= 0) return lines.slice(1).map((line) => columnsOf(line)[at] ?? '');
  return lines.flatMap((line) => line.split(/[\s,;]+/)).filter((one) => one !== '');
}

function columnsOf(line: string): readonly string[] {
  return line.split(/[,;]/).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
}
