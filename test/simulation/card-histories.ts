/** Tells many histories and keeps those that were misjudged. */
import { blanks } from './card-bodies.ts';
import { type Outcome, history } from './card-history.ts';

export interface Tally {
  /** Misjudged: something missed, something raised falsely, or an honest reading contested. */
  readonly wrong: readonly Outcome[];
  /** Kinds of divergence that were found. */
  readonly kinds: readonly string[];
  /** Histories in which nothing was to be found. */
  readonly faultless: number;
}

export async function told({ from, count }: { readonly from: number; readonly count: number }): Promise<Tally> {
  const cards = await blanks(['CC-01', 'CC-02']);
  const wrong: Outcome[] = [];
  const kinds = new Set<string>();
  let faultless = 0;
  for (let seed = from; seed < from + count; seed += 1) {
    const it = await history(cards, seed);
    if (it.contested.length > 0 || it.expected.join() !== it.open.join()) wrong.push(it);
    for (const one of it.open) kinds.add(one.split(' ')[1] ?? '');
    if (it.open.length === 0) faultless += 1;
  }
  return { wrong, kinds: [...kinds], faultless };
}
