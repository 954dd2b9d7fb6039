/** The seal's tree against the standard RFC 6962 leaves, every proof it makes, and other people's published vectors. */
import { describe, expect, test } from '@jest/globals';
import { fromHex, octets32 } from './octets.fixture.ts';
import { toHex } from '#libs/kernel/bytes.ts';
import { fromBase64 } from './base64.ts';
import { leafHash } from './merkle-node.ts';
import { verifyConsistency, verifyInclusion } from './merkle-proof.ts';
import { MerkleTree } from './merkle.ts';
import { describeVectors, vectorText, vectorsPresent } from './published-vectors.fixture.ts';

/** The eight leaves that RFC 6962 implementations test with, and the roots of their first 1 to 8 (google/certificate-transparency). */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

function treeOf(count: number): MerkleTree {
  const tree = new MerkleTree();
  for (let index = 0; index < count; index += 1) tree.append(octets32(index));
  return tree;
}

describe('the tree', () => {
  test('has the published roots of the eight standard leaves, and of none the hash of nothing', () => {
    const tree = new MerkleTree();
    expect(toHex(tree.root())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    for (const [index, leaf] of LEAVES.entries()) {
      tree.append(fromHex(leaf));
      expect(toHex(tree.root())).toBe(ROOTS[index]);
    }
    expect(ROOTS.map((_, index) => toHex(tree.root(index + 1)))).toEqual(ROOTS);
  });

  test('proves every leaf in every size up to 70, and no leaf in another place', () => {
    const tree = treeOf(70);
    for (let size = 1; size <= 70; size += 1)
      for (let index = 0; index < size; index += 1) {
        const it = {
          index,
          size,
          leafHash: leafHash(octets32(index)),
          proof: tree.inclusionProof(index, size),
          root: tree.root(size),
        };
        expect(verifyInclusion(it)).toBe(true);
        expect(verifyInclusion({ ...it, index: (index + 1) % size }) && size > 1).toBe(false);
        expect(verifyInclusion({ ...it, leafHash: leafHash(octets32(index + 1)) })).toBe(false);
        expect(verifyInclusion({ ...it, proof: [...it.proof, it.root] })).toBe(false);
      }
  });

  test('proves every earlier size, and neither a fork nor an empty beginning', () => {
    const tree = treeOf(70);
    for (let newSize = 1; newSize <= 70; newSize += 1)
      for (let oldSize = 1; oldSize <= newSize; oldSize += 1) {
        const proof = tree.consistencyProof(oldSize, newSize);
        const it = { oldSize, newSize, oldRoot: tree.root(oldSize), newRoot: tree.root(newSize), proof };
        expect(verifyConsistency(it)).toBe(true);
        expect(verifyConsistency({ ...it, oldRoot: octets32(0) })).toBe(false);
        expect(verifyConsistency({ ...it, newRoot: octets32(0) })).toBe(false);
        expect(verifyConsistency({ ...it, proof: [...proof, octets32(0)] })).toBe(false);
      }
    expect(verifyConsistency({ oldSize: 0, newSize: 5, oldRoot: tree.root(0), newRoot: tree.root(5), proof: [] })).toBe(
      false,
    );
  });

  test('refuses sizes and leaves it never had', () => {
    const tree = treeOf(5);
    for (const call of [
      () => tree.root(6),
      () => tree.root(-1),
      () => tree.root(1.5),
      () => tree.inclusionProof(5, 5),
      () => tree.inclusionProof(0, 0),
      () => tree.consistencyProof(0, 5),
      () => tree.consistencyProof(4, 3),
    ])
      expect(call).toThrow(RangeError);
  });

  test('a verifier refuses numbers and octets that are none, and proofs without end', () => {
    const tree = treeOf(5);
    const it = {
      index: 2,
      size: 5,
      leafHash: leafHash(octets32(2)),
      proof: tree.inclusionProof(2, 5),
      root: tree.root(5),
    };
    const short = octets32(1).slice(1);
    for (const bad of [
      { index: -1 },
      { index: NaN },
      { size: 2 ** 60 },
      { index: 5 },
      { root: short },
      { leafHash: short },
      { proof: [short] },
    ])
      expect(verifyInclusion({ ...it, ...bad })).toBe(false);
    const endless = Array.from({ length: 100_000 }, () => octets32(0));
    expect(verifyInclusion({ ...it, size: Number.MAX_SAFE_INTEGER, proof: endless })).toBe(false);
  });
});

interface Vectors {
  readonly inclusion: readonly {
    id: string;
    leafIdx: number;
    treeSize: number;
    root: string;
    leafHash: string;
    proof: string[] | null;
    wantErr: boolean;
  }[];
  readonly consistency: readonly {
    id: string;
    size1: number;
    size2: number;
    root1: string;
    root2: string;
    proof: string[] | null;
    wantErr: boolean;
  }[];
}

function octets(base64: string | null): Uint8Array {
  return fromBase64(base64 ?? '') ?? new Uint8Array();
}

describeVectors('published proofs (transparency-dev/merkle)', () => {
  const vectors = vectorsPresent
    ? (JSON.parse(vectorText('merkle/merkle.json')) as Vectors)
    : { inclusion: [], consistency: [] };

  test('98 inclusion proofs are judged as published', () => {
    const judged = vectors.inclusion.map((it) => {
      const proof = (it.proof ?? []).map(octets);
      const holds = verifyInclusion({
        index: it.leafIdx,
        size: it.treeSize,
        leafHash: octets(it.leafHash),
        proof,
        root: octets(it.root),
      });
      return { id: it.id, refused: !holds };
    });
    expect(judged).toEqual(vectors.inclusion.map(({ id, wantErr }) => ({ id, refused: wantErr })));
    expect(judged).toHaveLength(98);
  });

  /** Its two equal roots are 12 octets of text, which a general verifier passes on; ours takes SHA-256 roots only. */
  const STRICTER = 'consistency/additional/sizes-are-equal-one-and-proof-is-empty';

  test('98 consistency proofs are judged as published, one with roots of 12 octets more strictly', () => {
    const judged = vectors.consistency.map((it) => {
      const proof = (it.proof ?? []).map(octets);
      const holds = verifyConsistency({
        oldSize: it.size1,
        newSize: it.size2,
        oldRoot: octets(it.root1),
        newRoot: octets(it.root2),
        proof,
      });
      return { id: it.id, refused: !holds };
    });
    expect(judged).toEqual(vectors.consistency.map(({ id, wantErr }) => ({ id, refused: wantErr || id === STRICTER })));
    expect(judged).toHaveLength(98);
  });
});
