/** What a witness signs under a checkpoint (c2sp.org/tlog-cosignature): two lines of its own, then the whole body. */
import { concat, utf8 } from '#libs/kernel/bytes.ts';
import type { Seconds } from '#libs/kernel/clock.ts';

const OCTETS = 8 + 64;

/** The message of a cosignature at its time; null where the octets are no u64 seconds and 64 octets of signature. */
export function cosignedMessage(body: Uint8Array, signature: Uint8Array): Uint8Array | null {
  const time = cosignedAt(signature);
  return time === null ? null : messageAt(body, time);
}

export function messageAt(body: Uint8Array, time: Seconds): Uint8Array {
  return concat(utf8(`cosignature/v1\ntime ${time}\n`), body);
}

/** When the witness signed; null beyond 2^53-1 and on another length. */
export function cosignedAt(signature: Uint8Array): Seconds | null {
  if (signature.length !== OCTETS) return null;
  const time = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
  return time <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(time) : null;
}
