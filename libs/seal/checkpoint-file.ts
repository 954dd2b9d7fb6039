/** Where the seal keeps its signed checkpoints: one JSON line each, added at the end and synced before it counts. */
import { closeSync, constants, fsyncSync, openSync } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';

export interface StoredCheckpoint {
  /** Identity of the log it was made of. */
  readonly log: string;
  readonly size: number;
  readonly note: string;
}

export interface CheckpointStore {
  /** The last one stored; null while there is none. */
  readonly latest: () => StoredCheckpoint | null;
  /** Answers when the checkpoint is durable. */
  readonly append: (checkpoint: StoredCheckpoint) => Promise<void>;
  readonly close: () => Promise<void>;
}

interface Lines {
  readonly checkpoints: readonly StoredCheckpoint[];
  /** Octets of the whole lines; what follows is a line whose writer died within it. */
  readonly octets: number;
}

/** All stored checkpoints in their order; none where the file is absent. Changes nothing; passes over a torn last line. */
export async function readCheckpoints(file: string): Promise<readonly StoredCheckpoint[] | Refusal> {
  const lines = await readLines(file);
  return isRefusal(lines) ? lines : lines.checkpoints;
}

/** Opens the file for its one writer, making it where it is absent and cutting off a torn last line, which never counted. */
export async function openCheckpointFile(file: string): Promise<CheckpointStore | Refusal> {
  const lines = await readLines(file);
  if (isRefusal(lines)) return lines;
  const handle = await open(file, constants.O_RDWR | constants.O_CREAT, 0o600);
  await handle.truncate(lines.octets);
  await handle.sync();
  syncFolder(dirname(file));
  return writer(handle, lines);
}

function writer(handle: FileHandle, lines: Lines): CheckpointStore {
  let latest = lines.checkpoints.at(-1) ?? null;
  let end = lines.octets;
  return {
    latest: () => latest,
    append: async ({ log, size, note }) => {
      const line = Buffer.from(`${canonicalJson({ log, note, size })}\n`, 'utf8');
      const { bytesWritten } = await handle.write(line, 0, line.length, end);
      if (bytesWritten !== line.length)
        throw new Error('the checkpoint file could not take a whole line; see the disk');
      await handle.datasync();
      end += line.length;
      latest = { log, size, note };
    },
    close: () => handle.close(),
  };
}

async function readLines(file: string): Promise<Lines | Refusal> {
  const octets = await readFile(file).catch((error: unknown) => {
    if (isAbsent(error)) return Buffer.alloc(0);
    throw error;
  });
  const end = octets.lastIndexOf(0x0a) + 1;
  const checkpoints: StoredCheckpoint[] = [];
  for (const line of octets.toString('utf8', 0, end).split('\n').slice(0, -1)) {
    const checkpoint = parseCheckpointLine(line);
    if (checkpoint === null)
      return refuse(
        'CHECKPOINTS_DAMAGED',
        `Line ${checkpoints.length + 1} of the checkpoint file is no checkpoint; restore the file from a backup.`,
      );
    checkpoints.push(checkpoint);
  }
  return { checkpoints, octets: end };
}

/** Null on anything else than a line of the file. */
export function parseCheckpointLine(line: string): StoredCheckpoint | null {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || canonicalJson(value) !== line) return null;
    const { log, size, note } = value as Partial<Record<keyof StoredCheckpoint, unknown>>;
    const shaped =
      typeof log === 'string' && typeof note === 'string' && typeof size === 'number' && Number.isSafeInteger(size);
    return shaped ? { log, size, note } : null;
  } catch {
    return null;
  }
}

function isAbsent(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
