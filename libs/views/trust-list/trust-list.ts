/** The trust list of each station: the keys decided on, the version published, and the version that the station enforces. */
import type { TrustListEvent } from '#libs/domain/trust-list/trust-list.ts';
import { type Moved, type Row, type Stamp, begun, behind, viewOf } from '../view.ts';

export interface TrustListRow extends Row {
  readonly id: string;
  readonly since: number;
  /** 0 before the first. */
  readonly version: number;
  readonly hash: string | null;
  readonly entries: number;
  readonly publishedAt: string | null;
  readonly enforcedVersion: number | null;
  readonly enforcedHash: string | null;
  readonly enforcedAt: string | null;
  readonly keys: string;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly position: string;
}

/** One signing key on the list, and the order that put it into its state. */
export interface ListedKeyCell {
  readonly cardKey: string;
  readonly state: 'active' | 'suspended' | 'deactivated' | 'compromised';
  readonly order: string;
  /** Deactivated from the checkpoint of this size on; absent where nothing outlives it. */
  readonly from?: number;
  /** When it came into this state, RFC 3339, and the event that says so. */
  readonly since: string;
  readonly position: string;
}

export const trustListView = viewOf<TrustListRow, TrustListEvent>({
  name: 'trust_list',
  columns: [
    'id',
    'since',
    'version',
    'hash',
    'entries',
    'publishedAt',
    'enforcedVersion',
    'enforcedHash',
    'enforcedAt',
    'keys',
    'firstAt',
    'lastAt',
    'position',
  ],
  types: ['SigningKeyTrusted', 'SigningKeyDisabled', 'TrustListPublished', 'TrustListEnforced'],
  keysOf: (_fact, { stream }) => [behind('trust-list-', stream)],
  apply: (row, moved) => {
    const { fact, at } = moved;
    const before = row ?? fresh(moved);
    switch (fact.type) {
      case 'SigningKeyTrusted': {
        const { cardKey, order } = fact.data;
        return { ...before, keys: withKey(before.keys, { cardKey, state: 'active', order, ...since(at) }), ...at };
      }
      case 'SigningKeyDisabled': {
        const { cardKey, to, order, from } = fact.data;
        const moment = from === undefined ? {} : { from: from.size };
        const key = { cardKey, state: to, order, ...moment, ...since(at) };
        return { ...before, keys: withKey(before.keys, key), ...at };
      }
      case 'TrustListPublished': {
        const { version, hash, entries } = fact.data;
        return { ...before, version, hash, entries, publishedAt: at.lastAt, ...at };
      }
      case 'TrustListEnforced': {
        const { version, hash } = fact.data;
        return { ...before, enforcedVersion: version, enforcedHash: hash, enforcedAt: moved.occurredAt, ...at };
      }
      default:
        return before;
    }
  },
});

function fresh(moved: Moved<unknown>): TrustListRow {
  const enforced = { enforcedVersion: null, enforcedHash: null, enforcedAt: null };
  return { ...begun(moved), version: 0, hash: null, entries: 0, publishedAt: null, ...enforced, keys: '[]' };
}

function since({ lastAt, position }: Stamp): Pick<ListedKeyCell, 'since' | 'position'> {
  return { since: lastAt, position };
}

function withKey(cell: string, key: ListedKeyCell): string {
  const keys = JSON.parse(cell) as ListedKeyCell[];
  const at = keys.findIndex((one) => one.cardKey === key.cardKey);
  return JSON.stringify(at < 0 ? [...keys, key] : keys.with(at, key));
}
