/** `fleet place`: every imported machine gets a security module from its manufacturer, recorded, received, and placed. */
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { MODULE_CLASS } from '../demo/names.ts';
import { type FleetDesk, letIn, openDesk } from '../fleet/desk.ts';
import { type Machine, machinesIn } from '../fleet/machines.ts';
import { pause } from '../story/world.ts';
import { Complaint } from '../config.ts';
import type { Terminal } from '../terminal.ts';

export interface FleetOptions {
  readonly folder: string;
  readonly url?: string;
}

const [BENCH_AGAIN_MS, BENCH_PATIENCE_MS] = [250, 30_000];

/** 0 where every machine stands in its place, 1 where some were refused, each named. Killed, it is run again. */
export async function fleetPlace(options: FleetOptions, terminal: Terminal): Promise<number> {
  const desk = await openDesk(options);
  try {
    const machines = machinesIn(desk.places.fleet.machines);
    if (machines.length === 0)
      throw new Complaint('NO_MACHINES', 'No machine was imported; begin with keyledger fleet import FILE.csv.');
    await letIn(desk);
    const refused: { serial: string; code: string }[] = [];
    for (const [at, machine] of machines.entries()) {
      terminal.progress('place', at, machines.length);
      const refusal = desk.record.module(machine.serial)?.site === machine.site ? null : await placed(desk, machine);
      if (refusal === null) continue;
      refused.push({ serial: machine.serial, code: refusal.code });
      terminal.warn(`${machine.serial}: ${refusal.code}: ${refusal.message}`);
    }
    terminal.progress('place', machines.length, machines.length);
    terminal.line(`${machines.length - refused.length} of ${machines.length} machines have their module in its place.`);
    terminal.data({ placed: machines.length - refused.length, machines: machines.length, refused });
    return refused.length === 0 ? 0 : 1;
  } finally {
    await desk.close();
  }
}

async function placed(desk: FleetDesk, { serial, site }: Machine): Promise<Refusal | null> {
  const paper = await made(desk, serial);
  if (isRefusal(paper)) return paper;
  const { platform } = desk;
  for (const step of [
    () => platform.register(serial, paper),
    () => platform.receive(serial),
    () => platform.place(serial, site),
  ]) {
    const outcome = await step();
    if (isRefusal(outcome)) return outcome;
  }
  return null;
}

/** The bench may be started again just now. */
async function made({ bench }: FleetDesk, serial: string) {
  for (let waitedMs = 0; ; waitedMs += BENCH_AGAIN_MS) {
    const paper = await bench.make(serial, MODULE_CLASS);
    if (!isRefusal(paper) || paper.code !== 'BENCH_SILENT' || waitedMs >= BENCH_PATIENCE_MS) return paper;
    await pause(BENCH_AGAIN_MS);
  }
}
