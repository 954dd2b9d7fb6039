/** Who attacks, and how: each in several concrete ways, against parties whose laws are whole. */
import type { Refusal } from '#libs/kernel/refusal.ts';
import type { Arena } from './arena.ts';
import type { Dice } from './dice.ts';
import type { Gain } from './outcome.ts';

/** One concrete way; the dice vary what he alters, when and how often. */
export type Way = (arena: Arena, dice: Dice) => Promise<Gain | Refusal>;

export interface NamedAttacker {
  readonly name: string;
  readonly ways: readonly Way[];
  /** What he still can do, in one sentence; null where nothing is left. */
  readonly remains: string | null;
}

/** What is meant to fall: he gets through, and the platform says so beforehand. */
export interface Conceded {
  readonly name: string;
  readonly why: string;
  readonly way: Way;
}
