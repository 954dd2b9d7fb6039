/** What a person compares or copies: groups of four, the first eight marked to find one's place. All of it counts. */
import { inFours } from '../words/format.ts';
import css from './Fingerprint.module.css';

interface FingerprintProps {
  readonly value: string;
  /** `large` is for comparing by eye against another screen. */
  readonly size?: 'small' | 'large';
}

export function Fingerprint({ value, size = 'small' }: FingerprintProps) {
  if (size === 'small') return <span className="mono">{inFours(value)}</span>;
  return (
    <span className={css.large}>
      <mark>{inFours(value.slice(0, 8))}</mark> {inFours(value.slice(8))}
    </span>
  );
}
