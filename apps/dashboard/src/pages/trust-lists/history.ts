/** What a station trusted at any moment: its decisions, publications and enforcements, folded up to there. */
import { dataOf, said } from '../../words/event-words.ts';
import type { TrustHistoryAnswer } from './trust-lists.graphql.ts';

type EventNode = TrustHistoryAnswer['events']['edges'][number]['node'];

export interface Change {
  readonly cardKey: string;
  readonly to: 'active' | 'suspended' | 'compromised';
  readonly order: string;
  /** Recorded, milliseconds since 1970. */
  readonly at: number;
  readonly position: string;
}

export interface Version {
  readonly version: number;
  readonly publishedAt: number;
  /** Null where the station never reported it. */
  readonly enforcedAt: number | null;
  /** What the list says, by card key. */
  readonly keys: ReadonlyMap<string, Change>;
}

export interface History {
  readonly changes: readonly Change[];
  readonly versions: readonly Version[];
}

/** Events newest first, as they are read. */
export function historyOf(newestFirst: readonly EventNode[]): History {
  const changes: Change[] = [];
  const versions: Version[] = [];
  let keys: ReadonlyMap<string, Change> = new Map();
  for (const { type, recordedAt, occurredAt, position, data: text } of newestFirst.toReversed()) {
    const data = dataOf(text);
    const number = Number(said(data, 'version'));
    const at = Date.parse(recordedAt);
    if (type === 'TrustListPublished') versions.push({ version: number, publishedAt: at, enforcedAt: null, keys });
    else if (type === 'TrustListEnforced') enforce(versions, number, Date.parse(occurredAt));
    else {
      const to =
        type === 'SigningKeyTrusted' ? 'active' : said(data, 'to') === 'suspended' ? 'suspended' : 'compromised';
      const change: Change = { cardKey: said(data, 'cardKey'), order: said(data, 'order'), to, at, position };
      changes.push(change);
      keys = new Map([...keys, [change.cardKey, change]]);
    }
  }
  return { changes, versions };
}

function enforce(versions: Version[], number: number, at: number): void {
  const index = versions.findIndex(({ version }) => version === number);
  const version = versions[index];
  if (version !== undefined && version.enforcedAt === null) versions[index] = { ...version, enforcedAt: at };
}

/** The version that was in force, or that was known, at a moment; null before the first. */
export function versionAt({ versions }: History, at: number, by: 'enforced' | 'known'): Version | null {
  return (
    versions.findLast(({ publishedAt, enforcedAt }) =>
      by === 'known' ? publishedAt <= at : enforcedAt !== null && enforcedAt <= at,
    ) ?? null
  );
}

/** Changes after one moment and up to another. */
export function changesBetween({ changes }: History, from: number, to: number): readonly Change[] {
  return changes.filter(({ at }) => at > from && at <= to);
}
