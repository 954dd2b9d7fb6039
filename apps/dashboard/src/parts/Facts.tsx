/** Labels and what they label, a hairline between two. */
import type { ReactNode } from 'react';
import css from './Facts.module.css';

export interface Fact {
  readonly label: string;
  readonly value: ReactNode;
  /** Small, at the right end. */
  readonly aside?: ReactNode | undefined;
}

interface FactsProps {
  readonly facts: readonly Fact[];
  /** Width of the labels, pixels. */
  readonly labels?: number;
}

export function Facts({ facts, labels = 88 }: FactsProps) {
  return (
    <dl className={css.facts} style={{ '--labels': `${labels}px` } as Record<string, string>}>
      {facts.map(({ label, value, aside }) => (
        <div key={label} className={css.fact}>
          <dt>{label}</dt>
          <dd>{value}</dd>
          {aside !== undefined && <dd className={css.aside}>{aside}</dd>}
        </div>
      ))}
    </dl>
  );
}
