/** How often what happened, hour by hour or day by day: counted event by event, so that no chart ever scans the log. */
import { ALARMS } from '../event/event.ts';
import type { Told } from '../told.ts';
import type { Row, View } from '../view.ts';

export interface TallyRow extends Row {
  /** `<kind> <at> <label>`. */
  readonly id: string;
  /** events and alarms of each hour; personalizations and refusals of each day. */
  readonly kind: TallyKind;
  /** Beginning of the hour or the day, RFC 3339 in UTC. */
  readonly at: string;
  /** Code of a refusal, or how a personalization ended; empty for the others. */
  readonly label: string;
  readonly count: number;
}

export type TallyKind = 'event' | 'alarm' | 'personalization' | 'refusal';

const ENDINGS: Readonly<Record<string, string>> = {
  PersonalizationCompleted: 'completed',
  PersonalizationFailed: 'failed',
  PersonalizationOverdue: 'overdue',
};

/** Counted when recorded; a device's own report of a failure once it is accepted. */
export const tallyView: View<TallyRow> = {
  name: 'tally',
  key: 'id',
  columns: ['id', 'kind', 'at', 'label', 'count'],
  types: 'every',
  keysOf: countedBy,
  apply: (row, _told, key) => {
    if (row !== null) return { ...row, count: row.count + 1 };
    const [kind = '', at = '', label = ''] = key.split(' ');
    return { id: key, kind: kind as TallyKind, at, label, count: 1 };
  },
};

function countedBy({ event, moved }: Told): readonly string[] {
  const { recordedAt, type } = event;
  const hour = `${recordedAt.slice(0, 13)}:00:00Z`;
  const keys = [`event ${hour} `];
  if (ALARMS.has(type)) keys.push(`alarm ${hour} `);
  const day = `${recordedAt.slice(0, 10)}T00:00:00Z`;
  const ending = moved === null ? undefined : ENDINGS[moved.type];
  if (ending !== undefined) keys.push(`personalization ${day} ${ending}`);
  const code = refusalIn(type, event.data) ?? (moved === null ? null : refusalIn(moved.type, moved.data));
  if (code !== null && moved !== null) keys.push(`refusal ${day} ${code}`);
  else if (code !== null && type === 'ReportContested') keys.push(`refusal ${day} ${code}`);
  return keys;
}

const REFUSALS: ReadonlySet<string> = new Set([
  'OperationRefused',
  'SessionRefused',
  'TransactionRefused',
  'ReportContested',
]);

function refusalIn(type: string, data: unknown): string | null {
  if (!REFUSALS.has(type) || typeof data !== 'object' || data === null || !('code' in data)) return null;
  return typeof data.code === 'string' ? data.code : null;
}
