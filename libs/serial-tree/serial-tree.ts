/**
 * The tree over an order's serials (RFC 6962 §2.1): one approval for many modules, and for each of them a short proof that
 * it is among those that were approved. Whoever relies on it checks the proof himself.
 */
import { OctetReader, Truncated, ascii, concat, fromBase64url, toBase64url, u16 } from '#libs/kernel/bytes.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import { type OrderSerials, type SerialTree, SERIALS_MAX, areAscending, isSerialTree } from '#libs/kernel/serials.ts';
import { leafHash } from '#libs/seal/merkle-node.ts';
import { verifyInclusion } from '#libs/seal/merkle-proof.ts';
import { MerkleTree } from '#libs/seal/merkle.ts';

const HASH_OCTETS = 32;

function treeOver(serials: readonly string[]): MerkleTree {
  const tree = new MerkleTree();
  for (const serial of serials) tree.append(ascii(serial));
  return tree;
}

/** Root and size as they stand in an order; BAD_SERIALS unless there are 1 to 256, unique and ascending. */
export function serialTree(serials: readonly string[]): SerialTree | Refusal {
  if (serials.length === 0 || serials.length > SERIALS_MAX.inTree || !areAscending(serials))
    return refuse('BAD_SERIALS', `A tree is over 1 to ${SERIALS_MAX.inTree} unique ascending serials.`);
  return { root: toBase64url(treeOver(serials).root()), size: serials.length };
}

/** Whether the list is the whole of what the order names: its own list, or exactly the leaves of its tree. */
export function listsSerials(ordered: OrderSerials, list: readonly string[]): boolean {
  if (!isSerialTree(ordered)) return canonicalJson(ordered) === canonicalJson(list);
  if (list.length !== ordered.size || !list.every(isPrintable) || !areAscending(list)) return false;
  return toBase64url(treeOver(list).root()) === ordered.root;
}

function isPrintable(serial: string): boolean {
  return /^[ -~]{1,64}$/.test(serial);
}

/**
 * For each serial its proof: index in two octets, then the audit path, nearest sibling first. Empty for an order that
 * lists its serials. `list` is the whole list; null for a serial that is not in it.
 */
export function serialProofs(ordered: OrderSerials, list: readonly string[]): (serial: string) => Uint8Array | null {
  const tree = isSerialTree(ordered) ? treeOver(list) : null;
  return (serial) => {
    const index = list.indexOf(serial);
    if (index < 0) return null;
    return tree === null ? new Uint8Array() : concat(u16(index), ...tree.inclusionProof(index));
  };
}

/** Whether the order names this serial, by nothing but the order and the proof. Never throws. */
export function namesSerial(ordered: OrderSerials, serial: string, proof: Uint8Array): boolean {
  if (!isSerialTree(ordered)) return proof.length === 0 && ordered.includes(serial);
  const read = readProof(proof);
  const root = fromBase64url(ordered.root);
  if (read === null || root === null || !isPrintable(serial)) return false;
  const { index, path } = read;
  return verifyInclusion({ index, size: ordered.size, leafHash: leafHash(ascii(serial)), proof: path, root });
}

function readProof(octets: Uint8Array): { index: number; path: readonly Uint8Array[] } | null {
  try {
    const from = new OctetReader(octets);
    const index = from.u16();
    if (from.left % HASH_OCTETS !== 0) return null;
    return { index, path: Array.from({ length: from.left / HASH_OCTETS }, () => from.take(HASH_OCTETS)) };
  } catch (error) {
    if (error instanceof Truncated) return null;
    throw error;
  }
}
