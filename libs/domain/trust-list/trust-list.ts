/** The trust list of one station: which signing keys its modules' certificates may come from, and what it has in force (S27c, S29c). */
import type { Fact } from '#libs/kernel/decider.ts';
import { type KeyState, mayMove } from '#libs/kernel/key-state.ts';
import { type Refusal, never, refuse } from '#libs/kernel/refusal.ts';
import { type Judgement, type Report, judged, reporting } from '../report.ts';

export interface ListVersion {
  /** Rises by one. */
  readonly version: number;
  readonly hash: string;
}

export type DisabledKey = {
  readonly cardKey: string;
  readonly to: 'suspended' | 'deactivated' | 'compromised';
  readonly order: string;
  /** Deactivated from this checkpoint on; absent where nothing outlives it. */
  readonly from?: { readonly size: number; readonly root: string };
};

export type SigningKeyTrusted = Fact<'SigningKeyTrusted', { readonly cardKey: string; readonly order: string }>;
export type SigningKeyDisabled = Fact<'SigningKeyDisabled', DisabledKey>;
export type TrustListPublished = Fact<'TrustListPublished', ListVersion & { readonly entries: number }>;
/** Reported: the station verified this version and now refuses whatever is not on it. */
export type TrustListEnforced = Fact<'TrustListEnforced', ListVersion>;
export type TrustListEvent = SigningKeyTrusted | SigningKeyDisabled | TrustListPublished | TrustListEnforced;

export type TrustListCommand =
  | { readonly do: 'TrustSigningKey'; readonly cardKey: string; readonly order: string }
  | ({ readonly do: 'DisableSigningKey' } & DisabledKey)
  | ({ readonly do: 'PublishTrustList'; readonly entries: number } & ListVersion)
  | Report<TrustListEnforced>;

interface ListedKey {
  readonly cardKey: string;
  readonly key: KeyState;
  /** Every order that ever acted on this key here: none does so twice. */
  readonly orders: readonly string[];
}

export interface TrustListState {
  readonly is: 'unpublished' | 'published';
  readonly keys: readonly ListedKey[];
  /** Oldest first. */
  readonly versions: readonly ListVersion[];
  readonly enforced: ListVersion | null;
}

export const trustListStream = (station: string): string => `trust-list-${station}`;

export const trustListDecider = reporting<TrustListState, TrustListCommand, TrustListEvent>(['TrustListEnforced'], {
  initial: { is: 'unpublished', keys: [], versions: [], enforced: null },
  decide: (command, state) => {
    switch (command.do) {
      case 'TrustSigningKey':
        return trust(command, keyOf(command.cardKey, state));
      case 'DisableSigningKey':
        return disable(command, keyOf(command.cardKey, state));
      case 'PublishTrustList':
        return publish(command, state.versions.at(-1));
      case 'Report':
        return enforced(command, state);
      default:
        return never(command);
    }
  },
  evolve: (state, event) => {
    switch (event.type) {
      case 'SigningKeyTrusted':
        return withKey(event.data, 'active', state);
      case 'SigningKeyDisabled':
        return withKey(event.data, event.data.to, state);
      case 'TrustListPublished': {
        const { version, hash } = event.data;
        return { ...state, is: 'published', versions: [...state.versions, { version, hash }] };
      }
      case 'TrustListEnforced':
        return { ...state, enforced: event.data };
      default:
        return never(event);
    }
  },
});

type Decision = readonly (TrustListEvent | Judgement)[] | Refusal;

const COMPROMISED = refuse('KEY_COMPROMISED', 'The signing key is compromised for ever; trust another card.');
const DISABLED = refuse('KEY_DISABLED', 'The signing key was disabled for good; trust another card.');
const ORDER_USED = refuse('ORDER_USED', 'This order has already had its effect on this list; request a new one.');

/** A key that is not listed stands as `pre-active`. */
function keyOf(cardKey: string, state: TrustListState): ListedKey {
  return state.keys.find((one) => one.cardKey === cardKey) ?? { cardKey, key: 'pre-active', orders: [] };
}

function trust({ cardKey, order }: { readonly cardKey: string; readonly order: string }, listed: ListedKey): Decision {
  if (listed.key === 'active') return [];
  if (!mayMove(listed.key, 'active')) return listed.key === 'deactivated' ? DISABLED : COMPROMISED;
  return listed.orders.includes(order) ? ORDER_USED : [{ type: 'SigningKeyTrusted', data: { cardKey, order } }];
}

/** Taking trust away needs no earlier trust: a key may stand as compromised before it was ever listed. */
function disable({ cardKey, to, order, from }: DisabledKey, listed: ListedKey): Decision {
  if (listed.key === to) return [];
  if (listed.key === 'compromised') return COMPROMISED;
  if (listed.key === 'deactivated' && to === 'suspended') return DISABLED;
  if (!mayMove(listed.key, to))
    return refuse('KEY_NOT_TRUSTED', 'The list does not trust this key; there is nothing to suspend.');
  return listed.orders.includes(order)
    ? ORDER_USED
    : [{ type: 'SigningKeyDisabled', data: { cardKey, to, order, ...(from === undefined ? {} : { from }) } }];
}

function publish(
  { version, hash, entries }: ListVersion & { readonly entries: number },
  last: ListVersion | undefined,
): Decision {
  const next = (last?.version ?? 0) + 1;
  if (last?.version === version && last.hash === hash) return [];
  return version === next
    ? [{ type: 'TrustListPublished', data: { version, entries, hash } }]
    : refuse('VERSION_NOT_NEXT', `The next version of this list is ${next}; publish it under that number.`);
}

function enforced({ fact, contest }: Report<TrustListEnforced>, state: TrustListState): Decision {
  const { version, hash } = fact.data;
  if (contest === null && state.enforced?.version === version && state.enforced.hash === hash) return [];
  return judged(fact, contest ?? contestOf(fact.data, state));
}

function contestOf({ version, hash }: ListVersion, state: TrustListState): Refusal | null {
  const published = state.versions.find((one) => one.version === version);
  if (published === undefined)
    return refuse('VERSION_UNKNOWN', 'This version of the list was never published; find out where it came from.');
  if (published.hash !== hash)
    return refuse('OTHER_LIST', 'The station enforces another list under this version; look for a forged list.');
  return version > (state.enforced?.version ?? 0)
    ? null
    : refuse('VERSION_FELL', 'The station had a newer list in force before; look for a restored image.');
}

function withKey(
  { cardKey, order }: { readonly cardKey: string; readonly order: string },
  key: KeyState,
  state: TrustListState,
): TrustListState {
  const others = state.keys.filter((one) => one.cardKey !== cardKey);
  const { orders } = keyOf(cardKey, state);
  return { ...state, keys: [...others, { cardKey, key, orders: [...orders, order] }] };
}
