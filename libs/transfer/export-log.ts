/** Writes a log into a file of lines. What was cut off goes on where it stopped, and the file has its name only when it is whole. */
import { type FileHandle, open, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { toHex } from '#libs/kernel/bytes.ts';
import { type StoredEvent, entryOf } from '#libs/kernel/event.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { MerkleTree } from '#libs/seal/merkle.ts';
import { eventLine, firstLine, lastLine, linesIn, parseLogLine } from './log-lines.ts';

export interface Exporting {
  readonly log: string;
  /** In log order, from the first. */
  readonly events: AsyncIterable<StoredEvent>;
  /** The newest checkpoint: the export ends with its last event. */
  readonly checkpoint: { readonly size: number; readonly root: Uint8Array; readonly note: string };
  readonly cosigned: string | null;
  readonly file: string;
  readonly progress?: (events: number, total: number) => void;
}

export interface Exported {
  readonly events: number;
  /** Hex. */
  readonly root: string;
  /** Events that an export which was cut off had written already. */
  readonly resumed: number;
}

const CHUNK_OCTETS = 1 << 20;
const PROGRESS_EVERY = 500;

/** Refuses an unfinished export of another log beside the file, and a log whose events are not those of its checkpoint. */
export async function exportLog(it: Exporting): Promise<Exported | Refusal> {
  const part = `${it.file}.part`;
  const begun = await readBegun(part, it.log);
  if (isRefusal(begun)) return begun;
  const handle = await open(part, begun.octets === 0 ? 'w' : 'r+', 0o600);
  try {
    await handle.truncate(begun.octets);
    const root = await writeRest(handle, begun, it);
    if (isRefusal(root)) return root;
    await handle.sync();
    await rename(part, it.file);
    await syncFolder(dirname(it.file));
    return { events: it.checkpoint.size, root, resumed: begun.events };
  } finally {
    await handle.close();
  }
}

interface Begun {
  /** Of whole lines. */
  readonly octets: number;
  readonly events: number;
}

const NOTHING: Begun = { octets: 0, events: 0 };

/** Whole lines of an export that was cut off; a torn last line is written again. */
async function readBegun(part: string, log: string): Promise<Begun | Refusal> {
  const size = await stat(part).then(
    (one) => one.size,
    () => 0,
  );
  if (size === 0) return NOTHING;
  let [octets, events] = [0, -1];
  for await (const line of linesIn(part)) {
    const end = octets + Buffer.byteLength(line) + 1;
    if (end > size) break; // its newline was not written
    const read = events < 0 ? parseLogLine(line) : null;
    if (read !== null && (isRefusal(read) || read.is !== 'first')) return NOTHING;
    if (read !== null && read.first.log !== log)
      return refuse(
        'OTHER_EXPORT',
        `Beside it lies ${part}, the unfinished export of another log; move it away first.`,
      );
    if (line.startsWith('{"end"')) break;
    [octets, events] = [end, events + 1];
  }
  return { octets, events: Math.max(events, 0) };
}

async function writeRest(handle: FileHandle, begun: Begun, it: Exporting): Promise<string | Refusal> {
  const { checkpoint, log, progress } = it;
  let at = begun.octets;
  let waiting = begun.octets === 0 ? firstLine(log) : '';
  const flush = async (): Promise<void> => {
    const octets = Buffer.from(waiting);
    await handle.write(octets, 0, octets.length, at);
    [at, waiting] = [at + octets.length, ''];
  };
  const tree = new MerkleTree();
  for await (const event of it.events) {
    if (tree.size === checkpoint.size) break;
    tree.append(entryOf(event));
    if (tree.size > begun.events) waiting += eventLine(event);
    if (waiting.length > CHUNK_OCTETS) await flush();
    if (tree.size % PROGRESS_EVERY === 0) progress?.(tree.size, checkpoint.size);
  }
  const root = toHex(tree.root());
  if (tree.size !== checkpoint.size || root !== toHex(checkpoint.root))
    return refuse(
      'LOG_NOT_SEALED',
      'The events are not those of the newest checkpoint; verify the log before anything else.',
    );
  waiting += lastLine({ events: tree.size, root, checkpoint: checkpoint.note, cosigned: it.cosigned });
  await flush();
  return root;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync();
  await handle.close();
}
