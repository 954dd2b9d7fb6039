/** `keyledger attack`: the named attackers against real cards, modules and stations, emulated in this process. */
import { availableParallelism } from 'node:os';
import { Arena } from '#module-emulator/adversary/arena.ts';
import type { NamedAttacker } from '#module-emulator/adversary/attacker.ts';
import { fourEyes } from '#module-emulator/adversary/four-eyes.ts';
import { conceded, notYetMet } from '#module-emulator/adversary/named-attackers.ts';
import { type Rehearsed, attemptsOf, falls, rehearse } from '#module-emulator/adversary/rehearsal.ts';
import { assertNotProduction } from '#module-emulator/not-production.ts';
import { readEnvironment } from '../config.ts';
import type { Terminal } from '../terminal.ts';
import { rehearseShared } from './attack-shares.ts';
import { attackedStation } from './attacked-station.ts';

export interface AttackOptions {
  /** Part of an attacker's name; all of them where nothing is said. */
  readonly name?: string | undefined;
  /** Attempts per attacker, each with other dice; never fewer than he has ways. Of the suite `four-eyes` all together. */
  readonly count: number;
  /** Varies every alteration; the same seed, the same alterations. */
  readonly seed?: string | undefined;
  /** Threads that share the attempts; nothing in what comes out depends on it. Else `threadsFor`. */
  readonly workers?: number | undefined;
  readonly json: boolean;
}

/** The suite of the four eyes: its count is of all attempts together. */
export const FOUR_EYES = 'four-eyes';

export const ATTACK_COUNT = 20;
const COUNT_MAX = 100_000;

/** Of these attempts a thread of its own is worth its start. */
const PER_THREAD = 4000;

/** As many threads as the machine has cores, and fewer for few attempts. */
export function threadsFor(attempts: number): number {
  return Math.max(1, Math.min(availableParallelism(), Math.floor(attempts / PER_THREAD)));
}

/** How many of the codes that refused him are printed. */
const CODES_SHOWN = 3;

/** 0 when nobody got anything and what is meant to fall fell, 1 when somebody did, 2 when nothing could be tried. */
export async function attack(options: AttackOptions, terminal: Terminal): Promise<0 | 1 | 2> {
  assertNotProduction(readEnvironment().nodeEnv);
  const { name = '', count: asked } = options;
  if (!Number.isSafeInteger(asked) || asked < 1 || asked > COUNT_MAX)
    return no(terminal, `The count is a number from 1 to ${COUNT_MAX}.`);
  const isSuite = name === FOUR_EYES;
  const wanted = isSuite ? fourEyes : fourEyes.filter((one) => one.name.toLowerCase().includes(name.toLowerCase()));
  if (wanted.length === 0)
    return no(terminal, `No attacker is named so; there are: ${fourEyes.map((one) => one.name).join(' · ')}.`);
  const count = isSuite ? Math.ceil(asked / wanted.length) : asked;
  const arena = await Arena.opened(attackedStation);
  if (name === '' || isSuite) foretell(terminal);
  const rehearsed = await run(arena, wanted, { options: { ...options, count }, terminal });
  const held = await announced(arena, terminal, name === '' || isSuite);
  const attempts = rehearsed.reduce((sum, one) => sum + one.attempts, 0);
  const obtained = rehearsed.reduce((sum, one) => sum + one.gained.length, 0);
  const signatures = rehearsed.flatMap(({ gained }) => gained).filter((what) => what.startsWith('certificate')).length;
  const sum = `${wanted.length} attackers, ${attempts} attempts, ${obtained} obtained, ${signatures} signatures of the card.`;
  terminal.line(sum);
  terminal.data({ attackers: wanted.length, attempts, obtained, signatures });
  return obtained === 0 && held ? 0 : 1;
}

function no(terminal: Terminal, why: string): 2 {
  terminal.warn(why);
  return 2;
}

async function run(
  arena: Arena,
  wanted: readonly NamedAttacker[],
  { options, terminal }: { options: AttackOptions; terminal: Terminal },
): Promise<readonly Rehearsed[]> {
  const { count, seed } = options;
  const total = wanted.reduce((sum, one) => sum + attemptsOf(one, count), 0);
  const workers = options.workers ?? threadsFor(total);
  const rehearsed: Rehearsed[] = [];
  let done = 0;
  const onAttempts = (made: number): void => terminal.progress('attacking', (done += made), total);
  if (workers > 1) {
    const onRehearsed = (one: Rehearsed): void => say(one, terminal);
    return rehearseShared(wanted, { count, seed, workers, onAttempts, onRehearsed });
  }
  const onAttempt = (): void => onAttempts(1);
  for (const attacker of wanted) {
    const one = await rehearse(arena, attacker, { count, onAttempt, ...(seed === undefined ? {} : { seed }) });
    rehearsed.push(one);
    say(one, terminal);
  }
  return rehearsed;
}

function say({ name, attempts, gained, refusedBy, remains }: Rehearsed, terminal: Terminal): void {
  const codes = refusedBy.slice(0, CODES_SHOWN).map(({ code, times }) => `${code} ${times}`);
  terminal.line(`${name}: ${attempts} attempts, ${gained.length} obtained; refused by ${codes.join(', ') || 'nobody'}`);
  for (const what of new Set(gained)) terminal.line(`  GOT THROUGH: ${what}`);
  if (remains !== null) terminal.line(`  remains: ${remains}`);
  terminal.data({ attacker: name, attempts, obtained: gained.length, gained, refusedBy, remains });
}

/** Said before anything is tried: what policies and keys concede is no news that an attacker brings. */
function foretell(terminal: Terminal): void {
  for (const { name, why } of conceded) {
    terminal.line(`beforehand: ${name} will get through: ${why}`);
    terminal.data({ beforehand: name, why });
  }
}

/** What is meant to fall is tried too: an announcement that no longer holds is as wrong as a hole. */
async function announced(arena: Arena, terminal: Terminal, all: boolean): Promise<boolean> {
  if (!all) return true;
  let held = true;
  for (const one of conceded) {
    const fell = await falls(arena, one);
    held &&= fell;
    terminal.line(`${one.name}: ${fell ? 'falls, as announced' : 'DID NOT FALL, though announced'}: ${one.why}`);
    terminal.data({ attacker: one.name, falls: fell, why: one.why });
  }
  for (const { name, why } of notYetMet) {
    terminal.line(`${name}: not met yet: ${why}`);
    terminal.data({ attacker: name, notYet: why });
  }
  return held;
}
