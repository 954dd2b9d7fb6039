/** The leases for the field that the card was given: how many signatures may be left, and from when to when. */
import { useAsk } from '../../api/use-ask.ts';
import { Link } from '../../app/Link.tsx';
import { dayAndTime } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import css from './CardPage.module.css';
import { CardLeases, type CardLeasesAnswer } from './card-log.graphql.ts';

export type Lease = NonNullable<CardLeasesAnswer['chipCard']>['fieldLeases'][number];

const text = words.leases;
const SHOWN = 4;

/** Newest first; null while it is asked. */
export function useLeases(card: string): readonly Lease[] | null {
  return useAsk(CardLeases, { card }).data?.chipCard?.fieldLeases.toReversed() ?? null;
}

export function Leases({ leases }: { readonly leases: readonly Lease[] | null }) {
  if (leases === null) return null;
  return (
    <section className={css.second}>
      <h2>{text.title}</h2>
      {leases.length === 0 && <p className={css.lead}>{text.none}</p>}
      <ul className={css.leases}>
        {leases.slice(0, SHOWN).map((lease) => (
          <li key={lease.position}>
            <strong>{lease.isLast ? text.left(lease.left, lease.entries) : text.ended}</strong>
            <span className={css.small}>
              {text.window(
                `${dayAndTime(lease.time)} UTC`,
                lease.until === null ? null : `${dayAndTime(lease.until)} UTC`,
              )}
              , {text.behind(lease.after)}
              {lease.withdrawn.length > 0 && `, ${text.withdrawn(lease.withdrawn.length)}`},{' '}
              <Link to={`/audit/${lease.position}`}>{words.alarms.event}</Link>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
