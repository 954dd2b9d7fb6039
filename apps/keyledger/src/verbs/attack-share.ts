/** One thread of `keyledger attack`: a world of its own, and its share of every attacker's attempts. */
import { parentPort, workerData } from 'node:worker_threads';
import { Arena } from '#module-emulator/adversary/arena.ts';
import { fourEyes } from '#module-emulator/adversary/four-eyes.ts';
import { type Rehearsed, type Share, rehearse } from '#module-emulator/adversary/rehearsal.ts';
import { attackedStation } from './attacked-station.ts';

export interface ShareOfAttack {
  /** Names of the attackers, in their order. */
  readonly names: readonly string[];
  /** Attempts of each attacker, all threads together. */
  readonly count: number;
  readonly seed: string | null;
  readonly share: Share;
}

/** How many attempts were made since the last word, or how an attacker fared. */
export type SaidOfShare = { readonly attempts: number } | { readonly rehearsed: Rehearsed };

/** Attempts between two words of how far it is. */
const WORD_EACH = 25;

const { names, count, seed, share } = workerData as ShareOfAttack;
const say = (word: SaidOfShare): void => parentPort?.postMessage(word);

const arena = await Arena.opened(attackedStation);
for (const name of names) {
  const attacker = fourEyes.find((one) => one.name === name);
  if (attacker === undefined) throw new Error(`no attacker is named ${name}`);
  let attempts = 0;
  const onAttempt = (): void => {
    attempts += 1;
    if (attempts < WORD_EACH) return;
    say({ attempts });
    attempts = 0;
  };
  const rehearsed = await rehearse(arena, attacker, { count, share, onAttempt, ...(seed === null ? {} : { seed }) });
  say({ attempts });
  say({ rehearsed });
}
