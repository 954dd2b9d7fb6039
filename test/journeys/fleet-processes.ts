/** A deployment in real processes that tells no story, and the verbs of a fleet beside it. */
import { serialsFrom } from '#test/kit/orders.ts';
import { type Command, type Line, keyledger } from './real-processes.ts';

export type Pids = NonNullable<Line['pids']>;

export interface Serving {
  readonly command: Command;
  readonly environment: Readonly<Record<string, string>>;
  /** Of the parts as they stand now. */
  readonly pids: () => Pids;
  /** `keyledger fleet <args>`, lines as data. */
  readonly fleet: (...args: readonly string[]) => Command;
}

/** Answers once it serves. */
export async function serving(folder: string): Promise<Serving> {
  let pids: Pids = {};
  const environment = { KEYLEDGER_DATA: folder, PORT: '0' };
  const { promise, resolve } = Promise.withResolvers<void>();
  const command = keyledger({
    args: ['start', '--no-story', '--json', '--baud', '0'],
    environment,
    onLine: (line) => {
      pids = line.pids ?? pids;
      if (line.serving !== undefined) resolve();
    },
  });
  await Promise.race([promise, command.ended]);
  const fleet = (...args: readonly string[]) => keyledger({ args: ['fleet', ...args, '--json'], environment });
  return { command, environment, pids: () => pids, fleet };
}

/** A list of so many machines, as `fleet import` takes it. */
export function machines(count: number): string {
  const rows = serialsFrom(1, count).map((serial, at) => `${serial},field/${at},50.9,6.9`);
  return ['serial,id,lat,lon', ...rows, ''].join('\n');
}
