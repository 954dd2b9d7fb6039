/** One event as a row: its number, when it was recorded, what it is, whom it concerns, who did it. */
import { Actor, NameOf } from '../../parts/Named.tsx';
import { Time } from '../../parts/Time.tsx';
import { number } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import css from './EventLine.module.css';
import type { EventRow } from './audit.graphql.ts';

export function Columns() {
  const { position, recorded, event, concerns, by, stream, revision } = words.audit.columns;
  return (
    <div className={`${css.line} ${css.columns}`} aria-hidden>
      <span className={css.number}>{position}</span>
      <span>{recorded}</span>
      <span>{event}</span>
      <span>{concerns}</span>
      <span>{by}</span>
      <span className={css.wide}>{stream}</span>
      <span className={css.wide}>{revision}</span>
    </div>
  );
}

export function EventLine({ event }: { readonly event: EventRow }) {
  return (
    <div className={css.line}>
      <span className={css.number}>{number(event.index)}</span>
      <span className={css.time}>
        <Time at={event.recordedAt} show="clock" />
      </span>
      <span className={css.event}>
        <strong>{event.type}</strong>
        {event.code !== null && <span className={css.code}>{event.code}</span>}
        {event.contested && event.code === null && <span className={css.code}>{words.audit.contested}</span>}
      </span>
      <span className={css.concerns}>
        {concernsOf(event)} {event.serial !== null && <NameOf kind="machine" id={event.serial} />}
      </span>
      <span className={css.by}>
        <Actor actor={event.actor} />
      </span>
      <span className={css.wide}>{event.stream}</span>
      <span className={css.wide}>{event.revision}</span>
    </div>
  );
}

/** What it names first: a module, a card, a station, a unit, an order by its first eight characters. */
function concernsOf({ serial, card, station, unit, order }: EventRow): string {
  const named = serial ?? card ?? station ?? unit;
  if (named !== null) return named;
  return order === null ? '' : `order ${order.slice(0, 4)} ${order.slice(4, 8)}`;
}
