/** The event that is open, and what this browser made of its proof. */
import type { Judgement } from '../../checks/event-proof.ts';
import type { OneEventAnswer } from './audit.graphql.ts';

export type ShownEvent = NonNullable<OneEventAnswer['event']>;

export type Checked = { readonly state: 'unsealed' | 'checking' } | Judgement;
