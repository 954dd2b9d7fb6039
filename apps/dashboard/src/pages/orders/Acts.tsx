/** Acts that can be asked for on a page: each says who may; where the reader may not, why not. */
import { Button } from '@mantine/core';
import { useViewer } from '../../api/session.ts';
import { Link } from '../../app/Link.tsx';
import { words } from '../../words/words.ts';
import { useSets } from '../inbox/use-sets.ts';
import css from './Acts.module.css';
import { mayNotRequest } from './may-ask.ts';

export interface AskAct {
  readonly label: string;
  /** Address of the form, filled in as far as the page knows. */
  readonly to: string;
  /** Who must agree, in a sentence. */
  readonly who: string;
  /** What keeps anybody from it now; null where nothing does. */
  readonly no: string | null;
  readonly tone?: 'refused';
}

export function Acts({ acts }: { readonly acts: readonly AskAct[] }) {
  const viewer = useViewer();
  const sets = useSets();
  if (sets === null) return null;
  const no = mayNotRequest(viewer, [...sets.values()].at(-1) ?? null);
  return (
    <section className={css.acts}>
      <h2>{words.acts.title}</h2>
      {no !== null && <p className={css.who}>{no}</p>}
      <ul>
        {acts.map((act) => (
          <li key={act.label}>
            <ActButton act={act} isOpen={no === null && act.no === null} />
            <span className={css.who}>{act.no ?? act.who}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function ActButton({ act: { label, to, tone }, isOpen }: { readonly act: AskAct; readonly isOpen: boolean }) {
  const color = tone === 'refused' ? { color: 'var(--refused)' } : {};
  if (!isOpen)
    return (
      <Button variant="default" fullWidth disabled>
        {label}
      </Button>
    );
  return (
    <Button component={Link} to={to} variant={tone === 'refused' ? 'outline' : 'default'} fullWidth {...color}>
      {label}
    </Button>
  );
}
