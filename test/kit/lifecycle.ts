/** Lifecycle tables: every state that representative commands can reach, and what each command does in it. */
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { Decider, Fact } from '#libs/kernel/decider.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { expectGolden } from './golden.ts';

interface Lifecycle<State, Command, Event> {
  /** The reviewed table beside the room. */
  readonly golden: URL;
  /** Representative commands by label; together they must bound the reachable states. */
  readonly commands: Readonly<Record<string, Command>>;
  /** Shown in every state too, but not followed: they lead to what is there already, under another name. */
  readonly variants?: Readonly<Record<string, Command>>;
  /** The state in a few words. */
  readonly shows: (state: State) => string;
  /** What tells two states apart; the whole state where absent. */
  readonly sees?: (state: State) => unknown;
  /** An event in a few words; its type where absent. */
  readonly tells?: (event: Event) => string;
  readonly statesMax?: number;
}

interface Row {
  readonly label: string;
  readonly outcome: string;
  /** The state that follows, as it is printed; null where nothing moves. */
  readonly next: string | null;
}

/** Explores breadth-first from `initial`, and compares the table with the golden. */
export function lifecycle<State, Command, Event extends Fact>(
  decider: Decider<State, Command, Event>,
  of: Lifecycle<State, Command, Event>,
): void {
  expectGolden(of.golden, lifecycleTable(decider, of));
}

export function lifecycleTable<State, Command, Event extends Fact>(
  decider: Decider<State, Command, Event>,
  of: Lifecycle<State, Command, Event>,
): string {
  const { tells = (event: Event) => event.type } = of;
  const atlas = new Atlas(of);
  atlas.enter(decider.initial);
  const sections: string[] = [];
  for (let at = 0; at < atlas.states.length; at += 1) {
    const state = atlas.states[at] as State;
    const row = (label: string, command: Command, isFollowed: boolean): Row => {
      const decision = decider.decide(frozen(command), state);
      const outcome = outcomeOf(decision, tells);
      if (isRefusal(decision) || decision.length === 0) return { label, outcome, next: null };
      const next = decision.reduce(decider.evolve, state);
      happensOnce(decider, { command, label, next, decision });
      const index = isFollowed ? atlas.enter(next) : atlas.find(next);
      return { label, outcome, next: index === at ? null : index === undefined ? 'another' : `#${index}` };
    };
    const followed = Object.entries(of.commands).map(([label, command]) => row(label, command, true));
    const variants = Object.entries(of.variants ?? {}).map(([label, command]) => row(label, command, false));
    sections.push(section(at, of.shows(state), [...followed, ...variants]));
  }
  const head = `${sections.length} states; written by the test beside it, reviewed by people\n`;
  return [head, ...sections].join('\n');
}

type Bounds<State> = Pick<Lifecycle<State, unknown, never>, 'sees' | 'statesMax'>;

/** The states found so far, each once. */
class Atlas<State> {
  readonly states: State[] = [];
  readonly #index = new Map<string, number>();
  readonly #of: Bounds<State>;

  constructor(of: Bounds<State>) {
    this.#of = of;
  }

  find(state: State): number | undefined {
    return this.#index.get(this.#keyOf(state));
  }

  enter(state: State): number {
    const found = this.find(state);
    if (found !== undefined) return found;
    const { statesMax = 200 } = this.#of;
    if (this.states.length === statesMax)
      throw new Error(`more than ${statesMax} states: choose commands that bound them`);
    this.#index.set(this.#keyOf(state), this.states.length);
    return this.states.push(frozen(state)) - 1;
  }

  #keyOf(state: State): string {
    return canonicalJson(this.#of.sees === undefined ? state : this.#of.sees(state));
  }
}

/** The same command again, at once, makes no second event; only reports may be said twice, and are judged. */
function happensOnce<State, Command, Event extends Fact>(
  decider: Decider<State, Command, Event>,
  it: { readonly command: Command; readonly label: string; readonly next: State; readonly decision: readonly Event[] },
): void {
  if (it.decision.some((event) => event.type.startsWith('Report'))) return;
  const again = decider.decide(it.command, it.next);
  if (!isRefusal(again) && again.length > 0) throw new Error(`"${it.label}" happens again when it is said again`);
}

function outcomeOf<Event extends Fact>(decision: Refusal | readonly Event[], tells: (event: Event) => string): string {
  if (isRefusal(decision)) return decision.code;
  return decision.map((event) => judgementOf(event) ?? tells(event)).join(' ') || 'nothing';
}

function judgementOf(event: Fact): string | null {
  if (event.type === 'ReportAccepted') return '(accepted)';
  return event.type === 'ReportContested' ? `(contested: ${(event.data as { code: string }).code})` : null;
}

/** Moves first, one line each; then what moves nothing, gathered by its outcome. */
function section(at: number, shown: string, rows: readonly Row[]): string {
  const moves = rows
    .filter((row) => row.next !== null)
    .map((row) => `    ${row.label} -> ${row.outcome} -> ${row.next}`);
  const still = Map.groupBy(
    rows.filter((row) => row.next === null),
    (row) => row.outcome,
  );
  const stays = [...still].map(([outcome, same]) => `    ${outcome}: ${same.map((row) => row.label).join(' | ')}`);
  return [`#${at} ${shown}`, ...moves, ...stays, ''].join('\n');
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
}
