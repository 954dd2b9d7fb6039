/** The title of a page, what stands above and beside it, and what can be done with all of it. */
import type { ReactNode } from 'react';
import css from './PageHead.module.css';

interface PageHeadProps {
  readonly title: ReactNode;
  readonly over?: ReactNode;
  readonly tag?: ReactNode;
  readonly under?: ReactNode;
  readonly children?: ReactNode;
}

export function PageHead({ title, over, tag, under, children }: PageHeadProps) {
  return (
    <header className={css.head}>
      <div className={css.titles}>
        {over !== undefined && <p className={css.over}>{over}</p>}
        <div className={css.title}>
          <h1>{title}</h1>
          {tag}
        </div>
        {under !== undefined && <p className={css.under}>{under}</p>}
      </div>
      <div className={css.actions}>{children}</div>
    </header>
  );
}

/** A figure in the head of a page: its label above it. */
export function HeadFact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className={css.fact}>
      <span>{label}</span>
      <strong>{children}</strong>
    </div>
  );
}
