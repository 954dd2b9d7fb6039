/** Paper: a white sheet with an ink edge holds signed or sealed bytes and what is rendered from them, and nothing else. */
import type { ReactNode } from 'react';
import css from './Sheet.module.css';

interface SheetProps {
  readonly children: ReactNode;
  /** `column` fills its column to the bottom; in the flow it stands by itself. */
  readonly as?: 'flow' | 'column';
  /** A proof that failed makes the edge red. */
  readonly failed?: boolean;
}

export function Sheet({ children, as = 'flow', failed = false }: SheetProps) {
  return (
    <section className={css.sheet} data-as={as} data-failed={failed}>
      {children}
    </section>
  );
}

/** A title with something at its right end. */
export function SectionHead({ title, children }: { readonly title: ReactNode; readonly children?: ReactNode }) {
  return (
    <div className={css.head}>
      <h2>{title}</h2>
      {children}
    </div>
  );
}
