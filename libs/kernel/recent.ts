/** What a pure function answered last, so many answers at most: for imports of keys and documents that come again and again. */
export class Recent<T> {
  readonly #kept = new Map<string, T>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** The answer kept under the key, else a new one; what throws is not kept. */
  get(key: string, make: () => T): T {
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const made = make();
    const [oldest] = this.#kept.keys();
    if (this.#kept.size === this.#most && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(key, made);
    return made;
  }
}
