/** `fleet import`: takes a list of machines in. A broken row is named by line and field, and stops nothing else. */
import { readFileSync } from 'node:fs';
import { Complaint } from '../config.ts';
import { placesIn } from '../demo/places.ts';
import { readMachines } from '../fleet/csv.ts';
import { keepMachines, machinesIn } from '../fleet/machines.ts';
import type { Terminal } from '../terminal.ts';

export interface ImportOptions {
  readonly folder: string;
  readonly file: string;
}

/** 0 where every row is in order, 1 where some are broken; throws Complaint NO_FILE, BAD_HEADER. */
export function fleetImport({ folder, file }: ImportOptions, terminal: Terminal): Promise<number> {
  const { machines, broken } = readMachines(contentOf(file));
  const at = placesIn(folder).fleet.machines;
  const all = machines.length === 0 ? machinesIn(at) : keepMachines(at, machines);
  for (const { line, field, why } of broken) terminal.warn(`line ${line}, ${field}: ${why}`);
  const rows = broken.length === 1 ? '1 row is broken' : `${broken.length} rows are broken`;
  terminal.line(`${machines.length} machines imported, ${rows}; the fleet has ${all.length}.`);
  terminal.data({ imported: machines.length, broken, fleet: all.length });
  return Promise.resolve(broken.length === 0 ? 0 : 1);
}

function contentOf(file: string): Uint8Array {
  try {
    return Uint8Array.from(readFileSync(file));
  } catch {
    throw new Complaint('NO_FILE', `There is no readable file ${file}.`);
  }
}
