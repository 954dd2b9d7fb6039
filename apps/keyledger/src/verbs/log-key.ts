/**
 * `keyledger log-key`: rolls over the key that signs the log's checkpoints. `introduce` makes the next one, and from its
 * next start the platform signs with both; `finish` gives the next one the place of the old, which is gone after that.
 */
import { createPrivateKey } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { isFollowable } from '#apps/platform/src/seal/log-keys.ts';
import type { Founding } from '#libs/domain/log/log.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';
import { ed25519NoteKey } from '#libs/seal/note-key.ts';
import { keyAt } from '../demo/found.ts';
import { placesIn } from '../demo/places.ts';
import type { Terminal } from '../terminal.ts';
import { couldNotRun } from './event-file.ts';
import { whileStopped } from './stopped.ts';

export interface LogKeyOptions {
  readonly folder: string;
}

/** Name that all keys of the log bear; null where nothing was founded here. */
function originIn(folder: string): string | null {
  const octets = readWhole(placesIn(folder).founding);
  if (octets === null) return null;
  const { logKey } = JSON.parse(Buffer.from(octets).toString('utf8')) as Founding; // our own file
  return logKey.split('+')[0] ?? null;
}

const NOT_FOUNDED = refuse('NOT_FOUNDED', 'No deployment was founded in this data folder.');

/** 0: the next key is there. 2: could not run. */
export function introduceKey({ folder }: LogKeyOptions, terminal: Terminal): Promise<0 | 2> {
  const { platform } = placesIn(folder);
  const origin = originIn(folder);
  if (origin === null) return Promise.resolve(couldNotRun(terminal, NOT_FOUNDED));
  const again = existsSync(platform.nextLogKey);
  const next = ed25519NoteKey(origin, keyAt(platform.nextLogKey, 'Ed25519')).line;
  terminal.line(`${again ? 'The next log key was there already' : 'The next log key is made'}: ${next}`);
  terminal.line('Start the platform again: both keys sign from then on. `keyledger log-key finish` ends that.');
  terminal.data({ next, again });
  return Promise.resolve(0);
}

/** 0: the next key has the place of the old one. 2: could not run, and nothing was changed. */
export async function finishKey({ folder }: LogKeyOptions, terminal: Terminal): Promise<0 | 2> {
  const { platform } = placesIn(folder);
  const origin = originIn(folder);
  if (origin === null) return couldNotRun(terminal, NOT_FOUNDED);
  const done = await whileStopped<string | Refusal>(platform.folder, () => Promise.resolve(finished(folder, origin)));
  if (isRefusal(done)) return couldNotRun(terminal, done);
  terminal.line(`${done} signs the log alone now; the key before it is gone. What it signed holds as it held.`);
  terminal.line('A station that was away for the whole time follows by its next trust list.');
  terminal.data({ logKey: done });
  return 0;
}

function finished(folder: string, origin: string): string | Refusal {
  const { platform } = placesIn(folder);
  if (!existsSync(platform.nextLogKey))
    return refuse('NO_NEXT_KEY', 'There is no next log key; make one with keyledger log-key introduce.');
  const [before, next] = [platform.logKey, platform.nextLogKey].map((file) => lineOf(origin, file));
  if (before === undefined || next === undefined || !isFollowable(platform.folder, before, next))
    return refuse(
      'NOT_INTRODUCED',
      'No checkpoint over its introduction that both keys signed is kept yet; let the platform run with both a while.',
    );
  replaceWhole(platform.logKey, readFileSync(platform.nextLogKey));
  rmSync(platform.nextLogKey);
  return next;
}

function lineOf(origin: string, file: string): string {
  return ed25519NoteKey(origin, createPrivateKey(readFileSync(file))).line;
}
