/** Puts the lines of an export into an engine, whichever it is: the same entries in the same order, so the same root. */
import { equal, toHex } from '#libs/kernel/bytes.ts';
import { type NewEvent, type Sealed, entryOf } from '#libs/kernel/event.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { EventStore } from '#libs/event-store/event-store.ts';
import { MerkleTree } from '#libs/seal/merkle.ts';
import { readCheckpoint } from '#libs/seal/checkpoint.ts';
import { type LastLine, parseLogLine } from './log-lines.ts';

export interface Importing {
  readonly store: EventStore;
  /** Without their newlines. */
  readonly lines: AsyncIterable<string>;
  readonly progress?: (events: number) => void;
}

export interface Imported {
  readonly last: LastLine;
  /** Events that stood there already: an import that was cut off goes on behind them. */
  readonly resumed: number;
}

/** Events of one stream behind each other that are stored as one request. */
const TOGETHER_MAX = 64;
/** Requests on their way to the engine. */
const UNDERWAY_MAX = 128;
const PROGRESS_EVERY = 500;

/**
 * Refuses an engine that holds other events, an export that is damaged or not whole, and one whose root is not that of
 * its own checkpoint. What was stored before a refusal stays stored; the log is whole only when this answers.
 */
export async function importLog(it: Importing): Promise<Imported | Refusal> {
  const tree = new MerkleTree();
  const resumed = await entriesIn(it.store);
  const writer = new Writer(it.store);
  let last: LastLine | null = null;
  let lines = 0;
  for await (const line of it.lines) {
    lines += 1;
    const read = parseLogLine(line);
    if (isRefusal(read)) return refuse(read.code, `Line ${lines}: ${read.message}`);
    if ((read.is === 'first') !== (lines === 1) || last !== null)
      return refuse(
        'EXPORT_DAMAGED',
        `Line ${lines} of the export does not belong where it stands; export the log again.`,
      );
    if (read.is === 'last') last = read.last;
    if (read.is !== 'event') continue;
    const entry = entryOf(read.event);
    const there = resumed[tree.size];
    if (there === undefined) await writer.add(read.event);
    else if (!equal(there, entry))
      return refuse(
        'OTHER_LOG',
        `The engine holds another event at place ${tree.size} than the export; import into an empty one.`,
      );
    tree.append(entry);
    if (tree.size % PROGRESS_EVERY === 0) it.progress?.(tree.size);
  }
  await writer.end();
  if (last === null)
    return refuse('EXPORT_CUT_OFF', 'The export has no last line: it was cut off; export the log again.');
  return whole(last, tree, resumed.length) ?? { last, resumed: resumed.length };
}

function whole({ events, root, checkpoint }: LastLine, tree: MerkleTree, there: number): Refusal | null {
  const sealed = readCheckpoint(checkpoint);
  if (isRefusal(sealed)) return sealed;
  const { size, root: sealedRoot } = sealed.checkpoint;
  const holds =
    tree.size === events && size === events && toHex(tree.root()) === root && equal(tree.root(), sealedRoot);
  if (!holds) return refuse('ROOT_DIFFERS', 'The events of the export do not have the root that its checkpoint signs.');
  return there <= events ? null : refuse('OTHER_LOG', 'The engine holds more events than the export.');
}

async function entriesIn(store: EventStore): Promise<readonly Uint8Array[]> {
  const entries: Uint8Array[] = [];
  for await (const event of store.readAll()) entries.push(entryOf(event));
  return entries;
}

/** Appends in the order of the log: what one caller asks for is stored in the order of the calls. */
class Writer {
  readonly #store: EventStore;
  readonly #underway = new Set<Promise<void>>();
  #stream = '';
  #events: Sealed[] = [];
  #failed: { readonly error: unknown } | null = null;

  constructor(store: EventStore) {
    this.#store = store;
  }

  async add(event: Sealed): Promise<void> {
    if (event.stream !== this.#stream || this.#events.length === TOGETHER_MAX) await this.#send();
    this.#stream = event.stream;
    this.#events.push(event);
  }

  async end(): Promise<void> {
    await this.#send();
    await Promise.all(this.#underway);
    this.#assertFine();
  }

  async #send(): Promise<void> {
    const [first] = this.#events;
    if (first === undefined) return;
    const expected = first.revision === 0n ? 'no_stream' : first.revision - 1n;
    const events = this.#events.map(({ stream: _, revision: __, ...event }): NewEvent => event);
    const request = this.#store.append({ stream: this.#stream, expected, events });
    const settled = request.then(
      () => void this.#underway.delete(settled),
      (error: unknown) => {
        this.#underway.delete(settled);
        this.#failed ??= { error };
      },
    );
    this.#underway.add(settled);
    this.#events = [];
    if (this.#underway.size >= UNDERWAY_MAX) await Promise.race(this.#underway);
    this.#assertFine();
  }

  #assertFine(): void {
    if (this.#failed !== null) throw this.#failed.error;
  }
}
