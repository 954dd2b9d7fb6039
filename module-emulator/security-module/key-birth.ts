/** How a module key is born: from the module's own entropy, with a salt that the personalization unit prescribes (S19b). */
import { type KeyObject, createECDH, createPrivateKey, hkdfSync } from 'node:crypto';
import { ascii, concat, toBase64url, toHex } from '#libs/kernel/bytes.ts';

/** Order of the group of P-256 (SEC 2, FIPS 186-5). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const INFO = ascii('keyledger module key v1\n');

/** 64 bits more than the order needs, so that the bias of the reduction is below 2^-64 (FIPS 186-5 A.2.1). */
const CANDIDATE_OCTETS = 48;

/** Internal randomness of a module; a test can set it to show what the salt alone does. */
export type Entropy = (octets: number) => Uint8Array;

/**
 * HKDF-SHA-256 over 32 internal octets, salted; 48 octets reduced to a scalar, mod (n-1) + 1.
 * Yields base64url PKCS #8. Without the internal octets the salt determines nothing.
 */
export function bornKey(internal: Uint8Array, salt: Uint8Array): string {
  const candidate = Uint8Array.from(Buffer.from(hkdfSync('sha256', internal, salt, INFO, CANDIDATE_OCTETS)));
  const scalar = (BigInt(`0x${toHex(candidate)}`) % (ORDER - 1n)) + 1n;
  const octets = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex');
  return toBase64url(Uint8Array.from(privateKeyOf(octets).export({ format: 'der', type: 'pkcs8' })));
}

function privateKeyOf(scalar: Buffer): KeyObject {
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(scalar);
  const point = curve.getPublicKey();
  // RFC 5915 ECPrivateKey: version 1, the scalar, named curve, the public point
  const head = [0x30, 0x77, 0x02, 0x01, 0x01, 0x04, 0x20];
  const named = [0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0xa1, 0x44, 0x03, 0x42, 0x00];
  const der = concat(Uint8Array.from(head), scalar, Uint8Array.from(named), point);
  return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'sec1' });
}
