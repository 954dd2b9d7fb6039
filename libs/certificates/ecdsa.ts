/** ECDSA on P-256 with SHA-256 (FIPS 186-5) as 64 octets r‖s, always low-S; and its DER form in X.509. */
import { type KeyObject, sign, verify } from 'node:crypto';
import { concat } from '#libs/kernel/bytes.ts';
import { sequence, unsigned } from './der.ts';
import { DerReader, Malformed } from './der-reader.ts';
import { scalar } from './p256.ts';

/** Order of P-256. */
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const HALF_N = N >> 1n;

function scalarOctets(value: bigint): Uint8Array {
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(64, '0'), 'hex'));
}

/** Signs; answers the low-S form, so that nobody can make a second valid signature of it unnoticed. */
export function signRaw(over: Uint8Array, key: KeyObject): Uint8Array {
  const signature = Uint8Array.from(sign('sha256', over, { key, dsaEncoding: 'ieee-p1363' }));
  return lowS(signature);
}

/** The same signature with s in its low form; what is no signature (s not below the group order) stays as it is. */
export function lowS(signature: Uint8Array): Uint8Array {
  const s = scalar(signature.slice(32));
  return s <= HALF_N || s >= N ? signature : concat(signature.slice(0, 32), scalarOctets(N - s));
}

export function isLowS(signature: Uint8Array): boolean {
  return signature.length === 64 && scalar(signature.slice(32)) <= HALF_N;
}

/** Whether the 64 octets are a signature of the key over the bytes; high-S is accepted here. */
export function verifyRaw(over: Uint8Array, signature: Uint8Array, key: KeyObject): boolean {
  return signature.length === 64 && verify('sha256', over, { key, dsaEncoding: 'ieee-p1363' }, signature);
}

/** ECDSA-Sig-Value (RFC 3279 §2.2.3): SEQUENCE of r and s, from 64 octets. */
export function toDerSignature(signature: Uint8Array): Uint8Array {
  if (signature.length !== 64) throw new RangeError('a signature has 64 octets');
  return sequence(unsigned(signature.slice(0, 32)), unsigned(signature.slice(32)));
}

/** 64 octets from ECDSA-Sig-Value; throws `Malformed`. */
export function fromDerSignature(der: Uint8Array): Uint8Array {
  const outer = new DerReader(der);
  const inner = outer.enter();
  const parts = [inner.unsigned(), inner.unsigned()];
  inner.end();
  outer.end();
  return concat(
    ...parts.map((part) => {
      if (part.length > 32) throw new Malformed('a scalar longer than the group order');
      return concat(new Uint8Array(32 - part.length), part);
    }),
  );
}
