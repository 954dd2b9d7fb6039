/**
 * A law: an ordered table of named checks over one case. The first check that does not hold refuses.
 * It is data, so that a reader sees all of it at once and the attack suite can take one check out
 * and show the attacker who then gets through.
 */
import { type Refusal, refuse } from './refusal.ts';

export interface Check<Case> {
  /** Stable refusal code. */
  readonly code: string;
  /** The sentence of the refusal: what was wrong and what would help. */
  readonly says: string;
  readonly holds: (it: Case) => boolean;
}

export type Law<Case> = readonly Check<Case>[];

/** The refusal of the first check that does not hold, or null when the whole law holds. */
export function judge<Case>(law: Law<Case>, it: Case): Refusal | null {
  const broken = law.find((check) => !check.holds(it));
  return broken === undefined ? null : refuse(broken.code, broken.says);
}

/** The same law without the named checks. Exists for the attack suite; no product path calls it. */
export function without<Case>(law: Law<Case>, codes: readonly string[]): Law<Case> {
  return law.filter((check) => !codes.includes(check.code));
}
