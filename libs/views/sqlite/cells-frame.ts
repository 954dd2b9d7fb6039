/** Rows of a view on their way to the thread that writes them: their texts as one, and numbers that change hands. */
import type { Changes } from '../fold.ts';
import type { Cell } from '../view.ts';
import { type ChangedCells, TOGETHER, type Table } from './view-rows.ts';

export interface CellsFrame {
  readonly view: Table;
  readonly rows: number;
  readonly text: string;
  /** Of each cell the length of its text, or one below 0: nothing, or a number that follows. */
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly gone: readonly string[];
}

const NOTHING = -1;
const NUMBER = -2;

export function cellsFrameOf({ view: { name, key, columns }, rows, gone }: Changes): CellsFrame {
  const numbers = new Float64Array(rows.length * columns.length * 2); // a number takes two places, all else one
  let text = '';
  let at = 0;
  for (const row of rows)
    for (const column of columns) {
      const cell = row[column] ?? null;
      if (typeof cell === 'string') {
        numbers[at++] = cell.length;
        text += cell;
      } else if (cell === null) numbers[at++] = NOTHING;
      else {
        numbers[at++] = NUMBER;
        numbers[at++] = cell;
      }
    }
  return { view: { name, key, columns }, rows: rows.length, text, numbers, gone };
}

export function cellsIn(frame: CellsFrame): ChangedCells {
  return { view: frame.view, pieces: piecesIn(frame), gone: frame.gone };
}

function* piecesIn({ view, rows, text, numbers }: CellsFrame): Generator<readonly Cell[]> {
  const width = view.columns.length;
  let [at, from] = [0, 0];
  for (let left = rows; left > 0;) {
    const many = left >= TOGETHER ? TOGETHER : 1;
    const cells: Cell[] = [];
    while (cells.length < many * width) {
      const number = numbers[at] ?? NOTHING;
      at += 1;
      if (number >= 0) cells.push(text.slice(from, (from += number)));
      else if (number === NOTHING) cells.push(null);
      else {
        cells.push(numbers[at] ?? 0);
        at += 1;
      }
    }
    yield cells;
    left -= many;
  }
}
