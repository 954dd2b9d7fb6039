/** What the shapes of events are made of: texts, octets and keys as the log spells them. */
import { refuse } from '#libs/kernel/refusal.ts';
import { moment } from '#libs/kernel/disabling-orders.ts';
import { type Template, closed, hash, integer, list, name, oneOf, optional, text } from '#libs/kernel/template.ts';

export const words = text(2000);
export const word = text(64, /^[A-Z][A-Z0-9_]*$/);
export const time = text(40, /^\d{4}-\d\d-\d\dT[0-9:.]+Z$/);
export const octets = text(12_000, /^[A-Za-z0-9_-]+$/);
export const signature = text(86, /^[A-Za-z0-9_-]{86}$/);
export const stream = text(300, /^[!-~]+$/);
export const nothing = closed({});
export const names = list(name, 0, 16);
export const retirement = closed({ order: hash, reason: text(32, /^[a-z-]+$/) });
export const keyOrder = closed({ cardKey: hash, order: hash, reason: words });
export const jwk = closed({ crv: oneOf('P-256', 'Ed25519'), kty: oneOf('EC', 'OKP'), x: hash, y: optional(hash) });

export function orNull<T>(template: Template<T>): Template<T | null> {
  return (value, path) => (value === null ? null : template(value, path));
}

export const yes: Template<true> = (value, path) =>
  value === true ? true : refuse('BAD_SHAPE', `${path} must be true.`);
export const flag: Template<boolean> = (value, path) =>
  typeof value === 'boolean' ? value : refuse('BAD_SHAPE', `${path} must be true or false.`);

export const judgements = {
  ReportAccepted: closed({ fact: text(64) }),
  ReportContested: closed({ fact: text(64), code: word, message: words }),
};

/** SigningKeyDeactivated. The note is text as C2SP has it: three lines, an empty one, a signature. */
export const deactivation = closed({
  cardKey: hash,
  order: hash,
  reason: words,
  modules: integer(0),
  from: orNull(closed({ size: integer(1), root: hash, note: text(4000) })),
});

/** SigningKeyDisabled, on a station's list. */
export const disabledKey = closed({
  cardKey: hash,
  to: oneOf('suspended', 'deactivated', 'compromised'),
  order: hash,
  from: optional(moment),
});

/** What `handle` records when a guarded operation was refused; it belongs to no room. */
export const refused = [
  closed({ code: word, message: words, operation: words, stream: text(300) }),
  closed({ code: word, message: words, operation: words, stream: text(300), caller: text(32, /^[a-z-]+$/) }),
] as const;
