/** The tiles of a growing tree: full ones are put into their store before a checkpoint covers them, partial ones made on demand. */
import type { MerkleTree } from './merkle.ts';
import { TILE_WIDTH, type TilePlace, bundleOf, fullTilesSince, heightOf, widthAt } from './tile.ts';
import type { TileStore } from './tile-store.ts';

export class Tiles {
  readonly #tree: MerkleTree;
  readonly #store: TileStore;
  /** Entries from `#entriesFrom` on; those of stored bundles are let go. */
  #entries: Uint8Array[] = [];
  #entriesFrom = 0;
  /** Size up to which all full tiles are stored. */
  #stored = 0;

  constructor(tree: MerkleTree, store: TileStore) {
    this.#tree = tree;
    this.#store = store;
  }

  /** In the order of the tree's leaves. */
  add(entry: Uint8Array): void {
    this.#entries.push(entry);
  }

  /**
   * Answers when every full tile of a tree of this size is durable. What stands there already is compared and written
   * anew where it is another: it follows from the log.
   */
  async store(size: number): Promise<void> {
    for (const { level, index } of fullTilesSince(this.#stored, size)) {
      const octets = this.#made({ level, index, width: TILE_WIDTH });
      const stored = await this.#store.read(level, index);
      if (stored === null || !Buffer.from(octets).equals(stored)) await this.#store.put(level, index, octets);
    }
    await this.#store.sync();
    this.#stored = Math.max(this.#stored, size);
    const whole = size - (size % TILE_WIDTH);
    this.#entries = this.#entries.slice(Math.max(0, whole - this.#entriesFrom));
    this.#entriesFrom = Math.max(this.#entriesFrom, whole);
  }

  /** A tile as a tree of this size has it; null where it has none so wide. */
  async read(place: TilePlace, size: number): Promise<Uint8Array | null> {
    const { level, index, width } = place;
    if (width > widthAt(place, size)) return null;
    const isStored = widthAt(place, this.#stored) === TILE_WIDTH;
    if (!isStored) return this.#made(place);
    const full = await this.#store.read(level, index);
    return full?.subarray(0, (full.length / TILE_WIDTH) * width) ?? null;
  }

  #made({ level, index, width }: TilePlace): Uint8Array {
    const start = index * TILE_WIDTH;
    if (level !== 'entries') return this.#tree.nodes(heightOf(level), start, start + width);
    const from = start - this.#entriesFrom;
    return bundleOf(this.#entries.slice(from, from + width));
  }
}
