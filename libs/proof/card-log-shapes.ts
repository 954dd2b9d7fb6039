/** Shapes of what is recorded of a card's own log, and of its leases for the field. */
import { WITHDRAWN_MAX } from '#libs/chip-card-protocol/statements.ts';
import { DIVERGENCE_KINDS, ENTRIES_PER_READING } from '#libs/domain/chip-card/card-log.ts';
import { REVIEW_REASONS } from '#libs/kernel/disabling-orders.ts';
import { type Template, closed, hash, integer, list, name, oneOf, text } from '#libs/kernel/template.ts';

function orNull<T>(template: Template<T>): Template<T | null> {
  return (value, path) => (value === null ? null : template(value, path));
}

/** CardLogRead. An entry of a card's log has at most 700 octets. */
export const readingShape = closed({
  entries: list(text(1400, /^[A-Za-z0-9_-]+$/), 0, ENTRIES_PER_READING),
  head: hash,
  nonce: text(22, /^[A-Za-z0-9_-]{22}$/),
  number: integer(0, 65_535),
  signature: text(86, /^[A-Za-z0-9_-]{86}$/),
});

/** FieldLeaseGiven. */
export const fieldLeaseShape = closed({
  after: integer(0),
  approverSet: hash,
  challenge: hash,
  entries: integer(2, 65_535),
  signature: text(86, /^[A-Za-z0-9_-]{86}$/),
  time: integer(0),
  withdrawn: list(hash, 0, WITHDRAWN_MAX),
});

/** CardLogHealed. */
export const healedShape = closed({ head: hash, number: integer(1) });

/** CardLogDiverged. */
export const divergenceShape = closed({
  fingerprint: orNull(hash),
  head: hash,
  kind: oneOf(...DIVERGENCE_KINDS),
  number: integer(0),
  order: orNull(hash),
  serial: orNull(name),
  tbs: orNull(hash),
});

const ALARMS = ['rogue-signature', 'cloned-card', 'skipped-counter', 'lost-tail', 'used-while-disabled'] as const;
const alarm = { head: hash, kind: oneOf(...ALARMS), number: integer(0) } as const;

/** DivergenceOverdue. */
export const alarmShape = closed(alarm);

/** DivergenceReviewed. */
export const reviewShape = closed({ ...alarm, reason: oneOf(...REVIEW_REASONS), order: hash });
