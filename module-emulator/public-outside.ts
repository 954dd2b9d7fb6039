/**
 * The other way to keep public octets intact (S13d, S21c): they lie outside the key memory, by their hash, and inside lies
 * the hash alone. Each reading compares, so that one flipped octet outside is found before anything rests on it.
 */
import { join } from 'node:path';
import { fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { refuse } from '#libs/kernel/refusal.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';
import type { SealedImage } from './sealed-image.ts';

export const PUBLIC_ALTERED = refuse(
  'PUBLIC_ALTERED',
  'A public key or certificate that lies outside the key memory is not the one whose hash lies inside.',
);

/** Thrown where it is read; a device answers PUBLIC_ALTERED and does nothing else. */
export class PublicAltered extends Error {}

/** Octets by their hash, where everybody may write. `write` is durable before it returns. */
export interface OutsideStore {
  readonly read: (hash: string) => Uint8Array | null;
  readonly write: (hash: string, octets: Uint8Array) => void;
}

/** A file for each, in a folder of its own. */
export function outsideFolder(folder: string): OutsideStore {
  return {
    read: (hash) => readWhole(join(folder, hash)),
    write: (hash, octets) => replaceWhole(join(folder, hash), octets),
  };
}

/** Members of the two devices that are public: paths to base64url texts. */
export const PUBLIC_OF_CARD = [
  'cardCa',
  'customer.approverSet',
  'customer.leaseKeySpki',
  'customer.identityCaSpki',
] as const;
export const PUBLIC_OF_MODULE = [
  'manufacturerRoot',
  'identity.certificate',
  'identity.identityCa',
  'operation.certificate',
  'operation.cardCa',
] as const;

const INSIDE = 'sha-256:';

/**
 * The image as the device sees it, whole; what is sealed holds hashes. What stands outside is written first: a loss of
 * power between the two leaves the image before, whose octets are still there.
 */
export function publicOutside<T extends object>(
  image: SealedImage<T>,
  outside: OutsideStore,
  members: readonly string[],
): SealedImage<T> {
  const put = (text: string): string => {
    const octets = fromBase64url(text) ?? new Uint8Array();
    const hash = hashId(octets);
    if (outside.read(hash) === null) outside.write(hash, octets);
    return `${INSIDE}${hash}`;
  };
  const get = (kept: string): string => {
    if (!kept.startsWith(INSIDE)) return kept;
    const hash = kept.slice(INSIDE.length);
    const octets = outside.read(hash);
    if (octets === null || hashId(octets) !== hash) throw new PublicAltered('octets outside the key memory');
    return toBase64url(octets);
  };
  return { read: () => mapped(image.read(), members, get), write: (next) => image.write(mapped(next, members, put)) };
}

function mapped<T extends object>(value: T, members: readonly string[], change: (text: string) => string): T {
  const copy = structuredClone(value) as Record<string, unknown>;
  for (const member of members) {
    const names = member.split('.');
    const last = names.pop() ?? '';
    const holder = names.reduce<unknown>((at, name) => (at as Record<string, unknown> | null)?.[name], copy);
    if (typeof holder !== 'object' || holder === null) continue;
    const it = holder as Record<string, unknown>;
    if (typeof it[last] === 'string') it[last] = change(it[last]);
  }
  return copy as T;
}
