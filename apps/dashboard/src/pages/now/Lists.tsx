/** Which version of its trust list each station has in force, and who witnesses the seal. */
import type { Seal } from '../../api/use-seal.ts';
import { Link } from '../../app/Link.tsx';
import { useNow } from '../../clock.ts';
import { duration, number } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import table from './Lists.module.css';
import css from './NowPage.module.css';
import type { NowAnswer } from './now.graphql.ts';

export type ListNow = NowAnswer['trustLists']['edges'][number]['node'];

interface ListsProps {
  readonly lists: readonly ListNow[];
  readonly seal: Seal | null;
}

const text = words.now.lists;

export function Lists({ lists, seal }: ListsProps) {
  const now = useNow(1000);
  return (
    <section className={css.column}>
      <h2>{text.title}</h2>
      <table className={table.lists}>
        <thead>
          <tr>
            {text.columns.map((label) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lists.map((list) => (
            <tr key={list.station}>
              <td>
                <Link to={`/trust-lists/${list.station}`}>
                  <strong>{list.station}</strong>
                </Link>
              </td>
              <td>{number(list.version)}</td>
              <td data-behind={list.enforcedVersion !== list.version}>{enforced(list, now)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <h2 className={css.second}>{text.witnesses}</h2>
      {seal === null || seal.witnesses.length === 0 ? (
        <p className={css.about}>{text.noWitness}</p>
      ) : (
        <ul className={css.items}>
          {seal.witnesses.map((name) => (
            <li key={name} className={css.between}>
              <strong>{name}</strong>
              <span>{seal.cosigners.includes(name) ? text.cosigned(seal.size) : text.silent}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function enforced({ version, enforcedVersion, enforcedAt }: ListNow, now: number): string {
  if (enforcedVersion === null || enforcedAt === null) return text.never;
  const since = text.since(duration(now - Date.parse(enforcedAt)));
  return enforcedVersion === version ? since : text.behind(enforcedVersion);
}
