/** What a verb may do only while no platform runs: it takes the locks that a running one holds. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import { FolderBusy, type FolderLock, lockFolder } from '#libs/local/folder-lock.ts';

/** Of a running platform: of its process, and of its event file. */
const LOCKS = ['process.lock', 'events.sqlite.lock'];

/** Runs while no platform can; FOLDER_BUSY where one does. `folder` is the platform's own. */
export async function whileStopped<Answer>(folder: string, run: () => Promise<Answer>): Promise<Answer | Refusal> {
  const held: FolderLock[] = [];
  try {
    if (existsSync(folder)) for (const name of LOCKS) held.push(lockFolder(join(folder, name)));
    return await run();
  } catch (error) {
    if (!(error instanceof FolderBusy)) throw error;
    return refuse('FOLDER_BUSY', `A running platform uses ${folder}; stop it first.`);
  } finally {
    for (const lock of held) lock.release();
  }
}
