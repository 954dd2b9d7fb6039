/** Public keys on P-256 (SEC 2 §2.4.2) as SubjectPublicKeyInfo: one form, uncompressed, and really on the curve. */
import { concat, equal } from '#libs/kernel/bytes.ts';

/** AlgorithmIdentifier {id-ecPublicKey, prime256v1}, the head of the BIT STRING, and the tag of an uncompressed point: 27 octets. */
const HEAD = Uint8Array.from(Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex'));

export const SPKI_OCTETS = 91;

const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/** Big-endian octets as a number. */
export function scalar(octets: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(octets).toString('hex') || '0'}`);
}

/** Whether the octets are the 91 of a P-256 key; y² = x³ − 3x + b is checked, so that no library throws later. */
export function isP256Spki(spki: Uint8Array): boolean {
  if (spki.length !== SPKI_OCTETS || !equal(spki.slice(0, HEAD.length), HEAD)) return false;
  const x = scalar(spki.slice(27, 59));
  const y = scalar(spki.slice(59));
  return x < P && y < P && (y * y - x * x * x + 3n * x - B) % P === 0n;
}

/** The point of a key as SEC 1 writes it: `04` ‖ x ‖ y, 65 octets. */
export function pointOf(spki: Uint8Array): Uint8Array {
  return spki.slice(HEAD.length - 1);
}

/** The key of a point, `04` ‖ x ‖ y. Throws RangeError on 65 octets that are none, and on any other number. */
export function spkiOfPoint(point: Uint8Array): Uint8Array {
  const spki = concat(HEAD.slice(0, -1), point);
  if (!isP256Spki(spki)) throw new RangeError('no point of P-256');
  return spki;
}
