/** How long the newest copy of a trust list that its station fetched is good; amber once it is not. */
import { useNow } from '../clock.ts';
import { duration } from '../words/format.ts';
import { words } from '../words/words.ts';
import css from './Fresh.module.css';

export interface HandedCopy {
  readonly version: number;
  readonly at: string;
  readonly notAfter: string;
}

const text = words.fresh;

export function Fresh({ copy }: { readonly copy: HandedCopy | null }) {
  const now = useNow(1000);
  if (copy === null) return <span className={css.unknown}>{text.unknown}</span>;
  const left = Date.parse(copy.notAfter) - now;
  return (
    <span className={css.fresh} data-out={left <= 0} title={`${text.what(copy.version)} ${copy.notAfter}`}>
      {left > 0 ? text.until(duration(left)) : text.ranOut(duration(-left))}
    </span>
  );
}

export function hasRunOut(copy: HandedCopy | null, now: number): boolean {
  return copy !== null && Date.parse(copy.notAfter) <= now;
}
