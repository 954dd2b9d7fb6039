/** What an event touches, each a way on. */
import { Link } from '../../app/Link.tsx';
import { NameOf, PersonOf } from '../../parts/Named.tsx';
import { SectionHead } from '../../parts/Sheet.tsx';
import { words } from '../../words/words.ts';
import css from './EventSheet.module.css';
import { addressOf } from './filter.ts';
import type { ShownEvent } from './shown.ts';

export function Touches({ event }: { readonly event: ShownEvent }) {
  const { serial, card, order, certificate, station, unit, stream, actor } = event;
  const all: readonly (readonly [label: string, value: string | null, to: string])[] = [
    [words.touches.module, serial, `/fleet/${serial}`],
    [words.touches.card, card, `/cards/${card}`],
    [words.touches.order, order, `/inbox/${order}`],
    [words.touches.certificate, certificate, `/certificates/${certificate}`],
    [words.touches.station, station, `/trust-lists/${station}`],
    [words.touches.unit, unit, addressOf([{ name: 'unit', value: unit ?? '' }])],
    [words.touches.stream, stream, addressOf([{ name: 'stream', value: stream }])],
    [words.touches.actor, actor, addressOf([{ name: 'actor', value: actor }])],
  ];
  return (
    <div className={css.section}>
      <SectionHead title={words.event.touches} />
      <p className={css.touches}>
        {all.map(([label, value, to]) =>
          value === null ? null : (
            <Link key={label} to={to} className={css.touch}>
              {label} <strong>{value === stream ? event.room : short(value)}</strong>{' '}
              {value === serial && <NameOf kind="machine" id={serial} />}
              {value === actor && <PersonOf actor={actor} />}
            </Link>
          ),
        )}
      </p>
    </div>
  );
}

/** Of a hash the first eight characters find one's place; the link has all of it. */
function short(value: string): string {
  return value.length < 30
    ? value
    : value.replace(/[A-Za-z0-9_-]{40,}$/, (hash) => `${hash.slice(0, 4)} ${hash.slice(4, 8)}`);
}
