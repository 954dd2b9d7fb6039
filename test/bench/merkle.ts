/**
 * `npm run bench -- merkle`: the seal's tree beside the same tree written plainly, over the same entries in the same run;
 * what a proof and its check cost; and how long after its append an event lies under a durable checkpoint.
 */
import { generateKeyPairSync, hash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newEvent } from '#libs/event-store/contract/harness.ts';
import { openSqliteStore } from '#libs/event-store/sqlite/sqlite-store.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { openCheckpointFile } from '#libs/seal/checkpoint-file.ts';
import { leafHash } from '#libs/seal/merkle-node.ts';
import { verifyInclusion } from '#libs/seal/merkle-proof.ts';
import { MerkleTree } from '#libs/seal/merkle.ts';
import { Sealer } from '#libs/seal/sealer.ts';
import { type BenchRow, beside, measured, median, printRows } from './rows.ts';

type Row = readonly [BenchRow, string];

const ROUNDS = 7;
const ENTRIES = 100_000;
const PROOFS = 20_000;
/** Long beside a batch, so that appends come at any moment of it. */
const SEALED_MS = 4000;
const SEAL_LIMIT_MS = 100;

export async function benchMerkle(args: readonly string[]): Promise<void> {
  const entries = Array.from({ length: ENTRIES }, () => Uint8Array.from(randomBytes(32)));
  const ours: number[] = [];
  const plain: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(await measured(ENTRIES, () => ourRoot(entries)));
    plain.push(await measured(ENTRIES, () => plainRoot(entries)));
  }
  const tree = treeOf(entries);
  if (!Buffer.from(tree.root()).equals(plainRoot(entries))) throw new Error('the two trees have different roots');
  const rows: Row[] = [
    beside({ work: 'merkle append', ours: median(ours), peer: median(plain), peerName: 'plain tree', unit: '1/s' }, 2),
    ...(await proofs(tree, entries, median(plain))),
    await sealedWithin(),
  ];
  printRows(rows, args.includes('--json'));
}

function treeOf(entries: readonly Uint8Array[]): MerkleTree {
  const tree = new MerkleTree();
  for (const entry of entries) tree.append(entry);
  return tree;
}

const ourRoot = (entries: readonly Uint8Array[]) => treeOf(entries).root();

/** As one writes it down, with the same one-shot hash: a buffer for every node. */
function plainRoot(entries: readonly Uint8Array[]): Buffer {
  const levels: Buffer<ArrayBufferLike>[][] = [];
  const parentOf = (left: Buffer, right: Buffer) =>
    hash('sha256', Buffer.concat([Uint8Array.of(1), left, right]), 'buffer');
  for (const entry of entries) {
    let node = hash('sha256', Buffer.concat([Uint8Array.of(0), entry]), 'buffer');
    for (let height = 0; ; height += 1) {
      const level = (levels[height] ??= []);
      level.push(node);
      if (level.length % 2 === 1) break;
      node = parentOf(level[level.length - 2] ?? node, node);
    }
  }
  const edges = levels.flatMap((level) => (level.length % 2 === 1 ? level.slice(-1) : []));
  return edges.reduce((right, left) => parentOf(left, right));
}

async function proofs(tree: MerkleTree, entries: readonly Uint8Array[], plain: number): Promise<Row[]> {
  const places = Array.from({ length: PROOFS }, (_, at) => (at * 7919) % entries.length);
  const root = tree.root();
  const made = await measured(PROOFS, () => places.map((index) => tree.inclusionProof(index)));
  const all = places.map((index) => ({
    index,
    size: tree.size,
    leafHash: leafHash(entries[index] ?? new Uint8Array()),
    proof: tree.inclusionProof(index),
    root,
  }));
  const checked = await measured(PROOFS, () => all.every(verifyInclusion));
  return [
    beside({ work: 'merkle proof made', ours: made, peer: plain, peerName: 'plain append', unit: '1/s' }, null),
    beside({ work: 'merkle proof checked', ours: checked, peer: plain, peerName: 'plain append', unit: '1/s' }, null),
  ];
}

/** From the answer to the append to the durable checkpoint, p99, appended one by one at any moment of a batch. */
async function sealedWithin(): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'keyledger-bench-'));
  const store = await openSqliteStore(join(folder, 'events.sqlite'));
  const checkpoints = await openCheckpointFile(join(folder, 'checkpoints.ndjson'));
  if (isRefusal(checkpoints)) throw new Error(checkpoints.message);
  const signer = { name: 'bench.example/log', key: generateKeyPairSync('ed25519').privateKey };
  const sealer = await Sealer.open({ log: store, signer, checkpoints });
  if (isRefusal(sealer)) throw new Error(sealer.message);
  const took: number[] = [];
  const waiting: Promise<void>[] = [];
  const end = performance.now() + SEALED_MS;
  for (let stream = 0; performance.now() < end; stream += 1) {
    const { position } = await store.append({ stream: `a-${stream}`, expected: 'no_stream', events: [newEvent()] });
    const from = performance.now();
    if (position !== null) waiting.push(sealer.sealed(position).then(() => void took.push(performance.now() - from)));
    await new Promise((resolve) => setTimeout(resolve, stream % 4));
  }
  await Promise.all(waiting);
  await sealer.close();
  await checkpoints.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
  const p99 = took.toSorted((a, b) => a - b)[Math.floor(took.length * 0.99)] ?? NaN;
  // Written as how many times it fits into the limit, so that more is better as everywhere else.
  const it = { work: 'sealed after append, p99', ours: SEAL_LIMIT_MS / p99, peer: 1, peerName: '100 ms', unit: 'x' };
  return beside(it, 1);
}
