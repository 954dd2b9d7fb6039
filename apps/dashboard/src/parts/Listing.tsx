/** A short table: a link per row, a column per fact. On a narrow page each row becomes two lines: its name, and the rest. */
import type { ReactNode } from 'react';
import { Link } from '../app/Link.tsx';
import css from './Listing.module.css';

export interface Column<T> {
  readonly label: string;
  readonly value: (row: T) => ReactNode;
  readonly isNumber?: boolean;
  /** Shown at 1700 pixels and more. */
  readonly isExtra?: boolean;
}

interface ListingProps<T> {
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  readonly to: (row: T) => string;
}

export function Listing<T>({ columns, rows, keyOf, to }: ListingProps<T>) {
  const classOf = ({ isNumber, isExtra }: Column<T>): string =>
    [isNumber === true ? css.number : '', isExtra === true ? css.extra : ''].join(' ');
  return (
    <table className={css.table}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.label} className={classOf(column)} scope="col">
              {column.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map((column, at) => (
              <td key={column.label} className={classOf(column)} data-label={column.label}>
                {at === 0 ? (
                  <Link to={to(row)} className={css.open}>
                    {column.value(row)}
                  </Link>
                ) : (
                  column.value(row)
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
