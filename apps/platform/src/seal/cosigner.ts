/**
 * Asks the witnesses of the policy after every checkpoint, beside everything else: no append waits for one. Keeps the
 * newest checkpoint that enough of them cosigned, and says when a witness knows more of this log than is here.
 */
import { join } from 'node:path';
import { equal, utf8 } from '#libs/kernel/bytes.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { Position } from '#libs/kernel/event.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { replaceWhole } from '#libs/local/durable-file.ts';
import type { StoredCheckpoint } from '#libs/seal/checkpoint-file.ts';
import { type WitnessPolicy, judgeWitnessed, withSignatures } from '#libs/seal/cosignature.ts';
import { COSIGNED_FILE, isCosignedUnder, readCosigned } from '#libs/seal/cosigned-file.ts';
import type { Sealer } from '#libs/seal/sealer.ts';
import { type WitnessPolicies, newestOf } from '#libs/seal/witness-policies.ts';
import { WitnessLine } from './witness-line.ts';

/** Where a witness of the policy is asked; an address is no secret and no part of the record. */
export interface WitnessAddress {
  /** Name in its key. */
  readonly name: string;
  /** URL of its submission prefix, or path of a local socket. */
  readonly address: string;
}

export interface CosignerParts {
  readonly folder: string;
  readonly sealer: Pick<Sealer, 'latest' | 'listen' | 'consistencyProof' | 'rootAt' | 'sealed'>;
  readonly policies: WitnessPolicies;
  readonly addresses: readonly WitnessAddress[];
  /** End of the log as it is now, where others append to it as well. */
  readonly head?: () => Promise<Position | null>;
}

export interface WitnessState {
  readonly name: string;
  /** The last size that it cosigned since the start; null before. */
  readonly size: number | null;
  /** When, by its own clock, seconds. */
  readonly at: number | null;
  readonly problem: string | null;
}

/** Between two rounds while nobody waits for one: under load twice a second is witnessed, not every batch. */
const ROUND_MS = 500;
/** While somebody waits. */
const HURRIED_MS = 50;

interface Waiter {
  readonly size: number;
  readonly resolve: (checkpoint: StoredCheckpoint) => void;
}

export class Cosigner {
  readonly #parts: CosignerParts;
  #policy: WitnessPolicy;
  #lines: readonly WitnessLine[] = [];
  readonly #stop = new AbortController();
  #latest: StoredCheckpoint | null;
  #gathering: { readonly checkpoint: StoredCheckpoint; readonly lines: Map<string, string> } | null = null;
  #waiters: Waiter[] = [];
  #wake: () => void = () => undefined;
  #endPause: () => void = () => undefined;
  #sinceStart = false;
  #running: Promise<void> | null = null;

  /** Refuses where the log here is not the one that the checkpoint kept beside it was cosigned of. */
  static open(parts: CosignerParts): Cosigner | Refusal {
    const kept = newestOf(parts.policies).quorum === 0 ? null : heldAgainstLog(parts);
    return isRefusal(kept) ? kept : new Cosigner(parts, kept);
  }

  private constructor(parts: CosignerParts, kept: StoredCheckpoint | null) {
    this.#parts = parts;
    this.#policy = newestOf(parts.policies);
    this.#latest = kept !== null && judgeWitnessed(kept.note, this.#policy) === null ? kept : null;
    this.adopt(this.#policy);
  }

  get policy(): WitnessPolicy {
    return this.#policy;
  }

  /** Asks those of this policy from now on; what the ones before cosigned counts as far as they are in it. */
  adopt(policy: WitnessPolicy): void {
    this.#policy = policy;
    this.#lines = policy.witnesses.flatMap((key) => {
      const asked = this.#lines.find((line) => line.is(key));
      const known = this.#parts.addresses.find(({ name }) => name === key.name);
      return asked ?? (known === undefined ? [] : new WitnessLine(key, known.address));
    });
    if (this.#latest !== null && judgeWitnessed(this.#latest.note, policy) !== null) this.#latest = null;
    if (this.#lines.length === 0 || this.#running !== null) return;
    this.#parts.sealer.listen(() => this.#wake());
    this.#running = this.#follow();
  }

  /** The newest checkpoint that enough witnesses cosigned, with their signatures; null before the first. */
  get latest(): StoredCheckpoint | null {
    return this.#latest;
  }

  get witnesses(): readonly WitnessState[] {
    return this.#policy.witnesses.map(({ name }) => {
      const line = this.#lines.find((one) => one.name === name);
      const problem = line === undefined ? 'NO_ADDRESS' : line.problem;
      return { name, size: line?.last?.size ?? null, at: line?.last?.at ?? null, problem };
    });
  }

  /**
   * Why nothing may be decided here: a witness has a longer log, or another one, and not enough others vouch for ours.
   * One witness alone can stand in the way of a policy that cannot do without it, and of no other.
   */
  get standstill(): Refusal | null {
    const against = this.#lines.filter((line) => line.against !== null);
    const [first] = against;
    if (first === undefined) return null;
    const others = this.#policy.witnesses.length - against.length;
    if (this.#sinceStart && others >= Math.max(1, this.#policy.quorum)) return null;
    const here = this.#parts.sealer.latest?.size ?? 0;
    return first.against?.is === 'longer'
      ? refuse(
          'LOG_BEHIND',
          `The witness ${first.name} has seen ${first.against.size} events of this log and ${here} are here: an older copy was restored; restore a newer one, nothing is decided until then.`,
        )
      : refuse(
          'LOG_FORKED',
          `The witness ${first.name} has cosigned another history of this log; verify it against a checkpoint kept elsewhere, nothing is decided until then.`,
        );
  }

  /** A cosigned checkpoint of at least this size, waited for; null where none came in time. */
  async over(size: number, waitMs: number): Promise<StoredCheckpoint | null> {
    if (this.#latest !== null && this.#latest.size >= size) return this.#latest;
    if (this.#lines.length === 0) return null;
    const { promise, resolve } = Promise.withResolvers<StoredCheckpoint | null>();
    const waiter: Waiter = { size, resolve };
    this.#waiters.push(waiter);
    this.#endPause();
    const timer = setTimeout(() => resolve(null), waitMs);
    const checkpoint = await promise;
    clearTimeout(timer);
    this.#waiters = this.#waiters.filter((one) => one !== waiter);
    return checkpoint;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#endPause();
    await this.#running;
  }

  async #follow(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const checkpoint = this.#parts.sealer.latest;
      const due = checkpoint === null ? [] : this.#lines.filter((line) => line.isDue(checkpoint.size));
      if (checkpoint !== null && due.length > 0) await this.#round(checkpoint, due);
      await this.#pause(due.length === 0);
    }
  }

  /** Until there is news; a witness that rests is looked at again at the next round. */
  async #pause(wakes: boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, this.#waiters.length > 0 ? HURRIED_MS : ROUND_MS);
    this.#endPause = resolve;
    if (this.#stop.signal.aborted) resolve();
    if (wakes) this.#wake = resolve;
    await promise;
    clearTimeout(timer);
    this.#wake = () => undefined;
  }

  async #round(checkpoint: StoredCheckpoint, due: readonly WitnessLine[]): Promise<void> {
    if (this.#gathering?.checkpoint.size !== checkpoint.size) this.#gathering = { checkpoint, lines: new Map() };
    const { lines } = this.#gathering;
    const { sealer } = this.#parts;
    const proofs = {
      consistencyProof: (from: number, to: number) => sealer.consistencyProof(from, to),
      caughtUp: () => this.#caughtUp(),
    };
    const ask = async (line: WitnessLine): Promise<void> => {
      const cosignature = await line.ask(checkpoint, proofs, this.#stop.signal);
      if (cosignature === null) return;
      lines.set(line.name, cosignature);
      this.#keep(withSignatures(checkpoint.note, [...lines.values()]), checkpoint);
    };
    await Promise.all(due.map(ask));
  }

  async #caughtUp(): Promise<number> {
    const head = await this.#parts.head?.();
    if (head != null) await this.#parts.sealer.sealed(head);
    return this.#parts.sealer.latest?.size ?? 0;
  }

  #keep(note: string, { log, size }: StoredCheckpoint): void {
    const [policy, { folder }] = [this.#policy, this.#parts];
    if (policy.quorum === 0 || size < (this.#latest?.size ?? 0) || judgeWitnessed(note, policy) !== null) return;
    const checkpoint = { log, size, note };
    replaceWhole(join(folder, COSIGNED_FILE), utf8(canonicalJson(checkpoint)));
    [this.#latest, this.#sinceStart] = [checkpoint, true];
    for (const waiter of this.#waiters) if (size >= waiter.size) waiter.resolve(checkpoint);
  }
}

function heldAgainstLog({ folder, sealer, policies }: CosignerParts): StoredCheckpoint | null | Refusal {
  const kept = readCosigned(join(folder, COSIGNED_FILE));
  if (kept === null || isRefusal(kept)) return kept;
  const { size } = kept.checkpoint;
  const here = sealer.latest?.size ?? 0;
  if (size > here)
    return refuse(
      'LOG_SHRUNK',
      `${size} events were cosigned by witnesses and ${here} are there; restore the log before anything else.`,
    );
  const unseen = isCosignedUnder(kept, policies);
  if (unseen !== null) return unseen;
  return equal(sealer.rootAt(size), kept.root)
    ? kept.checkpoint
    : refuse(
        'LOG_REWRITTEN',
        `The first ${size} events are not those that witnesses cosigned; verify the log before anything else.`,
      );
}
