/** What the station remembers over a restart: accepted keys, the list in force, and the newest key of each module. */
import { fromBase64url, toBase64url, utf8 } from '#libs/kernel/bytes.ts';
import type { TrustList } from '#libs/kernel/trust-list.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';
import type { AcceptedKey } from './law.ts';
import type { HeldPolicy } from './witnesses.ts';

interface KeptKey extends Omit<AcceptedKey, 'spki' | 'enforcement' | 'survivors'> {
  readonly spki: string;
  /** Absent where nothing outlives the key. */
  readonly survivors?: readonly string[];
  /** Absent in what was written before units with another one could be accepted. */
  readonly enforcement?: AcceptedKey['enforcement'];
}

interface Kept {
  readonly version: number;
  readonly listEnds: number;
  /** The most events that a list in force was sealed over; absent in what was written before that was kept. */
  readonly sealed?: number;
  /** Lines of the log's keys, the pinned one first; absent while it is the only one. */
  readonly logKeys?: readonly string[];
  readonly keys: readonly KeptKey[];
  /** The newest set that was followed to, canonical text; null before the first adoption. */
  readonly approverSet?: string | null;
  /** The newest that was followed to; absent while it is the pinned one. */
  readonly witnessPolicy?: HeldPolicy;
  readonly modules: Readonly<Record<string, { readonly epoch: number; readonly spkiHash: string | null }>>;
}

/** From good to worse: there is no other way. */
const BADNESS: readonly AcceptedKey['state'][] = ['active', 'suspended', 'deactivated', 'compromised'];

function withoutSurvivors({ survivors: _, ...key }: KeptKey): Omit<KeptKey, 'survivors'> {
  return key;
}

function unnamed(state: AcceptedKey['state']): AcceptedKey['state'] {
  return state === 'active' ? 'suspended' : state;
}

const EMPTY: Kept = { version: 0, listEnds: 0, keys: [], modules: {} };

export class StationMemory {
  readonly #file: string | null;
  #kept: Kept;

  /** `file` null keeps it in memory alone. */
  constructor(file: string | null) {
    this.#file = file;
    const octets = file === null ? null : readWhole(file);
    this.#kept = octets === null ? EMPTY : (JSON.parse(Buffer.from(octets).toString('utf8')) as Kept); // written here alone
  }

  get version(): number {
    return this.#kept.version;
  }

  get sealed(): number {
    return this.#kept.sealed ?? 0;
  }

  get logKeys(): readonly string[] {
    return this.#kept.logKeys ?? [];
  }

  /** There is no way back from a key that was followed to. */
  holdLogKeys(logKeys: readonly string[]): void {
    if (logKeys.length > Math.max(1, this.logKeys.length)) this.#keep({ ...this.#kept, logKeys });
  }

  get approverSet(): string | null {
    return this.#kept.approverSet ?? null;
  }

  /** There is no way back to the set before. */
  holdSet(approverSet: string): void {
    if (approverSet !== this.approverSet) this.#keep({ ...this.#kept, approverSet });
  }

  /** Null while it is the pinned one. */
  get witnessPolicy(): HeldPolicy | null {
    return this.#kept.witnessPolicy ?? null;
  }

  /** There is no way back to the policy before. */
  holdPolicy(witnessPolicy: HeldPolicy): void {
    if (witnessPolicy.orders.length > (this.witnessPolicy?.orders.length ?? 0))
      this.#keep({ ...this.#kept, witnessPolicy });
  }

  get listEnds(): number {
    return this.#kept.listEnds;
  }

  get keys(): readonly AcceptedKey[] {
    return this.#kept.keys.map((one) => ({
      ...one,
      enforcement: one.enforcement ?? 'device',
      survivors: one.survivors ?? null,
      spki: fromBase64url(one.spki) ?? new Uint8Array(),
    }));
  }

  acceptedKey(cardKey: string): AcceptedKey | null {
    return this.keys.find((one) => one.cardKey === cardKey) ?? null;
  }

  known(serial: string): { readonly epoch: number; readonly spkiHash: string | null } | null {
    return this.#kept.modules[serial] ?? null;
  }

  /** For the first time, or again after a suspension: by this order. */
  accept(cardKey: string, born: Pick<AcceptedKey, 'spki' | 'enforcement'>, order: string): void {
    const others = this.#kept.keys.filter((one) => one.cardKey !== cardKey);
    const orders = [...(this.acceptedKey(cardKey)?.orders ?? []), order];
    const { spki, enforcement } = born;
    const key = { cardKey, state: 'active', spki: toBase64url(spki), enforcement, orders } as const;
    this.#keep({ ...this.#kept, keys: [...others, key] });
  }

  /** Only for the worse: what is suspended is accepted anew or not at all, and compromised is final. */
  setState(cardKey: string, state: AcceptedKey['state']): void {
    const keys = this.#kept.keys.map((one) => {
      if (one.cardKey !== cardKey || BADNESS.indexOf(state) <= BADNESS.indexOf(one.state)) return one;
      return { ...withoutSurvivors(one), state };
    });
    this.#keep({ ...this.#kept, keys });
  }

  /** Disabled, strictly (null) or from a moment on; whether that may be, the law has judged. */
  disable(cardKey: string, survivors: readonly string[] | null): void {
    const keys = this.#kept.keys.map((one) => {
      if (one.cardKey !== cardKey || one.state === 'compromised') return one;
      return { ...withoutSurvivors(one), state: 'deactivated' as const, ...(survivors === null ? {} : { survivors }) };
    });
    this.#keep({ ...this.#kept, keys });
  }

  /** The list in force, sealed over so many events; of a key that it no longer names nothing is accepted any more. */
  enforce(list: TrustList, events: number): void {
    const named = new Set(list.entries.map(({ cardKey }) => cardKey));
    const keys = this.#kept.keys.map((one) =>
      named.has(one.cardKey) ? one : { ...withoutSurvivors(one), state: unnamed(one.state) },
    );
    const modules = { ...this.#kept.modules };
    for (const { serial, epoch } of list.epochs)
      if (epoch > (modules[serial]?.epoch ?? 0)) modules[serial] = { epoch, spkiHash: null };
    const sealed = Math.max(this.sealed, events);
    this.#keep({ ...this.#kept, version: list.version, listEnds: list.notAfter, sealed, keys, modules });
  }

  met(serial: string, epoch: number, spkiHash: string): void {
    this.#keep({ ...this.#kept, modules: { ...this.#kept.modules, [serial]: { epoch, spkiHash } } });
  }

  #keep(next: Kept): void {
    if (this.#file !== null && JSON.stringify(next) !== JSON.stringify(this.#kept))
      replaceWhole(this.#file, utf8(JSON.stringify(next)));
    this.#kept = next;
  }
}
