/** The key that does the same as the button beside it. */
import css from './Key.module.css';

export function Key({ children }: { readonly children: string }) {
  return <kbd className={css.key}>{children}</kbd>;
}
