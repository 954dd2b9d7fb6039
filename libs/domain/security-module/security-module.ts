/**
 * A security module: made, delivered, placed, reserved for one personalization, in operation, reset (S08f, S16a, S26c).
 * Its stream is the arbiter of "one valid certificate per module".
 */
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import type { Fact } from '#libs/kernel/decider.ts';
import { type Refusal, never, refuse } from '#libs/kernel/refusal.ts';
import { type Judgement, type Report, judged, reporting } from '../report.ts';

export interface Initialization {
  readonly serial: string;
  readonly moduleClass: string;
  /** DER, base64url: the identity certificate, and the manufacturer's *module identity* CA that signed it. */
  readonly identityCertificate: string;
  readonly identityCa: string;
}

export interface Reservation {
  readonly order: string;
  readonly unit: string;
  readonly until: Seconds;
}

/** The module's own signed statement that it entered operation with this certificate. */
export interface Operation {
  readonly order: string;
  readonly fingerprint: string;
  /** Number of keys born in the module so far. */
  readonly epoch: number;
  readonly statement: string;
  readonly signature: string;
}

export type ModuleInitialized = Fact<'ModuleInitialized', Initialization>;
export type ModuleDelivered = Fact<'ModuleDelivered', { readonly to: string }>;
export type ModulePlaced = Fact<'ModulePlaced', { readonly site: string }>;
/** Somebody took it elsewhere while it was in operation: an alarm, since nobody personalized it there (S08d). */
export type ModuleMoved = Fact<'ModuleMoved', { readonly from: string; readonly to: string }>;
export type PersonalizationReserved = Fact<'PersonalizationReserved', Reservation>;
export type PersonalizationReleased = Fact<'PersonalizationReleased', { readonly order: string }>;
/** Reported. */
export type ModuleEnteredOperation = Fact<'ModuleEnteredOperation', Operation>;
/** The module's own signed statement that it erased the key of this epoch; the next personalization brings a new one (S26f). */
export interface Reset {
  readonly epoch: number;
  readonly order: string;
  /** The deployment that it belongs to since; null where it stays. */
  readonly transferredTo: string | null;
  readonly statement: string;
  readonly signature: string;
}

export interface Retirement {
  readonly order: string;
  readonly reason: string;
}

export type ModuleReset = Fact<'ModuleReset', Reset>;
export type ModuleRetired = Fact<'ModuleRetired', Retirement>;
type ModuleCame = ModuleInitialized | ModuleDelivered | ModulePlaced | ModuleMoved | ModuleRetired;
type ModulePersonalized = PersonalizationReserved | PersonalizationReleased | ModuleEnteredOperation | ModuleReset;
export type SecurityModuleEvent = ModuleCame | ModulePersonalized;

export type ReservePersonalization = Reservation & { readonly do: 'ReservePersonalization'; readonly now: Seconds };
export type SecurityModuleCommand =
  | { readonly do: 'InitializeModule'; readonly initialization: Initialization }
  | { readonly do: 'DeliverModule'; readonly to: string }
  | { readonly do: 'PlaceModule'; readonly site: string }
  | ReservePersonalization
  | { readonly do: 'ReleasePersonalization'; readonly order: string }
  | Report<ModuleEnteredOperation>
  | (Reset & { readonly do: 'ResetModule' })
  | (Retirement & { readonly do: 'RetireModule' });

export interface KnownModule {
  /** `delivered` and `reserved` are the seed's personalization state, `operating` its operating state. */
  readonly is: 'initialized' | 'delivered' | 'reserved' | 'operating' | 'retired';
  readonly initialization: Initialization;
  readonly deliveredTo: string | null;
  readonly site: string | null;
  readonly reservation: Reservation | null;
  readonly operation: { readonly order: string; readonly fingerprint: string } | null;
  /** Of the last key that is known to have operated. */
  readonly epoch: number;
  readonly lastReset: string | null;
}
export type SecurityModuleState = { readonly is: 'unknown' } | KnownModule;

export const securityModuleStream = (serial: string): string => `security-module-${serial}`;

export const securityModuleDecider = reporting<SecurityModuleState, SecurityModuleCommand, SecurityModuleEvent>(
  ['ModuleEnteredOperation'],
  {
    initial: { is: 'unknown' },
    decide: (command, state) => {
      if (command.do === 'InitializeModule') return initialize(command.initialization, state);
      if (command.do === 'Report') return enterOperation(command, state);
      if (state.is === 'unknown') return UNKNOWN;
      if (command.do === 'RetireModule') return retire(command, state);
      if (state.is === 'retired')
        return command.do === 'ResetModule' && state.lastReset === command.order ? [] : RETIRED;
      switch (command.do) {
        case 'DeliverModule':
          if (state.deliveredTo === command.to) return [];
          if (state.is !== 'initialized')
            return refuse('MODULE_DELIVERED', 'The module was delivered to someone else.');
          return [{ type: 'ModuleDelivered', data: { to: command.to } }];
        case 'PlaceModule':
          return place(command.site, state);
        case 'ReservePersonalization':
          return reserve(command, state);
        case 'ReleasePersonalization':
          if (state.reservation === null) return [];
          if (state.reservation.order !== command.order) return RESERVED;
          return [{ type: 'PersonalizationReleased', data: { order: command.order } }];
        case 'ResetModule':
          return reset(command, state);
        default:
          return never(command);
      }
    },
    evolve: (state, event) => {
      if (event.type === 'ModuleInitialized') return initialized(event.data);
      if (state.is === 'unknown') return state;
      switch (event.type) {
        case 'ModuleDelivered':
          return { ...state, is: 'delivered', deliveredTo: event.data.to };
        case 'ModulePlaced':
          return { ...state, site: event.data.site };
        case 'ModuleMoved':
          return { ...state, site: event.data.to };
        case 'PersonalizationReserved':
          return { ...state, is: 'reserved', reservation: event.data };
        case 'PersonalizationReleased':
          return { ...state, is: 'delivered', reservation: null };
        case 'ModuleEnteredOperation': {
          const { order, fingerprint, epoch } = event.data;
          return { ...state, is: 'operating', reservation: null, operation: { order, fingerprint }, epoch };
        }
        case 'ModuleReset':
          return {
            ...state,
            is: event.data.transferredTo === null ? 'delivered' : 'retired',
            operation: null,
            lastReset: event.data.order,
          };
        case 'ModuleRetired':
          return { ...state, is: 'retired', reservation: null };
        default:
          return never(event);
      }
    },
  },
);

type Decision = readonly (SecurityModuleEvent | Judgement)[] | Refusal;

const UNKNOWN = refuse(
  'MODULE_UNKNOWN',
  'No module of this serial is recorded; the manufacturer initializes it first.',
);
const RETIRED = refuse('MODULE_RETIRED', 'The module was retired for good; take another one.');
const NOT_DELIVERED = refuse(
  'MODULE_NOT_DELIVERED',
  'The module is still at its manufacturer; record its delivery first.',
);
const RESERVED = refuse('MODULE_RESERVED', 'Another order holds this module; wait until it ends or is released.');
const OPERATING = refuse(
  'MODULE_OPERATING',
  'The module is in operation; it must be reset before it is personalized again.',
);

function place(site: string, state: KnownModule): Decision {
  if (state.is === 'initialized') return NOT_DELIVERED;
  if (state.site === site) return [];
  return state.is === 'operating' && state.site !== null
    ? [{ type: 'ModuleMoved', data: { from: state.site, to: site } }]
    : [{ type: 'ModulePlaced', data: { site } }];
}

function initialize(initialization: Initialization, state: SecurityModuleState): Decision {
  if (state.is === 'unknown') return [{ type: 'ModuleInitialized', data: initialization }];
  return canonicalJson(state.initialization) === canonicalJson(initialization)
    ? []
    : refuse(
        'MODULE_INITIALIZED',
        'A module of this serial was initialized with other particulars; serials are given once.',
      );
}

/** At most one order at a time holds a module that has no valid certificate; its holder may lengthen its hold. */
function reserve({ order, unit, until, now }: ReservePersonalization, state: KnownModule): Decision {
  if (state.is === 'initialized') return NOT_DELIVERED;
  if (state.is === 'operating') return OPERATING;
  if (until <= now)
    return refuse('RESERVATION_OVER', 'The reservation would end before it begins; ask for a later end.');
  const held = state.reservation;
  const isOfAnother = held !== null && (held.order !== order || held.unit !== unit);
  if (held !== null && isOfAnother && held.until >= now) return RESERVED;
  if (held !== null && !isOfAnother && held.until >= until) return [];
  return [{ type: 'PersonalizationReserved', data: { order, unit, until } }];
}

/** A late entry, after `until`, is still the holder's own, as long as no other order took its place. */
function enterOperation({ fact, contest }: Report<ModuleEnteredOperation>, state: SecurityModuleState): Decision {
  const { order, fingerprint } = fact.data;
  const running = state.is === 'unknown' ? null : state.operation;
  if (contest === null && running?.order === order && running.fingerprint === fingerprint) return [];
  return judged(fact, contest ?? contestOf(fact.data, state));
}

function contestOf(operation: Operation, state: SecurityModuleState): Refusal | null {
  if (state.is === 'unknown') return UNKNOWN;
  if (state.is === 'retired') return RETIRED;
  if (state.is === 'operating')
    return refuse(
      'SECOND_CERTIFICATE',
      'The module already operates with another certificate; find out who issued this one.',
    );
  if (state.reservation?.order !== operation.order)
    return refuse('NOT_RESERVED', 'The module was not reserved for this order; find out how it was personalized.');
  return operation.epoch > state.epoch
    ? null
    : refuse(
        'EPOCH_NOT_RISEN',
        'The epoch did not rise since the last personalization; the module may be an old image.',
      );
}

function retire({ order, reason }: Retirement, state: KnownModule): Decision {
  return state.is === 'retired' ? [] : [{ type: 'ModuleRetired', data: { order, reason } }];
}

function reset({ do: _, ...data }: Reset & { readonly do: 'ResetModule' }, state: KnownModule): Decision {
  const { epoch, order } = data;
  if (state.lastReset === order) return [];
  if (state.is !== 'operating') return refuse('MODULE_NOT_OPERATING', 'Only a module in operation can be reset.');
  if (epoch !== state.epoch)
    return refuse('OTHER_EPOCH', `The module operates in epoch ${state.epoch}; order the reset for that one.`);
  return [{ type: 'ModuleReset', data }];
}

function initialized(initialization: Initialization): KnownModule {
  const nothing = { deliveredTo: null, site: null, reservation: null, operation: null, lastReset: null };
  return { is: 'initialized', initialization, ...nothing, epoch: 0 };
}
