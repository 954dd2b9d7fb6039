/** Class A is a filled square, B an outlined one; what is owed is dashed. */
import css from './KeyClass.module.css';

interface KeyClassProps {
  readonly value: string;
  readonly owed?: boolean;
}

export function KeyClass({ value, owed = false }: KeyClassProps) {
  return (
    <span
      className={css.square}
      data-class={value}
      data-owed={owed}
      title={owed ? `Class ${value}, owed` : `Class ${value}`}
    >
      {value}
    </span>
  );
}
