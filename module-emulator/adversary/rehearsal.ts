/** Runs named attackers, each so many times with other dice, and counts what they gained and who refused them. */
import { isRefusal } from '#libs/kernel/refusal.ts';
import type { Arena } from './arena.ts';
import type { Conceded, NamedAttacker } from './attacker.ts';
import { Dice } from './dice.ts';

export interface Rehearsed {
  readonly name: string;
  readonly attempts: number;
  /** What he was given, each gain by its word; empty when every attempt was refused. */
  readonly gained: readonly string[];
  /** Codes that refused him and how often, the most frequent first. */
  readonly refusedBy: readonly { readonly code: string; readonly times: number }[];
  readonly remains: string | null;
}

export interface RehearsalOptions {
  /** Attempts per attacker; never fewer than he has ways. */
  readonly count: number;
  readonly seed?: string;
  readonly onAttempt?: () => void;
}

export function attemptsOf({ ways }: NamedAttacker, count: number): number {
  return Math.max(count, ways.length);
}

export async function rehearse(arena: Arena, attacker: NamedAttacker, options: RehearsalOptions): Promise<Rehearsed> {
  const { name, ways, remains } = attacker;
  const attempts = attemptsOf(attacker, options.count);
  const gained: string[] = [];
  const codes = new Map<string, number>();
  for (let at = 0; at < attempts; at += 1) {
    const result = await ways[at % ways.length]?.(arena, new Dice(`${options.seed ?? 'keyledger'} ${name} ${at}`));
    if (isRefusal(result)) codes.set(result.code, (codes.get(result.code) ?? 0) + 1);
    else gained.push(`${result?.what ?? 'nothing tried'} (way ${at % ways.length})`);
    options.onAttempt?.();
  }
  const refusedBy = [...codes].map(([code, times]) => ({ code, times })).sort((a, b) => b.times - a.times);
  return { name, attempts, gained, refusedBy, remains };
}

/** Whether what is meant to fall does fall: an announcement that no longer holds is as wrong as a hole. */
export async function falls(arena: Arena, { name, way }: Conceded): Promise<boolean> {
  return !isRefusal(await way(arena, new Dice(name)));
}
