/** A state as a word in a small frame; the colour says no more than the word. */
import type { ReactNode } from 'react';
import css from './Tag.module.css';

export type Tone = 'ink' | 'owed' | 'refused' | 'selected';

export function Tag({ tone = 'ink', children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return (
    <span className={css.tag} data-tone={tone}>
      {children}
    </span>
  );
}
