/** How long stations went on trusting keys that were taken away, one by one: few, and each one matters. */
import { Link } from '../../app/Link.tsx';
import { KeyState } from '../../parts/KeyState.tsx';
import { Notice } from '../../parts/Notice.tsx';
import { Time } from '../../parts/Time.tsx';
import { duration, inFours } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import css from './NumbersPage.module.css';
import type { NumbersOfAnswer } from './numbers.graphql.ts';

const text = words.numbers;

type Enforcement = NumbersOfAnswer['numbers']['enforcements'][number];

export function Enforcements({ enforcements }: { readonly enforcements: readonly Enforcement[] }) {
  const known = enforcements.flatMap(({ milliseconds }) => (milliseconds === null ? [] : [milliseconds]));
  const slowest = Math.max(0, ...known);
  return (
    <section className={css.section}>
      <h2>{text.enforcements}</h2>
      {enforcements.length === 0 ? (
        <Notice title={text.noEnforcement} />
      ) : (
        <>
          <p className={css.answer}>{text.slowest(duration(slowest))}</p>
          <table className={css.table}>
            <tbody>
              {enforcements.toReversed().map((one) => (
                <tr key={`${one.order} ${one.station}`}>
                  <td>
                    <Link to={`/trust-lists/${one.station}`}>{one.station}</Link>
                  </td>
                  <td className="mono">{inFours(one.cardKey.slice(0, 8))}</td>
                  <td>
                    <KeyState value={one.state} />
                  </td>
                  <td>
                    <Time at={one.decidedAt} />
                  </td>
                  <td>{one.milliseconds === null ? text.notYet : duration(one.milliseconds)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </section>
  );
}
