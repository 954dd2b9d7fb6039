/** What every verb of the command line shares: its options, its folder, and how it ends. */
import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { type Environment, readEnvironment } from './config.ts';
import { type Terminal, terminal } from './terminal.ts';

export const COULD_NOT_RUN = 2;

export interface Common {
  readonly json?: boolean;
}

export interface OnFolder extends Common {
  readonly data?: string;
}

export type Verb<Options> = (options: Options, at: { environment: Environment; terminal: Terminal }) => Promise<number>;

/** Runs a verb; whatever it cannot do becomes one sentence and exit code 2. */
export function runs<Options extends Common>(verb: Verb<Options>): (options: Options) => Promise<void> {
  return async (options) => {
    const out = terminal(options.json === true);
    try {
      process.exitCode = await verb(options, { environment: readEnvironment(), terminal: out });
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'COULD_NOT_RUN';
      const message = error instanceof Error ? error.message : String(error);
      out.warn(`${code}: ${message}`);
      out.data({ failed: { code, message } });
      process.exitCode = COULD_NOT_RUN;
    }
  };
}

export function folderOf({ data }: OnFolder, environment: Environment): string {
  return resolve(data ?? environment.folder ?? 'data');
}

export function positive(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('It is a whole number from 1.');
}
