/** A chip card as the platform tells it. */
import type { OneCardAnswer } from './cards.graphql.ts';

export type Card = NonNullable<OneCardAnswer['chipCard']>;
