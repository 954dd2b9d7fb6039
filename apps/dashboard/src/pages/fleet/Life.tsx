/** The life of a module as a timeline, newest first, each point an event with its proof behind it. */
import { useAsk } from '../../api/use-ask.ts';
import { Link } from '../../app/Link.tsx';
import { Actor } from '../../parts/Named.tsx';
import { Failed, Notice } from '../../parts/Notice.tsx';
import { Time } from '../../parts/Time.tsx';
import { dataOf, sentenceOf } from '../../words/event-words.ts';
import { words } from '../../words/words.ts';
import { addressOf } from '../audit/filter.ts';
import css from './ModulePage.module.css';
import { ModuleLife } from './fleet.graphql.ts';

/** Said again by the event that they judge. */
const LEFT_OUT = new Set(['ReportAccepted']);

export function Life({ serial }: { readonly serial: string }) {
  const asked = useAsk(ModuleLife, { serial });
  const events = asked.data?.securityModule?.events ?? null;
  const shown = events?.edges.map(({ node }) => node).filter(({ type }) => !LEFT_OUT.has(type)) ?? [];
  const isForbidden = asked.fault?.code === 'FORBIDDEN';
  return (
    <section className={css.life}>
      <div className={css.between}>
        <h2>{words.module.life}</h2>
        {events !== null && <Link to={addressOf([{ name: 'serial', value: serial }])}>{words.rooms.audit}</Link>}
      </div>
      {isForbidden && <Notice title={words.now.events.forbidden} />}
      {asked.fault !== null && !isForbidden && <Failed fault={asked.fault} retry={asked.again} />}
      <ol className={css.events}>
        {shown.map((event) => (
          <li key={event.position} data-alarm={event.alarm}>
            <Link to={`/audit/${event.position}`}>
              <strong>{event.type}</strong>
              {event.code !== null && <span className={css.code}>{event.code}</span>}
            </Link>
            <span className={css.when}>
              <Time at={event.occurredAt} />
            </span>
            <span className={css.said}>
              {sentenceOf({ ...event, data: dataOf(event.data) })}{' '}
              <span className={css.small}>
                <Actor actor={event.actor} />
              </span>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
