/** How leaves and nodes of the seal's tree are hashed (RFC 6962 §2.1). */
import { hash } from 'node:crypto';

/** Octets are kept as latin1 text: one character per octet, several times faster to hash than small buffers. */
export type Node = string;

function sha256(octets: Node): Node {
  return hash('sha256', Buffer.from(octets, 'latin1'), 'binary');
}

/** SHA-256(0x01 ‖ left ‖ right). */
export function parent(left: Node, right: Node): Node {
  return sha256(`\x01${left}${right}`);
}

export function nodeOf(octets: Uint8Array): Node {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('latin1');
}

export function octetsOf(node: Node): Uint8Array {
  return Uint8Array.from(Buffer.from(node, 'latin1'));
}

/** SHA-256(0x00 ‖ entry): the hash of a leaf. */
export function leafHash(entry: Uint8Array): Uint8Array {
  return octetsOf(leafNode(entry));
}

export function leafNode(entry: Uint8Array): Node {
  return sha256(`\x00${nodeOf(entry)}`);
}

/** The root of a tree without leaves (RFC 6962 §2.1). */
export function hashOfNothing(): Node {
  return sha256('');
}
