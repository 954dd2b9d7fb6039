/**
 * A random history of a few cards: units read and use them, report at once, later or never; and things go wrong. The
 * record gets it through the same law and account as platform and `verify`; the truth beside it knows what went wrong.
 */
import { readCardLog } from '#apps/unit/src/card-reading.ts';
import type { Reading } from '#libs/domain/chip-card/card-log.ts';
import { rfc3339Of } from '#libs/kernel/clock.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { account, cardLogRead } from '#libs/proof/card-logs.ts';
import type { Known } from '#libs/proof/known.ts';
import type { CardMemory } from '#module-emulator/chip-card/memory.ts';
import type { ImageSnapshot } from '#module-emulator/memory-image.ts';
import { CardBench } from '#test/attacks/card-bench.ts';
import { NOW, orThrow } from '#test/attacks/card-world.ts';
import { randomOf } from '#test/kit/random.ts';
import { type Blank, SERIALS, type Signed, fingerprintOf, knownOf, signOn } from './card-bodies.ts';
import { type Fact, Truth } from './card-truth.ts';

/** One piece of plastic that says it is the card: the card itself, or a copy. */
interface Body {
  readonly blank: Blank;
  readonly bench: CardBench;
  last: Fact | null;
  snapshots: { readonly image: ImageSnapshot; readonly last: Fact | null }[];
}

interface Report {
  readonly event: StoredEvent;
  readonly truth: Truth;
  readonly tells: (truth: Truth) => void;
}

/** What may happen at one step, by how often: the first three are a working day, the others are faults. */
const STEPS = [
  'use',
  'flush',
  'look',
  'lose-report',
  'lose-unit',
  'clone',
  'roll-back',
  'rogue',
  'skip',
  'disable',
] as const;
type Step = (typeof STEPS)[number];
const WEIGHTS: Readonly<Record<Step, number>> = {
  use: 40,
  flush: 25,
  look: 10,
  'lose-report': 4,
  'lose-unit': 2,
  clone: 3,
  'roll-back': 3,
  rogue: 3,
  skip: 2,
  disable: 3,
};
/** Histories of working days alone: nothing may be found in them but uploads that are still to come. */
const HARMLESS: readonly Step[] = ['use', 'flush', 'look', 'lose-report', 'lose-unit'];

export interface Outcome {
  readonly seed: number;
  readonly injected: readonly Step[];
  /** By card: what must be open, and what is. */
  readonly expected: readonly string[];
  readonly open: readonly string[];
  /** Codes of readings that were contested; none should be. */
  readonly contested: readonly string[];
}

export async function history(cards: readonly Blank[], seed: number): Promise<Outcome> {
  const it = new History(cards, seed);
  return it.run();
}

class History {
  readonly #random: () => number;
  readonly #known: Known;
  readonly #bodies: Body[];
  readonly #truths = new Map<string, Truth>();
  readonly #outboxes: Report[][] = [[], [], []];
  /** As each unit last heard it. */
  readonly #cached = new Map<string, { number: number; head: string }>();
  readonly #disabled = new Set<string>();
  readonly #contested: string[] = [];
  readonly #injected: Step[] = [];
  readonly #seed: number;
  readonly #harmless: boolean;
  #ms = NOW * 1000;

  constructor(cards: readonly Blank[], seed: number) {
    this.#seed = seed;
    this.#random = randomOf(seed);
    this.#harmless = this.#random() < 0.3;
    this.#known = knownOf(cards);
    this.#bodies = cards.map((blank) => bodyOf(blank, blank.memory));
    for (const { name } of cards) this.#truths.set(name, new Truth());
  }

  async run(): Promise<Outcome> {
    const steps = 6 + this.#below(14);
    for (let step = 0; step < steps; step += 1) await this.#step(this.#chosen());
    const [expected, open] = [[] as string[], [] as string[]];
    for (const [name, truth] of this.#truths) {
      expected.push(...truth.expected().map((one) => `${name} ${one}`));
      const found = this.#known.cardLogs.get(name)?.ledger.open ?? [];
      const told = found.map(({ kind, number, head }) =>
        kind === 'cloned-card' ? `${kind} ${number}` : `${kind} ${number} ${head}`,
      );
      open.push(...told.sort().map((one) => `${name} ${one}`));
    }
    return { seed: this.#seed, injected: this.#injected, expected, open, contested: this.#contested };
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #one<T>(of: readonly T[]): T {
    const chosen = of[this.#below(of.length)];
    if (chosen === undefined) throw new Error('there is nothing to choose from');
    return chosen;
  }

  #chosen(): Step {
    const steps = this.#harmless ? HARMLESS : STEPS;
    let at = this.#below(steps.reduce((sum, step) => sum + WEIGHTS[step], 0));
    return steps.find((step) => (at -= WEIGHTS[step]) < 0) ?? 'use';
  }

  async #step(step: Step): Promise<void> {
    this.#ms += 2000 + this.#below(60_000);
    const body = this.#one(this.#bodies);
    const unit = this.#below(this.#outboxes.length);
    if (step !== 'use' && step !== 'flush' && step !== 'look') this.#injected.push(step);
    switch (step) {
      case 'use':
        return this.#contact(body, unit, { uses: 1 + this.#below(3) });
      case 'look':
        return this.#contact(body, unit, { uses: 0 });
      case 'lose-report':
        return this.#contact(body, unit, { uses: 1, loses: true });
      case 'skip':
        return this.#contact(body, unit, { uses: 1, skips: 1 + this.#below(2) });
      case 'flush':
        return this.#flush(unit);
      case 'lose-unit':
        return void this.#outboxes[unit]?.splice(0);
      case 'clone':
        return void this.#bodies.push({ ...bodyOf(body.blank, body.bench.image.read()), last: body.last });
      case 'roll-back':
        return this.#rollBack(body);
      case 'rogue':
        return this.#rogue(body);
      case 'disable':
        return this.#disable(body);
    }
  }

  async #contact(body: Body, unit: number, it: { uses: number; loses?: boolean; skips?: number }): Promise<void> {
    await this.#read(body, unit);
    for (let use = 0; use < it.uses; use += 1) {
      this.#ms += 1000;
      const fact = this.#sign(body, { rogue: false, skips: use === 0 ? (it.skips ?? 0) : 0 });
      if (it.loses !== true) this.#reportUse(body, unit, fact);
    }
    if (this.#random() < 0.5) this.#flush(unit);
  }

  async #read({ blank, bench, last }: Body, unit: number): Promise<void> {
    const card = `${unit} ${blank.name}`;
    const isOnline = this.#random() < 0.6;
    const known = isOnline ? this.#known.cardLogs.get(blank.name)?.ledger.known : this.#cached.get(card);
    const from = known ?? { number: 0, head: 'A'.repeat(43) };
    this.#cached.set(card, from);
    const readings = orThrow(await readCardLog(await bench.selected(), from));
    const at = this.#now();
    for (const reading of readings) {
      const tells = (truth: Truth): void => {
        for (const fact of entriesIn(last, reading)) truth.tell(fact, { text: true, report: false, at });
        truth.tellHead({ of: last, at });
      };
      this.#queue(unit, blank, { type: 'CardLogRead', stream: `card-${blank.name}`, data: reading }, tells);
    }
  }

  #sign(body: Body, { rogue, skips }: { rogue: boolean; skips: number }): Fact {
    const { blank, bench, last: parent } = body;
    body.snapshots.push({ image: bench.image.snapshot(), last: parent });
    const order = rogue ? blank.rogue : blank.approved;
    const time = Math.floor(this.#ms / 1000);
    const signed: Signed = signOn(bench, { order, serial: this.#one(SERIALS), time, skips });
    body.last = { signed, parent, rogue, skipped: skips > 0, whileDisabled: this.#disabled.has(blank.name) };
    return body.last;
  }

  #reportUse({ blank }: Body, unit: number, fact: Fact): void {
    const at = this.#now();
    const data = { card: blank.name, entry: fact.signed.entry, fingerprint: fingerprintOf(fact.signed) };
    const tells = (truth: Truth): void => truth.tell(fact, { text: true, report: true, at });
    this.#queue(unit, blank, { type: 'CertificateIssued', stream: 'personalization-', data }, tells);
  }

  #rogue(body: Body): void {
    this.#sign(body, { rogue: true, skips: 0 });
  }

  #rollBack(body: Body): void {
    if (body.snapshots.length === 0) return;
    const at = this.#below(body.snapshots.length);
    const copy = body.snapshots[at];
    body.snapshots = body.snapshots.slice(0, at);
    if (copy === undefined) return;
    body.bench.image.restore(copy.image);
    body.last = copy.last;
  }

  #disable({ blank }: Body): void {
    const isDisabled = this.#disabled.delete(blank.name);
    if (!isDisabled) this.#disabled.add(blank.name);
    const type = isDisabled ? 'SuspensionReviewed' : 'SigningKeySuspended';
    account(this.#known, this.#event({ type, stream: `card-${blank.name}`, data: {} }), null);
  }

  #queue(
    unit: number,
    { name }: Blank,
    event: Pick<StoredEvent, 'type' | 'stream' | 'data'>,
    tells: Report['tells'],
  ): void {
    const truth = this.#truths.get(name);
    if (truth !== undefined) this.#outboxes[unit]?.push({ event: this.#event(event), truth, tells });
  }

  #flush(unit: number): void {
    for (const { event, truth, tells } of this.#outboxes[unit]?.splice(0) ?? []) {
      const refusal = event.type === 'CardLogRead' ? cardLogRead(this.#known, event) : null;
      if (refusal !== null) this.#contested.push(refusal.code);
      account(this.#known, event, refusal === null);
      tells(truth);
    }
  }

  #now(): string {
    return `${rfc3339Of(Math.floor(this.#ms / 1000)).slice(0, 19)}.${String(this.#ms % 1000).padStart(3, '0')}Z`;
  }

  #event(it: Pick<StoredEvent, 'type' | 'stream' | 'data'>): StoredEvent {
    return { ...it, occurredAt: this.#now(), recordedAt: this.#now() } as StoredEvent; // no account reads the rest
  }
}

function bodyOf(blank: Blank, memory: CardMemory): Body {
  return { blank, bench: new CardBench(memory), last: null, snapshots: [] };
}

function entriesIn(last: Fact | null, reading: Reading): readonly Fact[] {
  const texts = new Set(reading.entries);
  const facts: Fact[] = [];
  for (let at = last; at !== null; at = at.parent) if (texts.has(at.signed.entry)) facts.push(at);
  return facts;
}
