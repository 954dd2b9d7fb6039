/** `fleet status`: a line for each machine, from the record: its place, its state, its certificate. */
import { toHex, fromBase64url } from '#libs/kernel/bytes.ts';
import { placesIn } from '../demo/places.ts';
import { openFleetRecord } from '../fleet/desk.ts';
import { machinesIn } from '../fleet/machines.ts';
import type { FleetRecord } from '../fleet/record.ts';
import type { Terminal } from '../terminal.ts';

export interface MachineStatus {
  readonly serial: string;
  readonly site: string;
  /** `imported` before there is a module; then as the record says. */
  readonly state: string;
  /** Code of the last failure of a module that does not operate; of one that does, why it is let in nowhere. */
  readonly failure: string | null;
  /** SHA-256 of the certificate, base64url, as `reconstruct` takes it. */
  readonly fingerprint: string | null;
}

export async function fleetStatus({ folder }: { readonly folder: string }, terminal: Terminal): Promise<number> {
  const { record, log } = await openFleetRecord(folder);
  try {
    await record.readOn();
    const all = machinesIn(placesIn(folder).fleet.machines).map(({ serial, site }) => statusOf(record, serial, site));
    for (const line of tableOf(all)) terminal.line(line);
    const operating = all.filter(({ state, failure }) => state === 'operating' && failure === null).length;
    terminal.line(`${operating} of ${all.length} machines operate.`);
    for (const one of all) terminal.data(one);
    return 0;
  } finally {
    await log.close();
  }
}

function statusOf(record: FleetRecord, serial: string, site: string): MachineStatus {
  const module = record.module(serial);
  const operates = module?.is === 'operating';
  return {
    serial,
    site: module?.site ?? site,
    state: module === null ? 'imported' : module.site === null || operates ? module.is : `${module.is}, placed`,
    failure: operates ? record.shutOut(serial) : record.failure(serial),
    fingerprint: module?.operation?.fingerprint ?? null,
  };
}

const HEAD = ['serial', 'place', 'state', 'certificate (SHA-256)'] as const;
const SHOWN_OCTETS = 8;

function tableOf(all: readonly MachineStatus[]): readonly string[] {
  const rows = all.map(({ serial, site, state, failure, fingerprint }) => [
    serial,
    site,
    failure === null ? state : `${state}: ${failure}`,
    fingerprint === null ? '' : toHex((fromBase64url(fingerprint) ?? new Uint8Array()).slice(0, SHOWN_OCTETS)),
  ]);
  const lines = [[...HEAD], ...rows];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  return lines.map((cells) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
