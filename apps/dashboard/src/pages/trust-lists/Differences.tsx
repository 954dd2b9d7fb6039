/** What changed between two moments, each change by its own order. */
import { Link } from '../../app/Link.tsx';
import { Tag, type Tone } from '../../parts/Tag.tsx';
import { duration, inFours, minute, plural } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import type { CardNamesByKey } from './shown.ts';
import css from './TrustListPage.module.css';
import { type Change, type History, changesBetween, versionAt } from './history.ts';

const text = words.trustList;
const TONES: Readonly<Record<Change['to'], Tone>> = { active: 'ink', suspended: 'owed', compromised: 'refused' };
const SHOWN = 4;

interface DifferencesProps {
  readonly history: History;
  readonly names: CardNamesByKey;
  readonly from: number;
  readonly to: number;
  readonly by: 'enforced' | 'known';
}

export function Differences({ history, names, from, to, by }: DifferencesProps) {
  const changes = changesBetween(history, from, to);
  const [before, after] = [versionAt(history, from, by), versionAt(history, to, by)];
  return (
    <section className={css.differences}>
      <p className={css.answer}>
        {plural(changes.length, 'difference')} in {duration(to - from)}{' '}
        <span className={css.small}>{text.versions(before?.version ?? 0, after?.version ?? 0)}</span>
      </p>
      <ul className={css.changes}>
        {changes.slice(-SHOWN).map((change) => (
          <li key={change.position}>
            <Tag tone={TONES[change.to]}>{text.changed[change.to]}</Tag>
            <strong>{names.get(change.cardKey) ?? inFours(change.cardKey.slice(0, 8))}</strong>
            <span>{minute(change.at / 1000)} UTC</span>
            <span className={css.small}>
              <Link to={`/inbox/${change.order}`}>{text.order(inFours(change.order.slice(0, 8)))}</Link>
              {', '}
              <Link to={`/audit/${change.position}`}>{text.event}</Link>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
