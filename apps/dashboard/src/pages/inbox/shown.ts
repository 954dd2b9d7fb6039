/** The order as the platform tells it; all that is signed of it stands in its bytes. */
import type { OneOrderAnswer } from './inbox.graphql.ts';

export type ToldOrder = NonNullable<OneOrderAnswer['order']>;

/** For class A, on the officer's own machine. An id may begin with a dash: so it is written behind `=`. */
export function approveCommand(id: string, options = ''): string {
  return `npm run keyledger -- approve${options} --dir YOUR-FOLDER --order=${id}`;
}
