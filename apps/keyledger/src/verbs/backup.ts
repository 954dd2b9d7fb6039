/**
 * `keyledger backup` and `keyledger restore`: the platform's own folder with its keys, its record and what it signed.
 * Views and tiles follow from the record and are made anew. Devices, units and stations keep their own memory: to set a
 * card or a module back is what their counters refuse.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { shownAddress } from '#libs/event-store/postgresql/address.ts';
import { utf8 } from '#libs/kernel/bytes.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import { systemClock } from '#libs/kernel/clock.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';
import { addressOf } from '../demo/event-log.ts';
import { placesIn } from '../demo/places.ts';
import type { Terminal } from '../terminal.ts';
import {
  type EventPlace,
  couldNotRun,
  countedEvents,
  eventPlace,
  withEventFile,
  withSqliteFile,
} from './event-file.ts';
import { whileStopped } from './stopped.ts';
import { verify } from './verify.ts';

export interface BackupOptions {
  readonly folder: string;
  /** Folder of the copy. */
  readonly to: string;
}

const MANIFEST = 'backup.json';
const EVENTS = 'platform/events.sqlite';

interface Manifest {
  readonly format: 'keyledger backup';
  readonly version: 1;
  readonly events: number;
  /** SHA-256 of each file, by its path. */
  readonly files: Readonly<Record<string, string>>;
}

/** 0: the copy is whole. 2: could not run. Beside a running platform, or without one. */
export async function backup({ folder, to }: BackupOptions, terminal: Terminal): Promise<0 | 2> {
  if (existsSync(to))
    return couldNotRun(terminal, refuse('FOLDER_EXISTS', `${to} is there already; name a new folder.`));
  const part = `${to}.part`;
  if (existsSync(part))
    return couldNotRun(terminal, refuse('BACKUP_UNFINISHED', `${part} was cut off; take it away and start again.`));
  const place = eventPlace(folder);
  const address = addressOf(place.events);
  const begin = (): void => {
    mkdirSync(join(part, 'platform'), { recursive: true, mode: 0o700 });
    chmodSync(part, 0o700);
    // Before the events: places and checkpoints never name more than the copied log holds.
    for (const path of smallFiles(folder)) copyFile(join(folder, path), join(part, path));
  };
  if (address !== null) return backupBeside({ place, address, part, to, begin }, terminal);
  const made = await withSqliteFile(place, async (reader) => {
    begin();
    await reader.copyTo(join(part, EVENTS), (done, total) => terminal.progress('Copying', done, total));
  });
  if (isRefusal(made)) return couldNotRun(terminal, made);
  const copied = await withEventFile(eventPlace(part), (reader) => countedEvents(reader));
  if (isRefusal(copied)) return couldNotRun(terminal, copied);
  for (const left of ['-wal', '-shm']) rmSync(join(part, `${EVENTS}${left}`), { force: true }); // of looking at it
  finish({ part, to, events: copied, paths: [...smallFiles(part), EVENTS] });
  terminal.line(`${copied} events and the platform's keys: ${to}. Whoever has this folder can sign as the platform.`);
  terminal.data({ backedUp: true, events: copied, to });
  return 0;
}

interface Beside {
  readonly place: EventPlace;
  readonly address: string;
  readonly part: string;
  readonly to: string;
  readonly begin: () => void;
}

/** The events lie on a server, which has a backup of its own; what is the platform's own is copied all the same. */
async function backupBeside({ place, address, part, to, begin }: Beside, terminal: Terminal): Promise<0 | 2> {
  const events = await withEventFile(place, (reader) => {
    begin();
    return countedEvents(reader);
  });
  if (isRefusal(events)) return couldNotRun(terminal, events);
  finish({ part, to, events, paths: smallFiles(part) });
  terminal.line(`The platform's keys and checkpoints: ${to}. Whoever has this folder can sign as the platform.`);
  terminal.line(
    `Its ${events} events lie in ${shownAddress(address)}: take a backup of that database as well, after this one (docs/operations/postgresql.md).`,
  );
  terminal.data({ backedUp: true, events, to, elsewhere: shownAddress(address) });
  return 0;
}

function finish(it: { part: string; to: string; events: number; paths: readonly string[] }): void {
  const { part, to, events, paths } = it;
  const files = Object.fromEntries(paths.map((path) => [path, hashOf(join(part, path))]));
  const manifest: Manifest = { format: 'keyledger backup', version: 1, events, files };
  replaceWhole(join(part, MANIFEST), utf8(canonicalJson(manifest)));
  renameSync(part, to);
}

/** Whatever else the platform keeps in its folder, and the founding; locks and what follows from the record stay. */
function smallFiles(folder: string): readonly string[] {
  const { platform, founding } = placesIn(folder);
  const names = readdirSync(platform.folder, { withFileTypes: true })
    .filter((one) => one.isFile() && !/^events\.sqlite|\.lock$|\.next$/.test(one.name))
    .map((one) => `platform/${one.name}`);
  return [...(existsSync(founding) ? [basename(founding)] : []), ...names].toSorted();
}

function copyFile(from: string, to: string): void {
  replaceWhole(to, readFileSync(from));
}

function hashOf(file: string): string {
  return hashId(readFileSync(file));
}

/** 0: the copy holds and lies in place. 1: the copy does not hold, and nothing was changed. 2: could not run. */
export async function restore({ folder, to: from }: BackupOptions, terminal: Terminal): Promise<0 | 1 | 2> {
  const manifest = manifestIn(from) ?? refuse('NO_BACKUP', `${from} is no folder that keyledger backup made.`);
  if (isRefusal(manifest)) return couldNotRun(terminal, manifest);
  const unfit = altered(from, manifest) ?? otherDeployment(folder, from);
  if (unfit !== null) return couldNotRun(terminal, unfit);
  const held = await verify({ folder: from }, terminal);
  if (held === 1 || held === 2) return held;
  const restored = await whileStopped(placesIn(folder).platform.folder, () =>
    Promise.resolve(replaced(folder, from, Object.keys(manifest.files))),
  );
  if (isRefusal(restored)) return couldNotRun(terminal, restored);
  const aside = restored.aside === null ? '' : ` What was there before lies in ${restored.aside}.`;
  terminal.line(`${manifest.events} events restored.${aside}`);
  terminal.line('A copy that is older than what witnesses saw decides nothing: the platform says so when it starts.');
  terminal.data({ restored: true, events: manifest.events, aside: restored.aside });
  return 0;
}

function manifestIn(folder: string): Manifest | null {
  const octets = readWhole(join(folder, MANIFEST));
  if (octets === null) return null;
  try {
    const value = JSON.parse(Buffer.from(octets).toString('utf8')) as Partial<Manifest> | null;
    return value?.format === 'keyledger backup' && value.version === 1 && typeof value.files === 'object'
      ? (value as Manifest)
      : null;
  } catch {
    return null;
  }
}

function altered(folder: string, { files }: Manifest): Refusal | null {
  const there = statSync(join(folder, EVENTS), { throwIfNoEntry: false }) === undefined ? [] : [EVENTS];
  const names = [...smallFiles(folder), ...there];
  const odd = [...new Set([...names, ...Object.keys(files)])].find(
    (path) => !names.includes(path) || files[path] !== hashOf(join(folder, path)),
  );
  return odd === undefined
    ? null
    : refuse('BACKUP_ALTERED', `The file ${odd} of the backup is not the one that was copied; take another backup.`);
}

function otherDeployment(folder: string, from: string): Refusal | null {
  const [here, there] = [placesIn(folder).founding, placesIn(from).founding].map((file) => readWhole(file));
  if (here == null || there == null || Buffer.from(here).equals(there)) return null;
  return refuse('OTHER_DEPLOYMENT', 'The backup is of another deployment than this data folder.');
}

/** The folder before is moved aside, so that a restore loses nothing. */
function replaced(folder: string, from: string, paths: readonly string[]): { readonly aside: string | null } {
  const { platform, founding } = placesIn(folder);
  const next = `${platform.folder}.restoring`;
  rmSync(next, { recursive: true, force: true });
  mkdirSync(next, { recursive: true, mode: 0o700 });
  for (const path of paths.filter((one) => one.startsWith('platform/')))
    copyFile(join(from, path), join(next, basename(path)));
  const aside = existsSync(platform.folder)
    ? `${platform.folder}.before-${systemClock.rfc3339().replace(/[:.]/g, '-')}`
    : null;
  if (aside !== null) renameSync(platform.folder, aside);
  mkdirSync(dirname(platform.folder), { recursive: true, mode: 0o700 });
  renameSync(next, platform.folder);
  const genesis = readWhole(placesIn(from).founding);
  if (genesis !== null && !existsSync(founding)) replaceWhole(founding, genesis);
  return { aside };
}
