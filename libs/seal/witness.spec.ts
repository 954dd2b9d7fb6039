/** Witnesses: cosignatures as their specification has them, and a witness that lets no log fork, roll back or be somebody else's. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { openCheckpoint, signCheckpoint } from './checkpoint.ts';
import { cosign, judgeWitnessed, parseWitnessPolicy, withSignatures, witnessesOf } from './cosignature.ts';
import { MerkleTree } from './merkle.ts';
import { cosignatureKey, ed25519NoteKey, parseNoteKey } from './note-key.ts';
import { octets32 } from './octets.fixture.ts';
import { parseNote, verifyNote } from './signed-note.ts';
import { type TreeHead, Witness, type WitnessMemory, addCheckpointBody } from './witness.ts';

const LOG = { name: 'keyledger.example/log', key: generateKeyPairSync('ed25519').privateKey };
const signerOf = (name: string) => ({ name, key: generateKeyPairSync('ed25519').privateKey });
const [W1, W2, W3] = [signerOf('w1.example'), signerOf('w2.example'), signerOf('w3.example')];
const keyOf = ({ name, key }: typeof W1) => cosignatureKey(name, key);
const POLICY = held(parseWitnessPolicy({ quorum: 2, witnesses: [W1, W2, W3].map((one) => keyOf(one).line) }));
const NOW = 1_790_000_000;

function held<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(`${value.code}: ${value.message}`);
  return value;
}

/** A log of so many leaves; from `fork` on they are others. */
function logOf(size: number, fork = size): { tree: MerkleTree; note: string } {
  const tree = new MerkleTree();
  for (let index = 0; index < size; index += 1) tree.append(octets32(index < fork ? index : index + 100_000));
  return { tree, note: signCheckpoint({ size, root: tree.root() }, LOG) };
}

const bodyOf = (note: string) => note.slice(0, note.lastIndexOf('\n\n') + 1);

function memory(): WitnessMemory & { readonly kept: Map<string, TreeHead> } {
  const kept = new Map<string, TreeHead>();
  return { kept, head: (origin) => kept.get(origin) ?? null, keep: (origin, head) => void kept.set(origin, head) };
}

function witness(more: Partial<ConstructorParameters<typeof Witness>[0]> = {}) {
  const own = memory();
  const keysOf = (origin: string) => (origin === LOG.name ? [ed25519NoteKey(LOG.name, LOG.key)] : null);
  const clock = { seconds: () => NOW, rfc3339: () => '' };
  return { own, it: new Witness({ signer: W1, memory: own, keysOf, clock, ...more }) };
}

describe('a cosignature', () => {
  test('of the specification’s example has its layout: key id of type 4, time, signature', () => {
    // c2sp.org/tlog-cosignature: its key is not published there, its octets are.
    const line =
      '— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==';
    const [signature] = held(parseNote(`x\n\n${line}\n`)).signatures;
    expect(signature?.signature).toHaveLength(72);
    expect(new DataView(signature?.signature.buffer ?? new ArrayBuffer(72)).getBigUint64(0)).toBe(1_679_315_147n);
    const own = cosign(bodyOf(logOf(3).note), W1, NOW);
    expect(held(parseNote(`x\n\n${own}`)).signatures[0]).toMatchObject({ name: W1.name, keyId: keyOf(W1).id });
  });

  test('is read under a key line of type 4, as any note signature, and is none of the log', () => {
    const { note } = logOf(7);
    const cosigned = withSignatures(note, [cosign(bodyOf(note), W1, NOW)]);
    const key = held(parseNoteKey(keyOf(W1).line));
    expect(key.line).toMatch(/^w1\.example\+[0-9a-f]{8}\+B/); // base64 of type 4
    expect(held(verifyNote(held(parseNote(cosigned)), [key]))).toEqual([key]);
    expect(openCheckpoint(cosigned, ed25519NoteKey(LOG.name, LOG.key))).toMatchObject({ size: 7 });
    expect(openCheckpoint(cosigned, cosignatureKey(W1.name, W1.key))).toMatchObject({ code: 'NOTE_NOT_SIGNED' });
  });

  test('counts persons once, however often they signed, and the last time', () => {
    const { note } = logOf(7);
    const twice = withSignatures(withSignatures(note, [cosign(bodyOf(note), W1, NOW)]), [
      cosign(bodyOf(note), W1, NOW + 5),
    ]);
    expect(twice.match(/w1\.example/g)).toHaveLength(1);
    expect(witnessesOf(twice, POLICY)).toEqual([{ name: W1.name, at: NOW + 5 }]);
    const doubled = `${twice}${cosign(bodyOf(note), W1, NOW)}`;
    expect(witnessesOf(doubled, POLICY)).toEqual([{ name: W1.name, at: NOW + 5 }]);
    expect(judgeWitnessed(doubled, POLICY)).toMatchObject({ code: 'NOT_WITNESSED' });
    expect(judgeWitnessed(withSignatures(doubled, [cosign(bodyOf(note), W3, NOW)]), POLICY)).toBeNull();
  });

  test('replayed under another checkpoint, at another time or by a stranger holds nothing', () => {
    const { note } = logOf(7);
    const line = cosign(bodyOf(note), W1, NOW);
    const forked = logOf(7, 3).note;
    expect(witnessesOf(withSignatures(forked, [line]), POLICY)).toMatchObject({ code: 'BAD_COSIGNATURE' });
    const later = Buffer.from(line.split(' ')[2] ?? '', 'base64');
    later.writeUInt8((later.at(11) ?? 0) ^ 1, 11);
    const altered = `— ${W1.name} ${later.toString('base64')}\n`;
    expect(witnessesOf(withSignatures(note, [altered]), POLICY)).toMatchObject({ code: 'BAD_COSIGNATURE' });
    const stranger = cosign(bodyOf(note), { name: W1.name, key: W2.key }, NOW);
    expect(witnessesOf(withSignatures(note, [stranger]), POLICY)).toEqual([]);
  });

  test('policy that names a witness twice, a log key for one, or more than there are is refused', () => {
    const lines = [W1, W2].map((one) => keyOf(one).line);
    const again = cosignatureKey('other.example', W1.key).line;
    const log = ed25519NoteKey(W3.name, W3.key).line;
    for (const policy of [
      { quorum: 1, witnesses: [...lines, lines[0] ?? ''] },
      { quorum: 1, witnesses: [...lines, again] },
      { quorum: 1, witnesses: [...lines, log] },
      { quorum: 3, witnesses: lines },
      { quorum: 1, witnesses: ['w1'] },
    ])
      expect(parseWitnessPolicy(policy)).toMatchObject({ code: 'BAD_WITNESS_POLICY' });
    expect(judgeWitnessed(logOf(1).note, held(parseWitnessPolicy({ quorum: 0, witnesses: [] })))).toBeNull();
  });
});

describe('a witness', () => {
  const ask = (oldSize: number, { tree, note }: ReturnType<typeof logOf>) =>
    addCheckpointBody({
      oldSize,
      proof: oldSize === 0 || oldSize >= tree.size ? [] : tree.consistencyProof(oldSize),
      note,
    });

  test('cosigns the first checkpoint, what grew out of it, and the same again with a new time', () => {
    const { it, own } = witness();
    for (const [old, size] of [
      [0, 5],
      [5, 5],
      [5, 300],
    ] as const) {
      const log = logOf(size);
      const answer = it.addCheckpoint(ask(old, log));
      expect(answer.status).toBe(200);
      expect(witnessesOf(withSignatures(log.note, [answer.body]), POLICY)).toEqual([{ name: W1.name, at: NOW }]);
      expect(own.kept.get(LOG.name)?.size).toBe(size);
    }
  });

  test('tells who comes with another old size which one it has, and keeps its own', () => {
    const { it, own } = witness();
    it.addCheckpoint(ask(0, logOf(8)));
    for (const old of [0, 5, 9]) {
      const answer = it.addCheckpoint(ask(old, logOf(10)));
      expect(answer).toEqual({ status: 409, type: 'text/x.tlog.size', body: '8\n' });
    }
    expect(own.kept.get(LOG.name)?.size).toBe(8);
  });

  test('refuses a fork, at the same size and later, and a log that rolled back', () => {
    const { it, own } = witness();
    it.addCheckpoint(ask(0, logOf(8)));
    const before = own.kept.get(LOG.name);
    expect(it.addCheckpoint(ask(8, logOf(8, 3)))).toMatchObject({ status: 409, type: 'text/plain; charset=utf-8' });
    expect(it.addCheckpoint(ask(8, logOf(12, 3)))).toMatchObject({ status: 422 });
    expect(it.addCheckpoint(ask(6, logOf(6)))).toMatchObject({ status: 409, body: '8\n' });
    expect(it.addCheckpoint(ask(8, logOf(6)))).toMatchObject({ status: 400 });
    expect(own.kept.get(LOG.name)).toBe(before);
  });

  test('refuses what is malformed, of an unknown log, or signed by somebody else', () => {
    const { it, own } = witness();
    const log = logOf(4);
    const other = { name: 'other.example/log', key: LOG.key };
    const unknown = signCheckpoint({ size: 4, root: log.tree.root() }, other);
    const forged = signCheckpoint({ size: 4, root: log.tree.root() }, { name: LOG.name, key: W2.key });
    const statuses = [
      '',
      'old\n\n',
      `old 01\n\n${log.note}`,
      `old -1\n\n${log.note}`,
      `old 0\nAAAA\n\n${log.note}`,
      `old 0\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(64)}\n${log.note}`,
      `old 0\n\n${bodyOf(log.note)}`,
      ask(0, { ...log, note: unknown }),
      ask(0, { ...log, note: forged }),
      `old 0\n${Buffer.alloc(32).toString('base64')}\n\n${log.note}`,
    ].map((body) => it.addCheckpoint(body).status);
    expect(statuses).toEqual([400, 400, 400, 400, 400, 400, 400, 404, 403, 422]);
    expect(own.kept.size).toBe(0);
  });

  test('keeps the head before it cosigns: where it cannot be kept, there is no cosignature', () => {
    const own = memory();
    const full: WitnessMemory = {
      ...own,
      keep: () => {
        throw new Error('the disk is full');
      },
    };
    const { it } = witness({ memory: full });
    expect(() => it.addCheckpoint(ask(0, logOf(4)))).toThrow('the disk is full');
  });
});
