/** A time in UTC; the local time on hover. */
import { clockTime, dayAndTime, local } from '../words/format.ts';

interface TimeProps {
  /** RFC 3339. */
  readonly at: string;
  /** `clock` leaves the day out, `whole` shows it. */
  readonly show?: 'clock' | 'whole';
}

export function Time({ at, show = 'whole' }: TimeProps) {
  return (
    <time dateTime={at} title={`${local(at)}\n${at}`} className="mono">
      {show === 'clock' ? clockTime(at) : dayAndTime(at)}
    </time>
  );
}
