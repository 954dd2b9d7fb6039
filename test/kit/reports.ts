/** Reports in law tests: the command, and what is recorded of it. */
import { expect } from '@jest/globals';
import { type Judgement, type Report, judged } from '#libs/domain/report.ts';
import type { Fact } from '#libs/kernel/decider.ts';
import { refuse } from '#libs/kernel/refusal.ts';

export function report<Reported extends Fact>(fact: Reported): Report<Reported> {
  return { do: 'Report', fact, contest: null };
}

export function accepted<Reported extends Fact>(fact: Reported): readonly [Reported, Judgement] {
  return judged(fact, null);
}

/** Contested with this code, whatever the sentence. */
export function contested<Reported extends Fact>(fact: Reported, code: string): readonly [Reported, Judgement] {
  const anySentence: string = expect.any(String) as never;
  return judged(fact, refuse(code, anySentence));
}
