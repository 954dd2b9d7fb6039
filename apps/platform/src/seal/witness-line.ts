/** The line to one witness: what it has of this log, and what it answers to a checkpoint. It is believed only what it signed. */
import { monotonicMs } from '#libs/kernel/clock.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { type WitnessPolicy, type Witnessed, withSignatures, witnessesOf } from '#libs/seal/cosignature.ts';
import type { StoredCheckpoint } from '#libs/seal/checkpoint-file.ts';
import type { NoteKey } from '#libs/seal/note-key.ts';
import { SIZE_TYPE, addCheckpointBody } from '#libs/seal/witness.ts';
import { type Heard, askWitness } from './ask-witness.ts';

/** What a witness has that our log does not: a longer one, or another history. */
export type Against = { readonly is: 'longer'; readonly size: number } | { readonly is: 'another' };

export interface Proofs {
  readonly consistencyProof: (oldSize: number, newSize: number) => readonly Uint8Array[];
  /** How many events the log has, once all that stand in it now are sealed here: another platform may have sealed them first. */
  readonly caughtUp: () => Promise<number>;
}

const BACK_OFF_MS = 250;
const BACK_OFF_MAX_MS = 8000;
/** A witness that has the newest checkpoint is asked again after this long, for a new time and for news of a longer log. */
const AGAIN_MS = 60_000;

export class WitnessLine {
  readonly #key: NoteKey;
  readonly #policy: WitnessPolicy;
  readonly #address: string;
  /** Size that the witness is believed to have; it corrects us. */
  #had = 0;
  #failures = 0;
  #askAt = -Infinity;
  #last: (Witnessed & { readonly size: number }) | null = null;
  #against: Against | null = null;
  #problem: string | null = null;

  constructor(key: NoteKey, address: string) {
    this.#key = key;
    this.#policy = { quorum: 1, witnesses: [key] };
    this.#address = address;
  }

  is({ line }: NoteKey): boolean {
    return this.#key.line === line;
  }

  get name(): string {
    return this.#key.name;
  }

  /** The last size that it cosigned since the start, and when by its own clock. */
  get last(): { readonly size: number; readonly at: number } | null {
    return this.#last;
  }

  get against(): Against | null {
    return this.#against;
  }

  /** Why it did not cosign when it was asked last; null where it did. */
  get problem(): string | null {
    return this.#problem;
  }

  isDue(size: number): boolean {
    const resting = monotonicMs() < this.#askAt;
    return this.#failures > 0 ? !resting : size > (this.#last?.size ?? 0) || !resting;
  }

  /** Its cosignature of this checkpoint, a line; null where it gave none. Never rejects. */
  async ask(checkpoint: StoredCheckpoint, proofs: Proofs, signal: AbortSignal): Promise<string | null> {
    const line = await this.#asked(checkpoint, proofs, signal).catch((error: unknown) => {
      this.#problem = codeOf(error) ?? 'NO_ANSWER';
      return null;
    });
    this.#failures = line === null ? this.#failures + 1 : 0;
    const rest = line === null ? Math.min(BACK_OFF_MAX_MS, BACK_OFF_MS * 2 ** (this.#failures - 1)) : AGAIN_MS;
    this.#askAt = monotonicMs() + rest;
    return line;
  }

  async #asked(checkpoint: StoredCheckpoint, proofs: Proofs, signal: AbortSignal): Promise<string | null> {
    const { size, note } = checkpoint;
    for (let tries = 0; tries < 2; tries += 1) {
      const oldSize = Math.min(this.#had, size);
      const proof = oldSize > 0 && oldSize < size ? proofs.consistencyProof(oldSize, size) : [];
      const heard = await askWitness(this.#address, addCheckpointBody({ oldSize, proof, note }), signal);
      if (heard.status === 200) return this.#cosigned(checkpoint, heard.body);
      const has = sizeIn(heard);
      if (has === null || has === oldSize) return this.#refused(heard);
      this.#had = has;
      if (has > size) {
        if (has <= (await proofs.caughtUp())) return this.#later();
        this.#against = { is: 'longer', size: has };
        this.#problem = 'LOG_BEHIND';
        return null;
      }
    }
    this.#problem = 'SIZE_CHANGES';
    return null;
  }

  /** It has seen what another platform of this log sealed a moment before: it is asked again with as much. */
  #later(): null {
    this.#problem = 'SIZE_CHANGES';
    return null;
  }

  #cosigned({ size, note }: StoredCheckpoint, body: string): string | null {
    const [line = ''] = /^.*\n/.exec(body) ?? [];
    const witnessed = witnessesOf(withSignatures(note, [line]), this.#policy);
    const [only] = isRefusal(witnessed) ? [] : witnessed;
    if (only === undefined) {
      this.#problem = 'BAD_COSIGNATURE';
      return null;
    }
    this.#had = size;
    this.#last = { ...only, size };
    [this.#against, this.#problem] = [null, null];
    return line;
  }

  #refused({ status, type }: Heard): null {
    if (status === 422 || (status === 409 && !type.startsWith(SIZE_TYPE))) this.#against = { is: 'another' };
    this.#problem = this.#against === null ? `HTTP_${status}` : 'LOG_FORKED';
    return null;
  }
}

function sizeIn({ status, type, body }: Heard): number | null {
  if (status !== 409 || !type.startsWith(SIZE_TYPE) || !/^(0|[1-9][0-9]{0,15})\n$/.test(body)) return null;
  const size = Number(body);
  return Number.isSafeInteger(size) ? size : null;
}

/** What the system says of a broken line; null where it was silence or chatter. */
function codeOf(error: unknown): string | null {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : null;
}
