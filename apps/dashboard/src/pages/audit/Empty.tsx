/** No hit: each term as a button that loosens it. */
import { Link } from '../../app/Link.tsx';
import { Notice } from '../../parts/Notice.tsx';
import { words } from '../../words/words.ts';
import css from './Search.module.css';
import { type Term, addressOf } from './filter.ts';

export function Empty({ terms }: { readonly terms: readonly Term[] }) {
  return (
    <Notice title={words.audit.empty}>
      <p className={css.loosen}>
        {terms.length > 0 && words.audit.loosen}
        {terms.map((term) => (
          <Link
            key={`${term.name} ${term.value}`}
            className={css.pill}
            to={addressOf(terms.filter((one) => one !== term))}
          >
            {words.audit.filters[term.name]} <strong>{term.value}</strong>
          </Link>
        ))}
      </p>
    </Notice>
  );
}
