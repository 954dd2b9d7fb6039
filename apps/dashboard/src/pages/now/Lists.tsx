/** Which version of its trust list each station has in force, and who witnesses the seal. */
import type { Seal, SealTold } from '../../api/use-seal.ts';
import { Link } from '../../app/Link.tsx';
import { useNow } from '../../clock.ts';
import { Fresh } from '../../parts/Fresh.tsx';
import { clockTime, duration, number } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import table from './Lists.module.css';
import css from './NowPage.module.css';
import type { NowAnswer } from './now.graphql.ts';

export type ListNow = NowAnswer['trustLists']['edges'][number]['node'];

interface ListsProps {
  readonly lists: readonly ListNow[];
  readonly seal: Seal | null;
  /** As the platform tells it; null while it is asked. */
  readonly told: SealTold | null;
}

const text = words.now.lists;

export function Lists({ lists, seal, told }: ListsProps) {
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
              <td>
                <Fresh copy={list.handed} />
              </td>
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
              <WitnessState name={name} seal={seal} told={told} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Its signature stands under the checkpoint; else what kept it, as the platform tells it. */
function WitnessState({ name, seal, told }: { name: string; seal: Seal; told: SealTold | null }) {
  const it = told?.witnesses.find((one) => one.name === name);
  if (it?.problem != null) return <span data-owed>{words.seal.problem(it.problem)}</span>;
  if (!seal.cosigners.includes(name)) return <span data-owed>{text.silent}</span>;
  return <span>{words.seal.witness(seal.size, it?.at == null ? null : `${clockTime(it.at).slice(0, 8)} UTC`)}</span>;
}

function enforced({ version, enforcedVersion, enforcedAt }: ListNow, now: number): string {
  if (enforcedVersion === null || enforcedAt === null) return text.never;
  const since = text.since(duration(now - Date.parse(enforcedAt)));
  return enforcedVersion === version ? since : text.behind(enforcedVersion);
}
