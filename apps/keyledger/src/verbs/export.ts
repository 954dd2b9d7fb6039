/** `keyledger export` and `keyledger import`: the whole log as lines of text, out of one engine and into any other with the same root. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { importInto } from '#apps/platform/src/import.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { parseCheckpointLine, readCheckpoints } from '#libs/seal/checkpoint-file.ts';
import { readCheckpoint } from '#libs/seal/checkpoint.ts';
import { type Exported, type Exporting, exportLog } from '#libs/transfer/export-log.ts';
import { linesIn } from '#libs/transfer/log-lines.ts';
import { addressOf, chooseEvents } from '../demo/event-log.ts';
import { placesIn } from '../demo/places.ts';
import type { Terminal } from '../terminal.ts';
import { type EventPlace, couldNotRun, eventPlace, withEventFile } from './event-file.ts';
import { whileStopped } from './stopped.ts';
import { type VerifyCode, verify } from './verify.ts';

export interface TransferOptions {
  readonly folder: string;
  readonly file: string;
  /** Of an import: the engine, as KEYLEDGER_EVENTS says it; undefined where it says nothing. */
  readonly events?: string | null | undefined;
}

/** 0: the file is whole and ends under the newest checkpoint. 2: could not run. Beside a running platform, or without one. */
export async function exportTo({ folder, file }: TransferOptions, terminal: Terminal): Promise<0 | 2> {
  if (existsSync(file))
    return couldNotRun(terminal, refuse('FILE_EXISTS', `${file} is there already; name another file.`));
  const place = eventPlace(folder);
  const checkpoint = await newestCheckpoint(place);
  if (isRefusal(checkpoint)) return couldNotRun(terminal, checkpoint);
  const exported = await withEventFile<Exported | Refusal>(place, async (reader) =>
    exportLog({
      log: await reader.identity(),
      events: reader.readAll(),
      checkpoint,
      cosigned: cosignedNote(place, checkpoint.size),
      file,
      progress: (done, total) => terminal.progress('Exporting', done, total),
    }),
  );
  if (isRefusal(exported)) return couldNotRun(terminal, exported);
  const again = exported.resumed === 0 ? '' : ` (${exported.resumed} of them were written before)`;
  terminal.line(`${exported.events} events${again}, tree root ${exported.root}: ${file}`);
  terminal.data({ exported: true, ...exported, file });
  return 0;
}

async function newestCheckpoint({ checkpoints }: EventPlace): Promise<Exporting['checkpoint'] | Refusal> {
  const stored = await readCheckpoints(checkpoints);
  if (isRefusal(stored)) return stored;
  const note = stored.at(-1)?.note;
  if (note === undefined) return refuse('NOT_SEALED', 'Nothing of this log is sealed yet; start the platform once.');
  const read = readCheckpoint(note);
  return isRefusal(read) ? read : { note, size: read.checkpoint.size, root: read.checkpoint.root };
}

/** What witnesses cosigned of it; what is newer than the export says nothing about it. */
function cosignedNote({ cosigned }: EventPlace, size: number): string | null {
  const kept = existsSync(cosigned) ? parseCheckpointLine(readFileSync(cosigned, 'utf8')) : null;
  return kept !== null && kept.size <= size ? kept.note : null;
}

/** What `verify` says of the imported record; 2 also where nothing could be imported. */
export async function importFrom(
  { folder, file, events: engine }: TransferOptions,
  terminal: Terminal,
): Promise<VerifyCode> {
  if (!existsSync(file)) return couldNotRun(terminal, refuse('NO_FILE', `There is no file ${file}.`));
  const { events } = placesIn(folder).platform;
  mkdirSync(dirname(events), { recursive: true, mode: 0o700 });
  chooseEvents(events, engine);
  const into = { folder: dirname(events), events: addressOf(events) };
  const progress = (done: number): void => terminal.progress('Importing', done, 0);
  const run = () => importInto(into, { lines: linesIn(file), progress });
  const imported = await (into.events === null ? run() : whileStopped(into.folder, run)); // the event file has a lock of its own
  if (isRefusal(imported)) return couldNotRun(terminal, imported);
  const { resumed, last } = imported;
  const again = resumed === 0 ? '' : ` (${resumed} of them stood there before)`;
  terminal.line(`${last.events} events${again}, tree root ${last.root}: imported. Now they are verified.`);
  terminal.data({ imported: true, events: last.events, root: last.root, resumed });
  return verify({ folder }, terminal);
}
