/** A question's answer, or what stands in its place: nothing yet, what went wrong, or that there is nothing. */
import type { ReactNode } from 'react';
import type { Asked as AskedOf } from '../api/use-ask.ts';
import { Failed } from './Notice.tsx';
import css from './Asked.module.css';

interface AskedProps<Answer> {
  readonly asked: AskedOf<Answer>;
  readonly children: (answer: Answer) => ReactNode;
}

export function Asked<Answer>({ asked, children }: AskedProps<Answer>) {
  if (asked.data != null) return <>{children(asked.data)}</>;
  if (asked.fault === null) return null;
  return (
    <div className={css.place}>
      <Failed fault={asked.fault} retry={asked.again} />
    </div>
  );
}
