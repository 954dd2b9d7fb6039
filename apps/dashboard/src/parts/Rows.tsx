/** A long list of rows of one height: only those in sight are drawn, and more are asked for before the end is seen. */
import { type ReactNode, type UIEvent, useEffect, useRef, useState } from 'react';
import css from './Rows.module.css';

const OVERSCAN = 12;

interface RowsProps<T> {
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  readonly draw: (row: T) => ReactNode;
  /** Pixels. */
  readonly rowHeight: number;
  readonly onNearEnd: () => void;
  readonly onAtTop: (isAtTop: boolean) => void;
  /** Number of the row to hold in sight. */
  readonly shown: number | null;
  /** Behind the last row. */
  readonly end: ReactNode;
}

export function Rows<T>({ rows, keyOf, draw, rowHeight, onNearEnd, onAtTop, shown, end }: RowsProps<T>) {
  const pane = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(800);

  useEffect(() => {
    const element = pane.current;
    if (element === null) return;
    const watch = new ResizeObserver(() => setHeight(element.clientHeight));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);

  useEffect(() => {
    const element = pane.current;
    if (element === null || shown === null) return;
    const from = shown * rowHeight;
    if (from < element.scrollTop) element.scrollTop = from;
    else if (from + rowHeight > element.scrollTop + element.clientHeight)
      element.scrollTop = from + rowHeight - element.clientHeight;
  }, [shown, rowHeight]);

  const first = Math.max(0, Math.floor(top / rowHeight) - OVERSCAN);
  const last = Math.min(rows.length, Math.ceil((top + height) / rowHeight) + OVERSCAN);
  useEffect(() => {
    if (last >= rows.length - OVERSCAN) onNearEnd();
  }, [last, rows.length, onNearEnd]);

  const scroll = ({ currentTarget }: UIEvent<HTMLDivElement>): void => {
    setTop(currentTarget.scrollTop);
    onAtTop(currentTarget.scrollTop < rowHeight);
  };
  return (
    <div className={css.pane} ref={pane} onScroll={scroll}>
      <div className={css.rows} style={{ paddingTop: first * rowHeight, minHeight: rows.length * rowHeight }}>
        {rows.slice(first, last).map((row) => (
          <div key={keyOf(row)} className={css.row} style={{ height: rowHeight }}>
            {draw(row)}
          </div>
        ))}
      </div>
      {end}
    </div>
  );
}
