/** How a station follows the log's keys: one link at a time, and no further than the first that does not hold. */
import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { newEvent } from '#libs/event-store/contract/harness.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { entryOf } from '#libs/kernel/event.ts';
import type { LogKeyLink } from '#libs/kernel/trust-list.ts';
import { signCheckpoint } from '#libs/seal/checkpoint.ts';
import { cosign, withSignatures } from '#libs/seal/cosignature.ts';
import { MerkleTree } from '#libs/seal/merkle.ts';
import { cosignatureKey, ed25519NoteKey } from '#libs/seal/note-key.ts';
import type { NoteSigner } from '#libs/seal/signed-note.ts';
import { followLogKeys } from './log-keys.ts';

const NAME = 'keyledger.example/log';
const signerOf = (name = NAME): NoteSigner => ({ name, key: generateKeyPairSync('ed25519').privateKey });
const keyOf = ({ name, key }: NoteSigner) => ed25519NoteKey(name, key);
const [first, second, third, thief, witness] = [signerOf(), signerOf(), signerOf(), signerOf(), signerOf('w.example')];
const policy = { quorum: 1, witnesses: [cosignatureKey(witness.name, witness.key).line] };

interface Change {
  readonly stream?: string;
  readonly type?: string;
  readonly line?: string;
  readonly signers?: readonly [NoteSigner, ...NoteSigner[]];
  readonly witnessed?: boolean;
  readonly index?: number;
}

/** The introduction of a key by those who signed the log then. */
function link(next: NoteSigner, before: NoteSigner, change: Change = {}): LogKeyLink {
  const data = { logKey: change.line ?? keyOf(next).line };
  const named = { type: change.type ?? 'CheckpointKeyIntroduced', stream: change.stream ?? 'log' };
  const event = { ...newEvent({ data }), ...named, revision: 1 };
  const tree = new MerkleTree();
  for (let leaf = 0; leaf < 5; leaf += 1) tree.append(new Uint8Array(32).fill(leaf));
  tree.append(entryOf({ ...event, revision: 1n }));
  const note = signCheckpoint({ size: 6, root: tree.root() }, ...(change.signers ?? [before, next]));
  const body = note.slice(0, note.lastIndexOf('\n\n') + 1);
  const checkpoint = change.witnessed === false ? note : withSignatures(note, [cosign(body, witness, 1_790_000_000)]);
  const inclusion = tree.inclusionProof(5).map(toBase64url);
  return { event: { ...event, data, metadata: event.metadata }, index: change.index ?? 5, inclusion, checkpoint };
}

const follow = (...links: readonly LogKeyLink[]) =>
  followLogKeys([keyOf(first)], links, policy).map(({ line }) => line);

test('a station follows from key to key, in their order, and holds each once', () => {
  const links = [link(second, first), link(third, second)];
  const all = [first, second, third].map((one) => keyOf(one).line);
  expect(follow(...links)).toEqual(all);
  expect(followLogKeys(followLogKeys([keyOf(first)], links, policy), links, policy)).toHaveLength(3);
  expect(follow(...links.toReversed())).toEqual(all.slice(0, 2)); // the rest with the next list
});

test.each<[string, LogKeyLink]>([
  ['that the key before did not sign', link(second, first, { signers: [thief, second] })],
  ['that no witness saw', link(second, first, { witnessed: false })],
  ['whose event is not in the log', link(second, first, { index: 4 })],
  ['of another event', link(second, first, { type: 'DeploymentFounded' })],
  ['of another stream', link(second, first, { stream: 'log-2' })],
  ['of another name', link(second, first, { line: keyOf({ ...second, name: 'other.example/log' }).line })],
  ['of a witness’s key', link(second, first, { line: cosignatureKey(NAME, second.key).line })],
  ['of no key', link(second, first, { line: 'key' })],
  ['behind one that is missing', link(third, second)],
])('a link %s is not followed', (_what, one) => {
  expect(follow(one)).toEqual([keyOf(first).line]);
});
