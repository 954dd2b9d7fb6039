/** What somebody must look at: what is wrong, since when, who must look, until when, and what to do. */
import { useEffect } from 'react';
import { useViewer } from '../../api/session.ts';
import { useAsk } from '../../api/use-ask.ts';
import { Link } from '../../app/Link.tsx';
import { useNow } from '../../clock.ts';
import { Asked } from '../../parts/Asked.tsx';
import { Notice } from '../../parts/Notice.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { Tag } from '../../parts/Tag.tsx';
import { Time } from '../../parts/Time.tsx';
import { inFours } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import page from '../Page.module.css';
import css from './AlarmsPage.module.css';
import { OpenAlarms, type OpenAlarmsAnswer } from './alarms.graphql.ts';

type Alarm = OpenAlarmsAnswer['alarms'][number];

const EVERY_MS = 10_000;
const text = words.alarms;

export function AlarmsPage() {
  const asked = useAsk(OpenAlarms, {});
  const { again } = asked;
  const tick = useNow(EVERY_MS);
  useEffect(() => again(), [tick, again]);
  return (
    <div className={page.page}>
      <PageHead title={text.title} />
      <Asked asked={asked}>
        {({ alarms }) => (
          <>
            <p className={css.answer}>
              {text.open(alarms.length)}
              {alarms.length > 0 && <span>{text.overdueCount(alarms.filter(({ overdue }) => overdue).length)}</span>}
            </p>
            {alarms.length === 0 ? <Nothing /> : <p className={css.lead}>{text.lead}</p>}
            <ol className={css.alarms}>
              {alarms.map((alarm) => (
                <Row key={`${alarm.code} ${alarm.position ?? alarm.sentence}`} alarm={alarm} />
              ))}
            </ol>
          </>
        )}
      </Asked>
    </div>
  );
}

function Nothing() {
  return (
    <Notice title={text.settled}>
      <p>
        {text.nothing} <Link to="/audit?alarm=yes">{text.past}</Link>.
      </p>
    </Notice>
  );
}

function Row({ alarm }: { readonly alarm: Alarm }) {
  const { roles } = useViewer();
  const isYours = alarm.roles.some((role) => roles.includes(role));
  return (
    <li className={css.alarm}>
      <h2>
        <span className={css.code}>{alarm.code}</span>
        {alarm.overdue && <Tag tone="refused">{text.overdue}</Tag>}
        {isYours && <Tag tone="owed">{text.yours}</Tag>}
      </h2>
      <p className={css.sentence}>{alarm.sentence}</p>
      <dl className={css.facts}>
        <dt>{text.todo}</dt>
        <dd>{alarm.todo}</dd>
        <dt>{text.mustLook}</dt>
        <dd>{alarm.roles.map((role) => words.roles[role] ?? role).join(', ')}</dd>
        {alarm.since !== null && (
          <>
            <dt>{text.since}</dt>
            <dd>
              <Time at={alarm.since} />
            </dd>
          </>
        )}
        {alarm.due !== null && (
          <>
            <dt>{text.due}</dt>
            <dd>
              <Time at={alarm.due} />
            </dd>
          </>
        )}
      </dl>
      <Ways alarm={alarm} />
    </li>
  );
}

function Ways({ alarm: { links, position } }: { readonly alarm: Alarm }) {
  const { chipCard, order, station } = links;
  return (
    <p className={css.ways}>
      {chipCard !== null && <Link to={`/cards/${chipCard.card}`}>{`${words.touches.card} ${chipCard.card}`}</Link>}
      {order !== null && (
        <Link to={`/inbox/${order.id}`}>{`${words.touches.order} ${inFours(order.id.slice(0, 8))}`}</Link>
      )}
      {station !== null && (
        <Link to={`/trust-lists/${station.station}`}>{`${words.touches.station} ${station.station}`}</Link>
      )}
      {position !== null && <Link to={`/audit/${position}`}>{text.event}</Link>}
    </p>
  );
}
