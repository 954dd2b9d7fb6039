/** The machines of a fleet as they were imported: everything that people call them lies in this one file, and in no event. */
import { utf8 } from '#libs/kernel/bytes.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';

export interface Machine {
  /** Of its security module, as on the housing. */
  readonly serial: string;
  /** Code of its place: the only thing of a place that goes into the record. */
  readonly site: string;
  readonly region: string;
  readonly operator: string;
  readonly name: string;
  readonly street: string;
  readonly city: string;
  readonly hours: string;
  /** Degrees north and east. */
  readonly lat: number;
  readonly lon: number;
}

interface Kept {
  readonly machines: readonly Machine[];
}

/** Ascending by serial; none where nothing was imported yet. */
export function machinesIn(file: string): readonly Machine[] {
  const octets = readWhole(file);
  return octets === null ? [] : (JSON.parse(Buffer.from(octets).toString('utf8')) as Kept).machines; // our own file
}

/** Adds and replaces by serial; whole on the disk, readable by its owner alone, or not at all. Answers all there are now. */
export function keepMachines(file: string, more: readonly Machine[]): readonly Machine[] {
  const all = new Map([...machinesIn(file), ...more].map((one) => [one.serial, one]));
  const machines = [...all.values()].sort((a, b) => (a.serial < b.serial ? -1 : 1));
  const kept: Kept = { machines };
  replaceWhole(file, utf8(`${JSON.stringify(kept, null, 2)}\n`));
  return machines;
}
