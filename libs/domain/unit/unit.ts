/** A personalization unit: enrolled by an order, and the line it has attached to a module, for as long as it has. */
import type { Fact } from '#libs/kernel/decider.ts';
import type { PublicJwk } from '#libs/kernel/hash.ts';
import { type Refusal, never, refuse } from '#libs/kernel/refusal.ts';
import { type Report, judged, reporting } from '../report.ts';

export type UnitEnrolled = Fact<
  'UnitEnrolled',
  { readonly unit: string; readonly credential: PublicJwk; readonly order: string }
>;
export type UnitWithdrawn = Fact<'UnitWithdrawn', Record<string, never>>;
/** Reported. `link` is the kind of line, `technician` the person who plugged it in. */
export type LineAttached = Fact<
  'LineAttached',
  { readonly order: string; readonly serial: string; readonly link: string; readonly technician: string }
>;
/** Reported. */
export type LineDetached = Fact<'LineDetached', { readonly order: string; readonly serial: string }>;

export type UnitReport = LineAttached | LineDetached;
export type UnitEvent = UnitEnrolled | UnitWithdrawn | UnitReport;

export type UnitCommand =
  | { readonly do: 'EnrolUnit'; readonly unit: string; readonly credential: PublicJwk; readonly order: string }
  | { readonly do: 'WithdrawUnit' }
  | Report<UnitReport>;

export type UnitState =
  | { readonly is: 'unknown' }
  | { readonly is: 'enrolled'; readonly order: string; readonly line: Line | null }
  | { readonly is: 'withdrawn' };

export interface Line {
  readonly order: string;
  readonly serial: string;
}

export const unitStream = (unit: string): string => `unit-${unit}`;

const UNKNOWN = refuse('UNIT_UNKNOWN', 'No unit of this name is enrolled; enrol it by an order first.');
const WITHDRAWN = refuse('UNIT_WITHDRAWN', 'The unit was withdrawn for good; enrol another one under a new name.');

export const unitDecider = reporting<UnitState, UnitCommand, UnitEvent>(['LineAttached', 'LineDetached'], {
  initial: { is: 'unknown' },
  decide: (command, state) => {
    switch (command.do) {
      case 'EnrolUnit': {
        if (state.is === 'withdrawn') return WITHDRAWN;
        const { unit, credential, order } = command;
        if (state.is === 'unknown') return [{ type: 'UnitEnrolled', data: { unit, credential, order } }];
        return state.order === order ? [] : refuse('UNIT_ENROLLED', 'The unit is already enrolled by another order.');
      }
      case 'WithdrawUnit':
        if (state.is === 'unknown') return UNKNOWN;
        return state.is === 'withdrawn' ? [] : [{ type: 'UnitWithdrawn', data: {} }];
      case 'Report':
        return judged(command.fact, command.contest ?? contestOf(command.fact, state));
      default:
        return never(command);
    }
  },
  evolve: (state, event) => {
    switch (event.type) {
      case 'UnitEnrolled':
        return { is: 'enrolled', order: event.data.order, line: null };
      case 'UnitWithdrawn':
        return { is: 'withdrawn' };
      case 'LineAttached':
        return state.is === 'enrolled'
          ? { ...state, line: { order: event.data.order, serial: event.data.serial } }
          : state;
      case 'LineDetached':
        return state.is === 'enrolled' ? { ...state, line: null } : state;
      default:
        return never(event);
    }
  },
});

/** A unit has one line. After a break it may attach to the same module again without having detached. */
function contestOf(fact: UnitReport, state: UnitState): Refusal | null {
  if (state.is === 'unknown') return UNKNOWN;
  if (state.is === 'withdrawn') return WITHDRAWN;
  const same = state.line?.order === fact.data.order && state.line.serial === fact.data.serial;
  switch (fact.type) {
    case 'LineAttached':
      return state.line === null || same
        ? null
        : refuse('LINE_BUSY', 'The unit is still attached to another module; report that line detached first.');
    case 'LineDetached':
      return same ? null : refuse('NO_SUCH_LINE', 'The unit was not attached to this module for this order.');
    default:
      return never(fact);
  }
}
