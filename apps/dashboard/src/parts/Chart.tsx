/** A chart by uPlot in our own tokens, with its numbers as a table one key away. */
import { useComputedColorScheme } from '@mantine/core';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import './language-tag.ts';
import uPlot, { type AlignedData, type Series } from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { number } from '../words/format.ts';
import { words } from '../words/words.ts';
import css from './Chart.module.css';

export interface Line {
  readonly label: string;
  /** Name of a token: `--graphic-1`. */
  readonly token: string;
  readonly values: readonly (number | null)[];
  readonly draw: 'bars' | 'line';
  /** Drawn in place of the values, where bars stand on each other; the table has the values. */
  readonly drawn?: readonly (number | null)[];
}

interface ChartProps {
  readonly title: string;
  /** What it says, as a sentence with a number. */
  readonly answer: ReactNode;
  /** Days as 2026-01-31. */
  readonly days: readonly string[];
  readonly lines: readonly Line[];
  readonly unit?: string;
  /** A chart beside others: lower, its title the answer. */
  readonly isSmall?: boolean;
}

const HEIGHT = { whole: 180, small: 112 } as const;
/** Whole numbers alone: half a module is none. */
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000];

export function Chart({ title, answer, days, lines, unit = '', isSmall = false }: ChartProps) {
  const [asTable, setTable] = useState(false);
  return (
    <section className={css.chart} data-small={isSmall}>
      <div className={css.head}>
        <h2>{title}</h2>
        <button type="button" className={css.switch} onClick={() => setTable(!asTable)}>
          {asTable ? words.chart.asChart : words.chart.asTable}
        </button>
      </div>
      <p className={css.answer}>{answer}</p>
      <ul className={css.legend}>
        {lines.map(({ label, token }) => (
          <li key={label}>
            <svg width="11" height="11" aria-hidden>
              <rect width="11" height="11" fill={`var(${token})`} />
            </svg>
            {label}
          </li>
        ))}
      </ul>
      {asTable ? (
        <Table days={days} lines={lines} unit={unit} />
      ) : (
        <Plot title={title} days={days} lines={lines} unit={unit} isSmall={isSmall} />
      )}
    </section>
  );
}

function Plot({ title, days, lines, unit = '', isSmall = false }: Omit<ChartProps, 'answer'>) {
  const height = isSmall ? HEIGHT.small : HEIGHT.whole;
  const place = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme('light');
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const style = getComputedStyle(document.documentElement);
    const colour = (token: string): string => style.getPropertyValue(token).trim();
    const plot = new uPlot(
      optionsOf({ width: element.clientWidth, height, lines, unit, colour }),
      dataOf(days, lines),
      element,
    );
    const watch = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [days, lines, unit, scheme, height]);
  return <div ref={place} role="img" aria-label={title} />;
}

function dataOf(days: readonly string[], lines: readonly Line[]): AlignedData {
  const times = days.map((one) => Date.parse(`${one}T00:00:00Z`) / 1000);
  return [times, ...lines.map(({ values, drawn }) => [...(drawn ?? values)])];
}

interface Drawn {
  readonly width: number;
  readonly height: number;
  readonly lines: readonly Line[];
  readonly unit: string;
  readonly colour: (token: string) => string;
}

function optionsOf({ width, height, lines, unit, colour }: Drawn): uPlot.Options {
  const font = '12px "IBM Plex Sans Variable", sans-serif';
  const axis = {
    stroke: colour('--ink-2'),
    font,
    grid: { stroke: colour('--hairline'), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height,
    legend: { show: false },
    cursor: { show: false },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    scales: { y: { range: (_, __, most) => [0, Math.max(1, most * 1.08)] } },
    axes: [
      {
        ...axis,
        size: 28,
        grid: { show: false },
        values: (_, ticks) => ticks.map((one) => new Date(one * 1000).toISOString().slice(5, 10)),
      },
      { ...axis, size: 52, incrs: STEPS, values: (_, ticks) => ticks.map((one) => `${number(one)}${unit}`) },
    ],
    series: [{}, ...lines.map((line) => seriesOf(line, colour(line.token)))],
  };
}

function seriesOf({ label, draw }: Line, colour: string): Series {
  const shared = {
    label,
    stroke: colour,
    width: draw === 'line' ? 2 : 0,
    points: { show: draw === 'line', size: 5, fill: colour },
  };
  const bars = draw === 'bars' ? uPlot.paths.bars?.({ size: [0.6, 26] }) : undefined;
  return bars === undefined ? shared : { ...shared, fill: colour, paths: bars };
}

function Table({ days, lines, unit = '' }: Pick<ChartProps, 'days' | 'lines' | 'unit'>) {
  return (
    <table className={css.table}>
      <thead>
        <tr>
          <th scope="col">{words.chart.day}</th>
          {lines.map(({ label }) => (
            <th key={label} scope="col">
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {days.map((one, at) => (
          <tr key={one}>
            <td className="mono">{one}</td>
            {lines.map(({ label, values }) => (
              <td key={label}>{values[at] == null ? '' : `${number(values[at])}${unit}`}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
