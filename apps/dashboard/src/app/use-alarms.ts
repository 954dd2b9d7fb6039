/** How many alarms are open, asked again every few seconds; null while it is not known. */
import { useEffect } from 'react';
import { useAsk } from '../api/use-ask.ts';
import { useNow } from '../clock.ts';
import { AlarmCount } from './shell.graphql.ts';

const EVERY_MS = 10_000;

export function useAlarmCount(): number | null {
  const { data, again } = useAsk(AlarmCount, {});
  const tick = useNow(EVERY_MS);
  useEffect(() => again(), [tick, again]);
  return data?.alarms.length ?? null;
}
