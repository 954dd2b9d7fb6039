/** The order about who watches the log: another witness is let in, beside the others or in the place of one that is lost. */
import { common, kind } from './order-parts.ts';
import { type Read, closed, name, oneOf, optional, text } from './template.ts';

/** C2SP verifier key: name, key id in hex, key in base64. */
const verifierKey = text(200, /^[A-Za-z0-9][A-Za-z0-9.:/-]{0,63}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{1,120}={0,2}$/);

const admitWitness = closed({
  ...common,
  kind: oneOf('admit-witness'),
  witness: verifierKey,
  /** Name of the witness that it takes the place of. */
  instead: optional(name),
});

export const WITNESS_ORDERS = {
  'admit-witness': kind<Read<typeof admitWitness>>({
    template: admitWitness,
    personsMin: 2,
    widens: true,
    sentence: (o) =>
      o.instead === undefined
        ? `Let the witness ${o.witness} cosign the log from now on, beside those there are.`
        : `Let the witness ${o.witness} cosign the log from now on, in the place of ${o.instead}, which counts no more.`,
  }),
} as const;
