/** The lines of a card's own log, the newest first, older ones as they are wanted. */
import { useCallback, useEffect, useState } from 'react';
import { useClient } from 'urql';
import { type Fault, faultOf } from '../../api/fault.ts';
import { CardLines, type CardLinesAnswer } from './card-log.graphql.ts';

type Log = NonNullable<CardLinesAnswer['chipCard']>['log'];
export type LogLine = Log['lines'][number];

interface Read {
  readonly lines: readonly LogLine[] | null;
  readonly older: number | null;
  readonly fault: Fault | null;
}

export interface LogLinesFound extends Read {
  /** Null where nothing is older. */
  readonly readOn: (() => void) | null;
}

export function useLogLines(card: string): LogLinesFound {
  const client = useClient();
  const [read, setRead] = useState<Read>({ lines: null, older: null, fault: null });
  const readBefore = useCallback(
    async (before: number | null, isWanted: () => boolean): Promise<void> => {
      const { data, error } = await client
        .query(CardLines, { card, before }, { requestPolicy: 'network-only' })
        .toPromise();
      if (!isWanted()) return;
      const log = data?.chipCard?.log;
      setRead((known) =>
        log === undefined
          ? { ...known, fault: error === undefined ? null : faultOf(error) }
          : { lines: [...(before === null ? [] : (known.lines ?? [])), ...log.lines], older: log.older, fault: null },
      );
    },
    [client, card],
  );
  useEffect(() => {
    let isWanted = true;
    void readBefore(null, () => isWanted);
    return () => {
      isWanted = false;
    };
  }, [readBefore]);
  const { older } = read;
  return { ...read, readOn: older === null ? null : () => void readBefore(older, () => true) };
}
