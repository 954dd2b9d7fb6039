/** Numbers over the last days: personalizations, refusals by code, how long approvals took, how quick trust was taken away. */
import { SegmentedControl } from '@mantine/core';
import { useMemo } from 'react';
import { useAsk } from '../../api/use-ask.ts';
import { go, useQueryTerms } from '../../app/place.ts';
import { nowMs } from '../../clock.ts';
import { Asked } from '../../parts/Asked.tsx';
import { Chart } from '../../parts/Chart.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { duration, plural } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import { Enforcements } from './Enforcements.tsx';
import css from './NumbersPage.module.css';
import { NumbersOf, type NumbersOfAnswer } from './numbers.graphql.ts';
import { daysBetween, refusalLines, valuesOf } from './series.ts';

const DAY_MS = 86_400_000;
const SPANS = ['7', '30', '90'];
const text = words.numbers;

export function NumbersPage() {
  const asked = useQueryTerms().get('days') ?? '30';
  const span = SPANS.includes(asked) ? asked : '30';
  const { from, to } = useMemo(() => {
    const end = Math.ceil((nowMs() + 1) / DAY_MS) * DAY_MS;
    return { from: new Date(end - Number(span) * DAY_MS).toISOString(), to: new Date(end).toISOString() };
  }, [span]);
  const numbers = useAsk(NumbersOf, { from, to });
  return (
    <div>
      <div className={css.head}>
        <PageHead title={words.rooms.numbers}>
          <SegmentedControl
            size="xs"
            value={span}
            data={SPANS.map((value) => ({ value, label: text.days(value) }))}
            onChange={(value) => go(`/numbers?days=${value}`)}
          />
        </PageHead>
      </div>
      <Asked asked={numbers}>{(answer) => <Charts answer={answer.numbers} days={daysBetween(from, to)} />}</Asked>
    </div>
  );
}

interface ChartsProps {
  readonly answer: NumbersOfAnswer['numbers'];
  readonly days: readonly string[];
}

function Charts({ answer: { personalizations, refusals, waiting, enforcements }, days }: ChartsProps) {
  const done = personalizations.reduce((sum, one) => sum + one.completed, 0);
  const failed = personalizations.reduce((sum, one) => sum + one.failed + one.overdue, 0);
  const refused = refusals.reduce((sum, one) => sum + one.count, 0);
  const longest = Math.max(0, ...waiting.map((one) => one.p90Seconds));
  return (
    <div className={css.grid}>
      <Chart
        title={text.personalizations}
        answer={text.done(plural(done, 'module'), failed)}
        days={days}
        lines={[
          {
            label: text.completed,
            token: '--graphic-1',
            draw: 'bars',
            values: valuesOf(days, personalizations, (one) => one.completed + one.failed + one.overdue),
          },
          {
            label: text.failed,
            token: '--refused',
            draw: 'bars',
            values: valuesOf(days, personalizations, (one) => one.failed + one.overdue),
          },
        ]}
      />
      <Chart
        title={text.refusals}
        answer={text.refused(plural(refused, 'refusal'))}
        days={days}
        lines={refusalLines(days, refusals)}
      />
      <Chart
        title={text.waiting}
        answer={waiting.length === 0 ? text.noApproval : text.waited(duration(longest * 1000))}
        unit=" min"
        days={days}
        lines={[
          {
            label: text.median,
            token: '--ink',
            draw: 'line',
            values: valuesOf(days, waiting, (one) => one.medianSeconds / 60, null),
          },
          {
            label: text.p90,
            token: '--graphic-2',
            draw: 'line',
            values: valuesOf(days, waiting, (one) => one.p90Seconds / 60, null),
          },
        ]}
      />
      <Enforcements enforcements={enforcements} />
    </div>
  );
}
