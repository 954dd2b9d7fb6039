/**
 * The folder of a deployment's view databases: one file, named by the tables and the code that made it. Another name is
 * built beside it from the log and switched to; the old one is then removed.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { monotonicMs } from '#libs/kernel/clock.ts';
import { codeHash } from '../code-hash.ts';
import type { ViewPlace } from '../view-store.ts';
import { BuildingFile } from './building-file.ts';
import { ViewFile } from './view-file.ts';
import { DDL } from './view-tables.ts';

const BUILDING = '.building';
/** First octets of every SQLite file. */
const MAGIC = Buffer.from('SQLite format 3\0');
/** A reader that has a file's pages in memory would not see that it was overwritten. */
const HEAD = Buffer.alloc(MAGIC.length);

const CLOCK_TICK_MS = 1000;

interface Looked {
  /** What the file system says of the file. */
  readonly same: string;
  readonly identity: string | null;
  /** Monotonic milliseconds at which it said so first. */
  readonly since: number;
}

export class ViewFolder implements ViewPlace {
  readonly #folder: string;
  readonly file: string;
  /** Read for a file that has not changed since. */
  #looked: Looked | null = null;

  constructor(folder: string, hash: string = codeHash(DDL)) {
    this.#folder = folder;
    this.file = join(folder, `${hash}.sqlite`);
  }

  /** The finished file of this code, or null: absent, or not one that can be opened. */
  async open(): Promise<ViewFile | null> {
    if (!existsSync(this.file)) return null;
    try {
      return ViewFile.open(this.file);
    } catch {
      return null; // whatever it is, the log makes it anew
    }
  }

  /** Begins a new file beside whatever is there; what a killed build left is dropped. */
  async begin(): Promise<BuildingFile> {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    drop(this.#building);
    return new BuildingFile(this.#building);
  }

  /** Switches to the file that was begun: durable before its name is. Others are removed. Its writer must be closed. */
  async switchTo(): Promise<void> {
    syncFile(this.#building);
    drop(`${this.file}-wal`);
    drop(`${this.file}-shm`);
    renameSync(this.#building, this.file);
    const own = basename(this.file);
    for (const name of readdirSync(this.#folder)) if (!name.startsWith(own)) drop(join(this.#folder, name));
  }

  /** Names the file that stands there now: another after it was replaced, null when it is gone or no database any more. */
  identity(): string | null {
    const now = statSync(this.file, { throwIfNoEntry: false });
    if (now === undefined) return null;
    const { ino, size, mtimeMs, ctimeMs } = now;
    const same = `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
    const looked = this.#looked?.same === same ? this.#looked : null;
    // Two writes within one tick of the file system's clock look alike: what is that young is read again.
    if (looked !== null && monotonicMs() - looked.since > CLOCK_TICK_MS) return looked.identity;
    const identity = this.#read();
    this.#looked = { same, identity, since: looked?.since ?? monotonicMs() };
    return identity;
  }

  #read(): string | null {
    let handle: number;
    try {
      handle = openSync(this.file, 'r');
    } catch {
      return null;
    }
    try {
      readSync(handle, HEAD, 0, HEAD.length, 0);
      const { dev, ino } = fstatSync(handle);
      return HEAD.equals(MAGIC) ? `${dev}:${ino}` : null;
    } finally {
      closeSync(handle);
    }
  }

  get #building(): string {
    return `${this.file}${BUILDING}`;
  }
}

function drop(file: string): void {
  for (const name of [file, `${file}-wal`, `${file}-shm`]) rmSync(name, { force: true, recursive: true });
}

function syncFile(file: string): void {
  const handle = openSync(file, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
