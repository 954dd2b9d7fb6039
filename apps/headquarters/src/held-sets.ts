/**
 * The newest approver set that headquarters followed to, kept over a restart: the links that lead to it from the founding,
 * so that the file need not be believed. There is no way back; a platform that shows fewer links changes nothing.
 */
import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { type SetLink, followSets } from '#libs/approval/set-chain.ts';
import { ascii, equal, utf8 } from '#libs/kernel/bytes.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';

export const SETS_FILE = 'approver-sets.json';

export interface HeldFrom {
  readonly genesis: string;
  /** The approver set of the founding, canonical text. */
  readonly approverSet: string;
  /** Folder of the file; without one nothing is kept. */
  readonly folder?: string;
}

export class HeldSets {
  readonly #from: HeldFrom;
  #links: readonly SetLink[] = [];
  #setBytes: Uint8Array;

  /** Throws one clear sentence where the file does not lead from the founding of this deployment. */
  constructor(from: HeldFrom) {
    this.#from = from;
    this.#setBytes = ascii(from.approverSet);
    this.#takeUp();
  }

  /** Canonical text of the newest set, as octets. */
  get setBytes(): Uint8Array {
    return this.#setBytes;
  }

  /** Goes as far as the approvals carry, and is durable there before it is used. Another process may have gone further. */
  follow(links: readonly SetLink[]): void {
    this.#takeUp();
    const before = this.#links.length;
    for (const link of links) if (!this.#step(link)) break;
    if (this.#links.length > before && this.#file !== null)
      replaceWhole(this.#file, utf8(`${JSON.stringify(this.#links, null, 2)}\n`));
  }

  get #file(): string | null {
    return this.#from.folder === undefined ? null : join(this.#from.folder, SETS_FILE);
  }

  #takeUp(): void {
    const octets = this.#file === null ? null : readWhole(this.#file);
    const kept = octets === null ? [] : (JSON.parse(Buffer.from(octets).toString('utf8')) as readonly SetLink[]); // our own file
    for (const link of kept.slice(this.#links.length))
      if (!this.#step(link))
        throw new Error(
          `The file ${this.#file ?? ''} does not lead from the founding of this deployment; put the right one back, or take it away.`,
        );
  }

  /** False where the link leads nowhere; one to an earlier set is passed over. */
  #step(link: SetLink): boolean {
    const { setBytes, refusal } = followSets({ genesis: this.#from.genesis, setBytes: this.#setBytes }, [link]);
    if (refusal !== null) return false;
    if (equal(setBytes, this.#setBytes)) return true;
    this.#setBytes = setBytes;
    this.#links = [...this.#links, link];
    return true;
  }
}
