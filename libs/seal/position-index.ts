/** Which leaf an event is: positions in log order, searched by halves. */
import type { Position } from '#libs/kernel/event.ts';

export class PositionIndex {
  readonly #positions: Position[] = [];

  /** Positions come in log order. */
  add(position: Position): void {
    this.#positions.push(position);
  }

  indexOf(position: Position): number | null {
    let [low, high] = [0, this.#positions.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#positions[middle] ?? '') < position) low = middle + 1;
      else high = middle;
    }
    return this.#positions[low] === position ? low : null;
  }
}
