/** Orders that take trust from a signing key in good order, and those by which an officer says that he looked. */
import { common, kind } from './order-parts.ts';
import { type Refusal, refuse } from './refusal.ts';
import { type Read, closed, hash, integer, name, oneOf, optional } from './template.ts';

/** Modules that one deployment can have. */
const MODULES_MAX = 1_000_000;

/** A moment of the log: the size of its tree, and the RFC 6962 root of that size in base64url. */
export const moment = closed({ size: integer(1), root: hash });
export type Moment = Read<typeof moment>;

/**
 * Strictly: every certificate of the key is refused. From a checkpoint on: what was sealed before it stays good. `modules` is
 * how many modules in operation lose their station by it: who signs has seen the number, and the record must agree with it.
 */
const disableSigningKey = closed({
  ...common,
  kind: oneOf('disable-signing-key'),
  cardKey: hash,
  mode: oneOf('strict', 'from-checkpoint'),
  checkpoint: optional(moment),
  modules: integer(0, MODULES_MAX),
  reason: oneOf('suspected-misuse', 'lost', 'log-diverged', 'end-of-use', 'drill'),
});

/** What an officer found when he looked at a disagreement of a card's own log with the record. */
export const REVIEW_REASONS = ['explained', 'known-copy', 'misuse', 'drill'] as const;

const reviewDivergence = closed({
  ...common,
  kind: oneOf('review-divergence'),
  card: name,
  divergence: oneOf('rogue-signature', 'cloned-card', 'skipped-counter', 'lost-tail', 'used-while-disabled'),
  number: integer(0),
  head: hash,
  reason: oneOf(...REVIEW_REASONS),
});

function lost(modules: number): string {
  if (modules === 0) return 'no module in operation is shut out';
  return modules === 1 ? 'one module in operation is shut out' : `${modules} modules in operation are shut out`;
}

function disabling(o: Read<typeof disableSigningKey>): string {
  const { checkpoint } = o;
  const consequence =
    checkpoint === undefined
      ? 'strictly: every certificate of it is refused'
      : `from checkpoint ${checkpoint.size} (root ${checkpoint.root}) on: certificates sealed before it stay good, all others are refused`;
  return `Disable signing key ${o.cardKey} ${consequence}, and ${lost(o.modules)}: ${o.reason}.`;
}

export const DISABLING_ORDERS = {
  'disable-signing-key': kind<Read<typeof disableSigningKey>>({
    template: disableSigningKey,
    personsMin: 1,
    sentence: disabling,
  }),
  'review-divergence': kind<Read<typeof reviewDivergence>>({
    template: reviewDivergence,
    personsMin: 1,
    sentence: (o) =>
      `Say that ${o.divergence} at entry ${o.number} (head ${o.head}) of chip card ${o.card} was looked at: ${o.reason}.`,
  }),
} as const;

/** A moment stands in the order exactly where it disables from one on. */
export function momentHolds(order: Pick<Read<typeof disableSigningKey>, 'mode' | 'checkpoint'>): Refusal | null {
  return (order.mode === 'from-checkpoint') === (order.checkpoint !== undefined)
    ? null
    : refuse('BAD_SHAPE', 'An order to disable names a checkpoint where it disables from one on, and nowhere else.');
}
