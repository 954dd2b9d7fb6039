/** What a random history knows of itself: who signed what behind what, and what of it the record was told. From that alone follows what must be found. */
import type { Signed } from './card-bodies.ts';

export interface Fact {
  readonly signed: Signed;
  readonly parent: Fact | null;
  readonly rogue: boolean;
  readonly skipped: boolean;
  readonly whileDisabled: boolean;
}

export interface Told {
  /** The text of the entry is on record. */
  text: boolean;
  /** Its own report came. */
  report: boolean;
  /** Earliest moment at which a device that told saw it. */
  at: string;
}

/** A head that a unit read: of the entry, null for the empty log. */
export interface ReadHead {
  readonly of: Fact | null;
  readonly at: string;
}

/** One card in all its copies. */
export class Truth {
  readonly #told = new Map<Fact, Told>();
  readonly #heads: ReadHead[] = [];

  tell(fact: Fact, it: { readonly text: boolean; readonly report: boolean; readonly at: string }): void {
    const before = this.#told.get(fact);
    this.#told.set(fact, {
      text: it.text || before?.text === true,
      report: it.report || before?.report === true,
      at: before === undefined || it.at < before.at ? it.at : before.at,
    });
  }

  tellHead(head: ReadHead): void {
    this.#heads.push(head);
    if (head.of !== null) this.tell(head.of, { text: false, report: false, at: head.at });
  }

  /** What must be open in the end, each as `kind number head`; a clone by its number alone, as which of two is the clone nobody can know. */
  expected(): readonly string[] {
    const found: string[] = [];
    for (const [{ signed, rogue, skipped, whileDisabled }, { text, report }] of this.#told) {
      const name = `${signed.number} ${signed.head}`;
      if (text && rogue) found.push(`rogue-signature ${name}`);
      if (text && skipped) found.push(`skipped-counter ${name}`);
      if (text && whileDisabled) found.push(`used-while-disabled ${name}`);
      if (!rogue && !report) found.push(`missing-upload ${name}`);
    }
    return [...found, ...this.#clones(), ...this.#lostTails()].sort();
  }

  #clones(): readonly string[] {
    const numbers = new Map<number, Set<Fact>>();
    const exists = [...this.#told.keys()].flatMap((fact) => (fact.parent === null ? [fact] : [fact, fact.parent]));
    for (const fact of exists) {
      const { number } = fact.signed;
      numbers.set(number, (numbers.get(number) ?? new Set()).add(fact));
    }
    return [...numbers].flatMap(([number, facts]) =>
      Array.from({ length: facts.size - 1 }, () => `cloned-card ${number}`),
    );
  }

  #lostTails(): readonly string[] {
    const lost = this.#heads.filter((head) =>
      [...this.#told].some(([fact, { at }]) => at < head.at && standsBehind(fact, head.of)),
    );
    const empty = `0 ${'A'.repeat(43)}`;
    const names = lost.map(({ of }) => (of === null ? empty : `${of.signed.number} ${of.signed.head}`));
    return [...new Set(names)].map((name) => `lost-tail ${name}`);
  }
}

function standsBehind(fact: Fact, head: Fact | null): boolean {
  for (let at = fact.parent; at !== null; at = at.parent) if (at === head) return true;
  return head === null;
}
