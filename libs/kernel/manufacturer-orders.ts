/** Orders about who makes security modules: another manufacturer's root is let in, or lets in nothing new any more. */
import { common, kind } from './order-parts.ts';
import { type Read, closed, hash, name, oneOf } from './template.ts';

/** `root` is SHA-256 of the root certificate, DER: the fingerprint that the manufacturer tells by another way. */
const registerKey = closed({ ...common, kind: oneOf('register-manufacturer-key'), manufacturer: name, root: hash });

const withdrawKey = closed({
  ...common,
  kind: oneOf('withdraw-manufacturer-key'),
  root: hash,
  reason: oneOf('replaced', 'suspected-misuse', 'stolen', 'ended', 'drill'),
});

export const MANUFACTURER_ORDERS = {
  'register-manufacturer-key': kind<Read<typeof registerKey>>({
    template: registerKey,
    personsMin: 2,
    widens: true,
    sentence: (o) =>
      `Accept modules, and chip cards' CAs, under the root ${o.root} of manufacturer ${o.manufacturer} from now on.`,
  }),
  'withdraw-manufacturer-key': kind<Read<typeof withdrawKey>>({
    template: withdrawKey,
    personsMin: 2,
    sentence: (o) =>
      `Accept nothing new under the manufacturer root ${o.root}, for ever: ${o.reason}. What it certified before stands.`,
  }),
} as const;
