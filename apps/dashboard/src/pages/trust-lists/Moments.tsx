/** The changes of a list along time, and two handles: from when, to when. Shift with an arrow key goes to the next change. */
import { RangeSlider } from '@mantine/core';
import type { KeyboardEvent } from 'react';
import { day, minute } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import css from './TrustListPage.module.css';
import type { Change, History } from './history.ts';

const STEPS = 2000;

interface MomentsProps {
  readonly history: History;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly now: number;
  readonly onChoose: (from: number, to: number) => void;
}

export function Moments({ history, from, to, now, onChoose }: MomentsProps) {
  const first = history.changes[0]?.at ?? now;
  const start = first - Math.max(60_000, (now - first) * 0.05);
  const span = Math.max(1, now - start);
  const placeOf = (at: number): number => Math.round(((at - start) / span) * STEPS);
  const momentOf = (place: number): number => start + (place / STEPS) * span;
  const jump = (event: KeyboardEvent): void => {
    if (!event.shiftKey || (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft')) return;
    event.preventDefault();
    event.stopPropagation();
    const moments = history.changes.map(({ at }) => at + span / STEPS);
    const next = event.key === 'ArrowRight' ? moments.find((at) => at > to + 1) : moments.findLast((at) => at < to - 1);
    onChoose(from, Math.min(now, next ?? (event.key === 'ArrowRight' ? now : to)));
  };
  return (
    <div className={css.moments} onKeyDownCapture={jump}>
      <div className={css.marks}>
        {history.changes.map((change) => (
          <span
            key={change.position}
            className={css.mark}
            data-to={change.to}
            style={{ left: `${(placeOf(change.at) / STEPS) * 100}%` }}
            title={`${words.trustList.changed[change.to]}, ${minute(change.at / 1000)} UTC`}
          >
            <Sign change={change} />
          </span>
        ))}
      </div>
      <RangeSlider
        min={0}
        max={STEPS}
        minRange={1}
        value={[placeOf(from), placeOf(to)]}
        onChange={([a, b]) => onChoose(momentOf(a), b >= STEPS ? now : momentOf(b))}
        label={(place) => `${minute(momentOf(place) / 1000)} UTC`}
        thumbFromLabel={words.trustList.fromMoment}
        thumbToLabel={words.trustList.toMoment}
        color="var(--selected)"
        size={5}
      />
      <p className={css.ends}>
        <span>{day(start)}</span>
        <span>{words.trustList.now}</span>
      </p>
    </div>
  );
}

/** Plus trusted, bars suspended, minus compromised: the shape says it without the colour. */
function Sign({ change: { to } }: { readonly change: Change }) {
  const paths = { active: 'M8 4.5v7M4.5 8h7', suspended: 'M6.5 5v6M9.5 5v6', compromised: 'M4.5 8h7' } as const;
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden>
      <circle cx="8" cy="8" r="6.5" />
      <path d={paths[to]} />
    </svg>
  );
}
