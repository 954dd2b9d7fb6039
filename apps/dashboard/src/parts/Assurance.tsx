/** How sure the record is of a module: four rising bars and its word. The scale is a shape, never a colour. */
import css from './Assurance.module.css';

const SCALE = ['none', 'operator-assured', 'mutual', 'manufacturer-anchored'];

export function Assurance({ value }: { readonly value: string | null }) {
  if (value === null) return <span className={css.none}>not known</span>;
  const reached = value === 'none' ? 0 : Math.max(1, SCALE.indexOf(value) + 1);
  return (
    <span className={css.assurance}>
      <svg width="22" height="12" viewBox="0 0 22 12" aria-hidden>
        {SCALE.map((step, at) => (
          <rect
            key={step}
            x={at * 6}
            y={9 - at * 3}
            width="4"
            height={3 + at * 3}
            fill={at < reached ? 'var(--ink)' : 'var(--line)'}
          />
        ))}
      </svg>
      {value}
    </span>
  );
}

/** `device` stands plain; `host`, where whoever has the PIN decides, in a dashed tag. */
export function Enforcement({ value }: { readonly value: string | null }) {
  if (value === null) return <span className={css.none}>not known</span>;
  return value === 'host' ? <span className={css.host}>host</span> : <span>{value}</span>;
}
