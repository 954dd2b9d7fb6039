/** What a witness is shown of a report when it looks for what speaks against it. */
import type { Facts } from '../board-facts.ts';

export interface ContestCase {
  readonly facts: Facts;
  readonly stream: string;
  readonly data: object;
}
