/** Events hour by hour over two days, alarms red among them; an hour leads to its events. */
import { useMemo } from 'react';
import { useAsk } from '../../api/use-ask.ts';
import { nowMs } from '../../clock.ts';
import { plural } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import css from './Activity.module.css';
import { EventCounts } from './audit.graphql.ts';

const HOUR_MS = 3_600_000;
const HOURS = 48;
const HIGH = 36;
const GAP = 10;

export function Activity() {
  const { from, to } = useMemo(() => {
    const end = Math.ceil((nowMs() + 1) / HOUR_MS) * HOUR_MS;
    return { from: end - HOURS * HOUR_MS, to: end };
  }, []);
  const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  const counts = useAsk(EventCounts, range).data?.eventCounts;
  if (counts === undefined) return <div className={css.place} />;
  const most = Math.max(1, ...counts.map(({ events }) => events));
  const total = counts.reduce((sum, { events }) => sum + events, 0);
  const alarms = counts.reduce((sum, one) => sum + one.alarms, 0);
  return (
    <figure className={css.place}>
      <svg viewBox={`0 0 ${HOURS * GAP} ${HIGH}`} preserveAspectRatio="none" className={css.bars} aria-hidden>
        {counts.map(({ at, events, alarms: red }) => {
          const x = ((Date.parse(at) - from) / HOUR_MS) * GAP;
          const high = scaled(events, most);
          return (
            <g key={at}>
              <rect x={x + 1.5} y={HIGH - high} width={GAP - 3} height={high} fill="var(--graphic-2)" />
              {red > 0 && (
                <rect
                  x={x + 1.5}
                  y={HIGH - scaled(red, most)}
                  width={GAP - 3}
                  height={scaled(red, most)}
                  fill="var(--refused)"
                />
              )}
            </g>
          );
        })}
      </svg>
      <figcaption>
        <span>{range.from.slice(5, 16).replace('T', ' ')}</span>
        <span>
          {plural(total, 'event')} in {HOURS} hours,{' '}
          <span data-any={alarms > 0} className={css.alarms}>
            {words.audit.alarms(alarms)}
          </span>
        </span>
        <span>{words.audit.nowUtc}</span>
      </figcaption>
    </figure>
  );
}

/** By the square root: one alarm stays visible beside a thousand events. */
function scaled(value: number, most: number): number {
  return value === 0 ? 0 : Math.max(3, Math.sqrt(value / most) * HIGH);
}
