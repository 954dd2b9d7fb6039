/** What the parts of a trust list's page hand to each other. */
import type { OneTrustListAnswer } from './trust-lists.graphql.ts';

/** Names of cards by the thumbprint of their keys. */
export type CardNamesByKey = ReadonlyMap<string, string>;

export type TrustListRow = NonNullable<OneTrustListAnswer['trustListView']>;
