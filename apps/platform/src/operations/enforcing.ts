/** How long a published trust list takes until its station has it in force. */
import type { StoredEvent } from '#libs/kernel/event.ts';

/** Lists that no station took up are forgotten, oldest first. */
const PUBLISHED_MAX = 1000;

export class Enforcing {
  readonly #published = new Map<string, number>();

  /** Seconds, of an event that says so; null of any other. */
  take({ type, stream, data, recordedAt }: StoredEvent): number | null {
    if (type !== 'TrustListPublished' && type !== 'TrustListEnforced') return null;
    const { version } = data as { readonly version: number };
    const key = `${stream} ${version}`;
    const at = Date.parse(recordedAt);
    if (type === 'TrustListPublished') {
      this.#published.set(key, at);
      const [oldest] = this.#published.keys();
      if (this.#published.size > PUBLISHED_MAX && oldest !== undefined) this.#published.delete(oldest);
      return null;
    }
    const since = this.#published.get(key);
    this.#published.delete(key);
    return since === undefined ? null : Math.max(0, at - since) / 1000;
  }
}
