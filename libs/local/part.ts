/** What every forked part does: takes its configuration by IPC and its folder for itself, starts, tells its address, and ends with its parent. */
import { join } from 'node:path';
import { PREDECESSOR_MS, lockFolder } from './folder-lock.ts';

interface Running {
  readonly address: string;
  readonly close: () => Promise<void>;
}

interface PartOptions {
  readonly say: (line: string) => void;
}

/** From parent to part. */
export interface PartOrder {
  readonly start: unknown;
}

/** From part to parent: where it listens, why it could not start, or a line for whoever watches. */
export type PartNews =
  { readonly ready: string } | { readonly failed: string } | { readonly say: string; readonly level?: 'error' };

const CLOSE_MS = 1000;

/** Exit code of a part that could not start for a reason that it told. */
export const COULD_NOT_START = 2;

type Start<Config> = (config: Config, options: PartOptions) => Promise<Running>;

/** `folderOf` names the folder that this process alone may write; a predecessor that was killed is waited for. */
export function runPart<Config>(start: Start<Config>, folderOf: (config: Config) => string): Promise<void> {
  const tell = (news: PartNews): void => void process.send?.(news);
  let running: Running | null = null;
  // Every part survives a kill at any point, so none is waited for long.
  const end = (): void => {
    setTimeout(() => process.exit(0), CLOSE_MS).unref();
    const closing = running?.close() ?? Promise.resolve();
    void closing.finally(() => process.exit(0));
  };
  process.once('disconnect', end);
  process.once('SIGTERM', end);
  process.on('SIGINT', () => undefined); // the terminal tells the whole group; the parent ends its parts
  // Told like everything else that happens; the parent starts the part again, or falls.
  process.once('uncaughtException', (error: unknown) => {
    const sentence = `stopped by a defect: ${error instanceof Error ? error.message : String(error)}`;
    setTimeout(() => process.exit(1), CLOSE_MS).unref();
    process.send?.({ say: sentence, level: 'error' } satisfies PartNews, () => process.exit(1));
  });
  process.once('message', (order: PartOrder) => {
    const config = order.start as Config;
    const begin = async (): Promise<Running> => {
      lockFolder(join(folderOf(config), 'process.lock'), PREDECESSOR_MS); // held until the process ends
      return start(config, { say: (line) => tell({ say: line }) });
    };
    begin().then(
      (started) => {
        running = started;
        tell({ ready: started.address });
      },
      (error: unknown) => {
        tell({ failed: error instanceof Error ? error.message : String(error) });
        process.exitCode = COULD_NOT_START;
        process.disconnect();
      },
    );
  });
  return Promise.resolve();
}
