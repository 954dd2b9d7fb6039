/** One module: what it is, what it holds, whom it talked to, and its life as the record tells it. */
import { useAsk } from '../../api/use-ask.ts';
import { Link } from '../../app/Link.tsx';
import type { PageProps } from '../../app/page.ts';
import { Asked } from '../../parts/Asked.tsx';
import { Assurance } from '../../parts/Assurance.tsx';
import { Facts } from '../../parts/Facts.tsx';
import { Fingerprint } from '../../parts/Fingerprint.tsx';
import { NameOf } from '../../parts/Named.tsx';
import { NotFound, Notice } from '../../parts/Notice.tsx';
import { HeadFact, PageHead } from '../../parts/PageHead.tsx';
import { SectionHead } from '../../parts/Sheet.tsx';
import { StepTrack, standOf } from '../../parts/StepTrack.tsx';
import { Tag } from '../../parts/Tag.tsx';
import { Time } from '../../parts/Time.tsx';
import { inFours, number } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import { Acts } from '../orders/Acts.tsx';
import { moduleActs } from './module-acts.ts';
import { Life } from './Life.tsx';
import css from './ModulePage.module.css';
import { OneModule, type OneModuleAnswer } from './fleet.graphql.ts';

const text = words.module;

export function ModulePage({ parts }: PageProps) {
  const asked = useAsk(OneModule, { serial: parts[0] ?? '' });
  return (
    <Asked asked={asked}>
      {(answer) =>
        answer.securityModule === null ? <NotFound /> : <Whole answer={answer} module={answer.securityModule} />
      }
    </Asked>
  );
}

interface WholeProps {
  readonly answer: OneModuleAnswer;
  readonly module: NonNullable<OneModuleAnswer['securityModule']>;
}

function Whole({ answer, module }: WholeProps) {
  const place = [module.deliveredTo, module.site].filter((one) => one !== null).join(', ');
  return (
    <div className={css.page}>
      <div className={css.head}>
        <PageHead
          over={text.over}
          title={module.serial}
          tag={
            <>
              <Tag>{module.state}</Tag>
              {module.failure !== null && <Tag tone="refused">{module.failure}</Tag>}
            </>
          }
          under={
            <>
              {place} <NameOf kind="machine" id={module.serial} isWhole />
            </>
          }
        >
          <HeadFact label={text.assurance}>
            <Assurance value={module.assurance} />
          </HeadFact>
          <HeadFact label={text.epoch}>{number(module.epoch)}</HeadFact>
          <HeadFact label={text.class}>{module.moduleClass}</HeadFact>
        </PageHead>
      </div>
      <Life serial={module.serial} />
      <aside className={css.side}>
        <Holds links={module.links} />
        <Runs runs={answer.personalizations.edges.map(({ node }) => node)} />
        <Sessions sessions={answer.sessions.edges.map(({ node }) => node)} />
        <section className={css.section}>
          <SectionHead title={text.identity} />
          <Fingerprint value={module.identity} />
        </section>
        <div className={css.section}>
          <Acts acts={moduleActs(module)} />
        </div>
      </aside>
    </div>
  );
}

function Holds({ links: { certificate, chipCard } }: { readonly links: WholeProps['module']['links'] }) {
  return (
    <section className={css.section}>
      <SectionHead title={text.holds} />
      {certificate === null ? (
        <Notice title={text.noCertificate} />
      ) : (
        <Facts
          facts={[
            {
              label: text.certificate,
              value: (
                <Link to={`/certificates/${certificate.fingerprint}`}>
                  {inFours(certificate.fingerprint.slice(0, 16))} …
                </Link>
              ),
              aside: certificate.state,
            },
            { label: text.station, value: certificate.station ?? words.none },
            {
              label: text.card,
              value: <Link to={`/cards/${certificate.card}`}>{certificate.card}</Link>,
              aside: chipCard === null ? undefined : text.keyIs(chipCard.keyState),
            },
          ]}
        />
      )}
    </section>
  );
}

function Runs({ runs }: { readonly runs: readonly OneModuleAnswer['personalizations']['edges'][number]['node'][] }) {
  return (
    <section className={css.section}>
      <SectionHead title={text.runs} />
      {runs.length === 0 && <p className={css.small}>{text.noRun}</p>}
      {runs.map((run) => (
        <div key={run.stream} className={css.run}>
          <p className={css.small}>
            <Time at={run.firstAt} />{' '}
            <Link to={`/inbox/${run.order}`}>{text.order(inFours(run.order.slice(0, 8)))}</Link> {run.code ?? run.state}
          </p>
          <StepTrack
            done={standOf(run.steps.map(({ step }) => step))}
            mark={run.state === 'completed' ? 'done' : run.state === 'running' ? 'running' : 'refused'}
          />
        </div>
      ))}
    </section>
  );
}

function Sessions({
  sessions,
}: {
  readonly sessions: readonly OneModuleAnswer['sessions']['edges'][number]['node'][];
}) {
  return (
    <section className={css.section}>
      <SectionHead title={text.sessions} />
      {sessions.length === 0 && <p className={css.small}>{text.noSession}</p>}
      <ul className={css.sessions}>
        {sessions.map((session) => (
          <li key={session.session}>
            <Time at={session.firstAt} /> {session.station}, {session.state}{' '}
            <span className={css.small}>{text.transactions(session.authorized, session.refused)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
