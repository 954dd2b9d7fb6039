/** The newest alarms and refusals, and the newest events; both lead into the audit trail. */
import { Link } from '../../app/Link.tsx';
import { useNow } from '../../clock.ts';
import { Time } from '../../parts/Time.tsx';
import { Notice } from '../../parts/Notice.tsx';
import { duration } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import css from './NowPage.module.css';
import type { NewEventsAnswer } from './now.graphql.ts';

export type EventNow = NewEventsAnswer['latest']['edges'][number]['node'];

interface EventsProps {
  /** Newest first; null while it is read. */
  readonly events: readonly EventNow[] | null;
  readonly mayRead: boolean;
}

const text = words.now.events;

function concerns({ serial, card, station, unit }: EventNow): string {
  return serial ?? card ?? station ?? unit ?? '';
}

export function Alarms({ events, mayRead }: EventsProps) {
  const now = useNow(1000);
  return (
    <section className={css.column}>
      <h2>{text.alarms}</h2>
      {!mayRead && <Notice title={text.forbidden} />}
      {events?.length === 0 && <Notice title={text.noAlarm} />}
      <ul className={css.items}>
        {events?.map((event) => (
          <li key={event.position}>
            <Link to={`/audit/${event.position}`} className={css.alarm}>
              <strong>{event.code ?? event.type}</strong>
              <span>{duration(now - Date.parse(event.recordedAt))}</span>
              <span className={css.about}>
                {[event.code === null ? '' : event.type, concerns(event)].filter((one) => one !== '').join(', ')}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function NewestEvents({ events, mayRead }: EventsProps) {
  return (
    <section className={css.column}>
      <div className={css.between}>
        <h2>{text.newest}</h2>
        <Link to="/audit">{words.rooms.audit}</Link>
      </div>
      {!mayRead && <Notice title={text.forbidden} />}
      <ul className={css.items}>
        {events?.map((event) => (
          <li key={event.position}>
            <Link to={`/audit/${event.position}`} className={css.event}>
              <Time at={event.recordedAt} show="clock" />
              <span data-alarm={event.alarm}>{event.type}</span>
              <span className={css.about}>{concerns(event)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
