/** Stations: the central systems, each with its credential, its key and the one it announced. */
import type { StationEvent } from '#libs/domain/station/station.ts';
import { thumbprint } from '#libs/kernel/hash.ts';
import { type Row, begun, behind, viewOf, withOne } from '../view.ts';

export interface StationRow extends Row {
  readonly id: string;
  readonly since: number;
  readonly credential: string;
  readonly orderId: string;
  /** SPKI hashes; empty before the first key. */
  readonly stationKey: string;
  readonly nextKey: string;
  /** Keys before the present one, oldest first. */
  readonly formerKeys: string;
  readonly retiredKeys: string;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly position: string;
}

export const stationView = viewOf<StationRow, StationEvent>({
  name: 'station',
  columns: [
    'id',
    'since',
    'credential',
    'orderId',
    'stationKey',
    'nextKey',
    'formerKeys',
    'retiredKeys',
    'firstAt',
    'lastAt',
    'position',
  ],
  types: ['StationRegistered', 'StationKeyIntroduced', 'StationKeyRetired'],
  keysOf: (_fact, { stream }) => [behind('station-', stream)],
  apply: (row, moved) => {
    const { fact, at } = moved;
    if (fact.type === 'StationRegistered') {
      const { credential, order } = fact.data;
      const keys = { stationKey: '', nextKey: '', formerKeys: '[]', retiredKeys: '[]' };
      return { ...begun(moved), credential: thumbprint(credential), orderId: order, ...keys };
    }
    if (row === null) return null;
    switch (fact.type) {
      case 'StationKeyIntroduced': {
        const { stationKey, nextKey } = fact.data;
        const formerKeys = row.stationKey === '' ? row.formerKeys : withOne(row.formerKeys, row.stationKey);
        return { ...row, stationKey, nextKey, formerKeys, ...at };
      }
      case 'StationKeyRetired':
        return { ...row, retiredKeys: withOne(row.retiredKeys, fact.data.stationKey), ...at };
      default:
        return row;
    }
  },
});
