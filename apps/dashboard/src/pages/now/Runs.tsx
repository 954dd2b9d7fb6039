/** Personalizations, the newest first: where each stands on its way, and how sure it is or why it ended. */
import { Link } from '../../app/Link.tsx';
import { useNow } from '../../clock.ts';
import { Assurance } from '../../parts/Assurance.tsx';
import { NameOf } from '../../parts/Named.tsx';
import { Notice } from '../../parts/Notice.tsx';
import { STEPS, StepTrack, standOf } from '../../parts/StepTrack.tsx';
import { duration } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import css from './NowPage.module.css';
import type { Run } from './now.graphql.ts';

const SILENT_MS = 120_000;

const text = words.now.runs;

export function Runs({ runs }: { readonly runs: readonly Run[] }) {
  return (
    <section className={css.runs}>
      <div className={css.runHead}>
        <h2>{text.title}</h2>
        <ol className={css.stepNames} aria-hidden>
          {STEPS.map(({ label }) => (
            <li key={label}>{label}</li>
          ))}
        </ol>
        <span>{text.why}</span>
        <span className={css.right}>{text.time}</span>
      </div>
      {runs.length === 0 && <Notice title={text.empty} />}
      {runs.map((run) => (
        <RunRow key={run.stream} run={run} />
      ))}
    </section>
  );
}

function RunRow({ run }: { readonly run: Run }) {
  const now = useNow(1000);
  const silentMs = now - Date.parse(run.lastAt);
  const isSilent = run.state === 'running' && silentMs > SILENT_MS;
  const stand = standOf(run.steps.map(({ step }) => step));
  const mark = run.state === 'failed' || run.state === 'overdue' ? 'refused' : isSilent ? 'silent' : 'running';
  const { deliveredTo = null, site = null } = run.links.securityModule ?? {};
  return (
    <div className={css.run}>
      <div>
        <Link to={`/fleet/${run.serial}`} className={css.serial}>
          {run.serial}
        </Link>{' '}
        <span className={css.with}>{[run.unit, run.card].filter((one) => one !== null).join(', ')}</span>
        <span className={css.place}>
          {[deliveredTo, site].filter((one) => one !== null).join(', ')} <NameOf kind="machine" id={run.serial} />
        </span>
      </div>
      <StepTrack done={stand} mark={run.state === 'completed' ? 'done' : mark} />
      <Why run={run} silentMs={isSilent ? silentMs : null} />
      <span className={`${css.right} mono`}>
        {run.state === 'running' ? clock(now - Date.parse(run.firstAt)) : text.states[run.state as 'completed']}
      </span>
    </div>
  );
}

function Why({ run, silentMs }: { readonly run: Run; readonly silentMs: number | null }) {
  if (run.code !== null) return <strong className={css.refused}>{run.code}</strong>;
  if (silentMs !== null) return <strong className={css.silent}>{text.silentFor(duration(silentMs))}</strong>;
  return <Assurance value={run.links.securityModule?.assurance ?? null} />;
}

/** 1:24. */
function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
