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

export interface Share {
  readonly at: number;
  readonly of: number;
}

export interface RehearsalOptions {
  /** Attempts per attacker; never fewer than he has ways. */
  readonly count: number;
  readonly seed?: string;
  /** Of his attempts only every `of`th from `at` on: threads share them, each attempt with the dice it has anyhow. */
  readonly share?: Share;
  readonly onAttempt?: () => void;
}

export function attemptsOf({ ways }: NamedAttacker, count: number): number {
  return Math.max(count, ways.length);
}

export async function rehearse(arena: Arena, attacker: NamedAttacker, options: RehearsalOptions): Promise<Rehearsed> {
  const { name, ways, remains } = attacker;
  const { at: first, of } = options.share ?? { at: 0, of: 1 };
  const last = attemptsOf(attacker, options.count);
  let attempts = 0;
  const gained: string[] = [];
  const codes = new Map<string, number>();
  for (let at = first; at < last; at += of) {
    attempts += 1;
    const result = await ways[at % ways.length]?.(arena, new Dice(`${options.seed ?? 'keyledger'} ${name} ${at}`));
    if (isRefusal(result)) codes.set(result.code, (codes.get(result.code) ?? 0) + 1);
    else gained.push(`${result?.what ?? 'nothing tried'} (way ${at % ways.length})`);
    options.onAttempt?.();
  }
  return { name, attempts, gained, refusedBy: sorted(codes), remains };
}

/** The shares of one attacker as one rehearsal. Throws RangeError where there is none. */
export function together(shares: readonly Rehearsed[]): Rehearsed {
  const [first] = shares;
  if (first === undefined) throw new RangeError('nothing was rehearsed');
  const codes = new Map<string, number>();
  for (const { code, times } of shares.flatMap(({ refusedBy }) => refusedBy))
    codes.set(code, (codes.get(code) ?? 0) + times);
  return {
    ...first,
    attempts: shares.reduce((sum, one) => sum + one.attempts, 0),
    gained: shares.flatMap(({ gained }) => gained),
    refusedBy: sorted(codes),
  };
}

function sorted(codes: ReadonlyMap<string, number>): Rehearsed['refusedBy'] {
  const all = [...codes].map(([code, times]) => ({ code, times }));
  return all.sort((a, b) => b.times - a.times || (a.code < b.code ? -1 : 1));
}

/** Whether what is meant to fall does fall: an announcement that no longer holds is as wrong as a hole. */
export async function falls(arena: Arena, { name, way }: Conceded): Promise<boolean> {
  return !isRefusal(await way(arena, new Dice(name)));
}
