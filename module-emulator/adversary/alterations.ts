/** How attackers alter what others signed: orders, certificates, signatures, one spelling for another. */
import { assemble, parseModuleCertificate } from '#libs/certificates/module-operation.ts';
import { ascii, concat, fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import type { Dice } from './dice.ts';
import { orThrow } from './people.ts';

/** Order of P-256. */
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** s replaced by n - s: a second valid signature that its maker never made. */
export function flipped(signature: Uint8Array): Uint8Array {
  const s = N - BigInt(`0x${Buffer.from(signature.slice(32)).toString('hex')}`);
  return concat(signature.slice(0, 32), Uint8Array.from(Buffer.from(s.toString(16).padStart(64, '0'), 'hex')));
}

export function flippedProof(proof: Proof): Proof {
  return { ...proof, signature: toBase64url(flipped(fromBase64url(proof.signature) ?? new Uint8Array(64))) };
}

export function flippedCertificate(der: Uint8Array): Uint8Array {
  const { tbs, signature } = orThrow(parseModuleCertificate(der));
  return assemble(tbs, flipped(signature));
}

type Members = Readonly<Record<string, unknown>>;

function membersOf(order: Uint8Array): Members {
  return JSON.parse(Buffer.from(order).toString('latin1')) as Members; // an order that was made here
}

/** An order with one member altered, in its canonical form: still an order, but not the one that was signed. */
export function altered(order: Uint8Array, dice: Dice): Uint8Array {
  const members = membersOf(order);
  const changes: readonly Members[] = [
    { nonce: toBase64url(dice.octets().slice(0, 16)) },
    { serials: [`SM-${String(100 + dice.below(900)).padStart(6, '0')}`] },
    { stationKey: toBase64url(dice.octets()) },
    { stationNextKey: toBase64url(dice.octets()) },
    { unit: `unit-${2 + dice.below(100)}` }, // the order names unit-1
    { requester: dice.pick(['ben', 'cem', 'dot']) },
    { notBefore: Number(members.notBefore) - 1 - dice.below(100_000) },
    { notAfter: Number(members.notAfter) + 1 + dice.below(80_000) },
    { certificateNotAfter: Number(members.certificateNotAfter) + 1 + dice.below(100_000) },
  ];
  return ascii(canonicalJson({ ...members, ...dice.pick(changes) }));
}

/** The same order in another spelling, or with something hidden in it. */
export function respelled(order: Uint8Array, dice: Dice): Uint8Array {
  const text = Buffer.from(order).toString('latin1');
  return ascii(
    dice.pick([
      text.replace('{', '{ '),
      `${text}\n`,
      text.replace('"kind"', '"\\u006bind"'),
      text.replace('{', '{"approverSet":"x",'),
      text.replace('"unit":', '"serials":["SM-000099"],"unit":'),
      text.replace(/"reportBy":([0-9]+)/, '"reportBy":$1.0'),
      text.slice(0, text.length - 1 - dice.below(20)),
    ]),
  );
}
