/** A word of the platform inside a sheet: it is not among what was signed. */
import type { ReactNode } from 'react';
import { words } from '../words/words.ts';
import css from './Platform.module.css';

export function PlatformWord({ children }: { readonly children: ReactNode }) {
  return (
    <span className={css.word} title={words.platformWord}>
      ◇ {children}
    </span>
  );
}
