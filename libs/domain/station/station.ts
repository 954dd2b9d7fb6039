/** A station (the seed's central system, S12a: one of several): its credential, and its keys, each announced before it comes. */
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { Decider, Fact } from '#libs/kernel/decider.ts';
import type { PublicJwk } from '#libs/kernel/hash.ts';
import { type Refusal, never, refuse } from '#libs/kernel/refusal.ts';

export interface Registration {
  readonly station: string;
  readonly credential: PublicJwk;
  readonly order: string;
}

export interface StationKey {
  /** SHA-256 of the SPKI. */
  readonly stationKey: string;
  /** DER, base64url. */
  readonly spki: string;
  /** SHA-256 of the SPKI of the key that comes after this one. */
  readonly nextKey: string;
}

export type StationRegistered = Fact<'StationRegistered', Registration>;
export type StationKeyIntroduced = Fact<'StationKeyIntroduced', StationKey>;
export type StationKeyRetired = Fact<'StationKeyRetired', { readonly stationKey: string }>;
export type StationEvent = StationRegistered | StationKeyIntroduced | StationKeyRetired;

/** The order that enrols a station names its first key and the one after it, so that both events come together. */
export type StationCommand =
  | { readonly do: 'RegisterStation'; readonly registration: Registration; readonly key: StationKey }
  | { readonly do: 'IntroduceStationKey'; readonly key: StationKey }
  | { readonly do: 'RetireStationKey'; readonly stationKey: string };

export type StationState =
  | { readonly is: 'unknown' }
  | {
      readonly is: 'registered';
      readonly registration: Registration;
      /** Oldest first; the last is the newest. */
      readonly keys: readonly StationKey[];
      readonly retired: readonly string[];
    };

export const stationStream = (station: string): string => `station-${station}`;

const UNKNOWN = refuse('STATION_UNKNOWN', 'No station of this name is registered; enrol it by an order first.');

export const stationDecider: Decider<StationState, StationCommand, StationEvent> = {
  initial: { is: 'unknown' },
  decide: (command, state) => {
    switch (command.do) {
      case 'RegisterStation': {
        const { registration, key } = command;
        if (state.is === 'unknown')
          return [
            { type: 'StationRegistered', data: registration },
            { type: 'StationKeyIntroduced', data: key },
          ];
        return canonicalJson([state.registration, state.keys[0]]) === canonicalJson([registration, key])
          ? []
          : refuse('STATION_REGISTERED', 'A station of this name is already registered; choose another name.');
      }
      case 'IntroduceStationKey':
        return state.is === 'unknown' ? UNKNOWN : introduce(command.key, state.keys);
      case 'RetireStationKey':
        if (state.is === 'unknown') return UNKNOWN;
        if (state.retired.includes(command.stationKey)) return [];
        return (
          mayRetire(command.stationKey, state.keys) ?? [
            { type: 'StationKeyRetired', data: { stationKey: command.stationKey } },
          ]
        );
      default:
        return never(command);
    }
  },
  evolve: (state, event) => {
    switch (event.type) {
      case 'StationRegistered':
        return { is: 'registered', registration: event.data, keys: [], retired: [] };
      case 'StationKeyIntroduced':
        return state.is === 'registered' ? { ...state, keys: [...state.keys, event.data] } : state;
      case 'StationKeyRetired':
        return state.is === 'registered' ? { ...state, retired: [...state.retired, event.data.stationKey] } : state;
      default:
        return never(event);
    }
  },
};

function introduce(key: StationKey, keys: readonly StationKey[]): readonly StationEvent[] | Refusal {
  const newest = keys.at(-1);
  if (keys.some((one) => canonicalJson(one) === canonicalJson(key))) return [];
  if (key.stationKey !== newest?.nextKey)
    return refuse('KEY_NOT_ANNOUNCED', 'The station announced another key as its next; only that one may follow.');
  return [{ type: 'StationKeyIntroduced', data: key }];
}

function mayRetire(stationKey: string, keys: readonly StationKey[]): Refusal | null {
  if (!keys.some((one) => one.stationKey === stationKey))
    return refuse('STATION_KEY_UNKNOWN', 'The station never introduced this key.');
  return keys.at(-1)?.stationKey === stationKey
    ? refuse('STATION_KEY_IN_USE', 'The newest key of a station stays; introduce its announced next key first.')
    : null;
}
