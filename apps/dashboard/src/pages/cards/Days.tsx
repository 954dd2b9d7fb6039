/** What the card did day by day: signed, or failed for it; the numbers as a table one key away. */
import { useMemo } from 'react';
import { useAsk } from '../../api/use-ask.ts';
import { nowMs } from '../../clock.ts';
import { Chart } from '../../parts/Chart.tsx';
import { day } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import css from './CardPage.module.css';
import { CardDays } from './card-log.graphql.ts';

const DAYS = 30;
const DAY_MS = 86_400_000;
const text = words.activity;

export function Days({ card }: { readonly card: string }) {
  const found = useAsk(CardDays, { card }).data?.chipCard?.activity;
  const days = useMemo(() => Array.from({ length: DAYS }, (_, at) => day(nowMs() - (DAYS - 1 - at) * DAY_MS)), []);
  const lines = useMemo(() => {
    const of = (what: 'signed' | 'refused') => days.map((one) => found?.find((row) => row.day === one)?.[what] ?? 0);
    const [signed, refused] = [of('signed'), of('refused')];
    const onTop = refused.map((count, at) => (count === 0 ? null : count + (signed[at] ?? 0)));
    return [
      { label: text.refused, token: '--refused', values: refused, drawn: onTop, draw: 'bars' as const },
      { label: text.signed, token: '--graphic-1', values: signed, draw: 'bars' as const },
    ];
  }, [found, days]);
  if (found === undefined) return <div className={css.days} />;
  const signed = found.reduce((sum, one) => sum + one.signed, 0);
  const refused = found.reduce((sum, one) => sum + one.refused, 0);
  return (
    <div className={css.days}>
      <Chart title={text.title(signed, DAYS)} answer={text.answer(refused)} days={days} lines={lines} isSmall />
    </div>
  );
}
