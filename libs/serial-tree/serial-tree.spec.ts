/** The tree over an order's serials: every serial in it proves its place, and nothing else does. */
import { describe, expect, test } from '@jest/globals';
import { serialsFrom } from '#test/kit/orders.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { sha256 } from '#libs/kernel/hash.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import type { SerialTree } from '#libs/kernel/serials.ts';
import { listsSerials, namesSerial, serialProofs, serialTree } from './serial-tree.ts';

function treeOf(list: readonly string[]): SerialTree {
  const tree = serialTree(list);
  if (isRefusal(tree)) throw new Error(tree.code);
  return tree;
}

const NONE = new Uint8Array();
const ascii = (text: string) => Buffer.from(text, 'latin1');

describe('a tree of serials', () => {
  test('is RFC 6962: a leaf is the serial behind 00, a node its two below behind 01', () => {
    const [a, b] = ['ATM-1', 'ATM-2'].map((one) => sha256(Uint8Array.of(0), ascii(one)));
    expect(treeOf(['ATM-1'])).toEqual({ root: toBase64url(a!), size: 1 });
    expect(treeOf(['ATM-1', 'ATM-2'])).toEqual({ root: toBase64url(sha256(Uint8Array.of(1), a!, b!)), size: 2 });
  });

  test.each([1, 2, 3, 7, 16, 17, 100, 128, 255, 256])('of %d names each of its own and no other', (size) => {
    const list = serialsFrom(1, size);
    const tree = treeOf(list);
    const proofs = serialProofs(tree, list);
    for (const serial of list) expect(namesSerial(tree, serial, proofs(serial)!)).toBe(true);
    expect(proofs('SM-000000')).toBeNull();
    for (const serial of list) expect(namesSerial(tree, 'SM-000000', proofs(serial)!)).toBe(false);
  });

  test('takes no proof that is altered, cut, lengthened, of another place or of another tree', () => {
    const list = serialsFrom(1, 77);
    const tree = treeOf(list);
    const serial = 'SM-000050';
    const proof = serialProofs(tree, list)(serial)!;
    for (let at = 0; at < proof.length; at += 1) {
      const altered = proof.map((octet, place) => (place === at ? octet ^ 1 : octet));
      expect([at, namesSerial(tree, serial, altered)]).toEqual([at, false]);
      expect([at, namesSerial(tree, serial, proof.slice(0, at))]).toEqual([at, false]);
    }
    expect(namesSerial(tree, serial, Uint8Array.of(...proof, ...new Uint8Array(32)))).toBe(false);
    expect(namesSerial({ ...tree, size: 40 }, serial, proof)).toBe(false);
    expect(namesSerial(treeOf(serialsFrom(2, 77)), serial, proof)).toBe(false);
    expect(namesSerial(tree, '', proof)).toBe(false);
  });

  test('takes no inner node for a serial', () => {
    const tree = treeOf(['ATM-1', 'ATM-2', 'ATM-3', 'ATM-4']);
    const [a, b] = ['ATM-1', 'ATM-2'].map((one) => sha256(Uint8Array.of(0), ascii(one)));
    const node = Buffer.concat([a!, b!]).toString('latin1');
    const above = serialProofs(tree, ['ATM-1', 'ATM-2', 'ATM-3', 'ATM-4'])('ATM-1')!.slice(34);
    expect(namesSerial({ ...tree, size: 2 }, node, Uint8Array.of(0, 0, ...above))).toBe(false);
  });

  test.each([
    ['no serial', []],
    ['257', serialsFrom(1, 257)],
    ['descending ones', ['ATM-2', 'ATM-1']],
    ['one twice', ['ATM-1', 'ATM-1']],
  ])('is over no list of %s', (_what, list) => expect(serialTree(list)).toMatchObject({ code: 'BAD_SERIALS' }));
});

describe('an order', () => {
  const list = serialsFrom(1, 30);
  const tree = treeOf(list);

  test('with a tree is shown with exactly its list', () => {
    expect(listsSerials(tree, list)).toBe(true);
    expect(listsSerials(tree, list.slice(1))).toBe(false);
    expect(listsSerials(tree, [...list, 'SM-000031'])).toBe(false);
    expect(listsSerials(tree, [...list].reverse())).toBe(false);
    expect(listsSerials({ ...tree, size: 31 }, list)).toBe(false);
    expect(
      listsSerials(
        tree,
        list.map((one, at) => (at === 3 ? 'SM-000004x' : one)),
      ),
    ).toBe(false);
    expect(listsSerials(tree, [...list.slice(0, 29), 'SM-00003é'])).toBe(false);
  });

  test('that lists its serials needs no proof, and takes none', () => {
    expect(namesSerial(['ATM-1', 'ATM-2'], 'ATM-2', NONE)).toBe(true);
    expect(namesSerial(['ATM-1', 'ATM-2'], 'ATM-3', NONE)).toBe(false);
    expect(namesSerial(['ATM-1', 'ATM-2'], 'ATM-2', new Uint8Array(34))).toBe(false);
    expect(listsSerials(['ATM-1'], ['ATM-1'])).toBe(true);
    expect(listsSerials(['ATM-1'], ['ATM-1', 'ATM-2'])).toBe(false);
    expect(listsSerials([], [])).toBe(true);
  });
});
