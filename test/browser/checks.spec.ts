/** What the dashboard checks in the browser, held against the house's own: each true thing passes there, each altered one does not. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { makeKeys } from '#apps/keyledger/src/officer/keys.ts';
import { approvalsOf } from '#apps/dashboard/src/checks/approval.ts';
import { readSet } from '#apps/dashboard/src/checks/approver-set.ts';
import { canonical } from '#apps/dashboard/src/checks/canonical.ts';
import { checkCardLog } from '#apps/dashboard/src/checks/card-log.ts';
import { type ShownProof, judgeEvent } from '#apps/dashboard/src/checks/event-proof.ts';
import { openKeyFile } from '#apps/dashboard/src/checks/key-file.ts';
import { isIncluded } from '#apps/dashboard/src/checks/merkle.ts';
import { isSignedBy, noteKeyOf, readCheckpoint } from '#apps/dashboard/src/checks/note.ts';
import { readOrder } from '#apps/dashboard/src/checks/order.ts';
import { isQuorum } from '#apps/dashboard/src/checks/set-chain.ts';
import { byKey, signInWith } from '#apps/dashboard/src/checks/statement.ts';
import { isKnownKind, rowsOf } from '#apps/dashboard/src/words/order-words.ts';
import { headAfter } from '#libs/chip-card-protocol/log-entry.ts';
import { approverSetBytes } from '#libs/kernel/approver-set.ts';
import { ascii, toBase64url, toHex, utf8 } from '#libs/kernel/bytes.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import { verifyDetached } from '#libs/kernel/detached-jws.ts';
import { type NewEvent, entryOf } from '#libs/kernel/event.ts';
import { hashId, publicJwk } from '#libs/kernel/hash.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { officer, rule, setOf, signs } from '#libs/kernel/officers.fixture.ts';
import { ORDER_KINDS } from '#libs/kernel/order.ts';
import { parseSignIn } from '#libs/kernel/sign-in.ts';
import { signCheckpoint } from '#libs/seal/checkpoint.ts';
import { leafHash } from '#libs/seal/merkle-node.ts';
import { MerkleTree } from '#libs/seal/merkle.ts';
import { ed25519NoteKey } from '#libs/seal/note-key.ts';
import { personalizeOrder, orderText } from '#test/kit/orders.ts';

const log = { name: 'log.example', key: generateKeyPairSync('ed25519').privateKey };
const FOUNDING = canonicalJson({ customer: 'A bank', logKey: ed25519NoteKey(log.name, log.key).line });
const GENESIS = { genesis: hashId(utf8(FOUNDING)), text: FOUNDING };

const event: NewEvent = {
  id: '0192f0c0-0000-7000-8000-000000000001',
  type: 'OrderApproved',
  schemaVersion: 1,
  occurredAt: '2026-01-01T10:00:00.000Z',
  recordedAt: '2026-01-01T10:00:01.000Z',
  salt: toBase64url(new Uint8Array(16).fill(7)),
  data: { person: 'P-ANNA' },
  metadata: { actor: 'person:P-ANNA' },
};
const { salt, ...sealed } = { ...event, stream: 'order-x', revision: 0 };
const SHOWN = { ...sealed, eventId: event.id, data: canonicalJson(event.data) };

function proofAmong(others: number, index: number): ShownProof {
  const tree = new MerkleTree();
  for (let at = 0; at <= others; at += 1)
    tree.append(at === index ? entryOf({ ...event, stream: 'order-x', revision: 0n }) : utf8(`other ${at}`));
  return {
    canonical: canonicalJson(sealed),
    salt,
    index,
    path: tree.inclusionProof(index, tree.size).map(toBase64url),
    checkpoint: signCheckpoint({ size: tree.size, root: tree.root() }, log),
  };
}

describe('the proof of an event', () => {
  test('every leaf of trees of many sizes is found, and in no other place', async () => {
    for (const size of [1, 2, 3, 7, 8, 13]) {
      const tree = new MerkleTree();
      const entries = Array.from({ length: size }, (_, at) => Uint8Array.from(utf8(`entry ${at}`)));
      for (const entry of entries) tree.append(entry);
      const root = Uint8Array.from(tree.root());
      for (const [index, entry] of entries.entries()) {
        const path = tree.inclusionProof(index, size).map((step) => Uint8Array.from(step));
        expect(await isIncluded({ index, size, entry, path }, root)).toBe(true);
        if (size > 1) expect(await isIncluded({ index: (index + 1) % size, size, entry, path }, root)).toBe(false);
      }
    }
    expect(leafHash(utf8('entry'))).toHaveLength(32);
  });

  test('holds, with entry and root as the seal has them', async () => {
    const judged = await judgeEvent(SHOWN, proofAmong(10, 4), GENESIS);
    const entry = toHex(entryOf({ ...event, stream: 'order-x', revision: 0n }));
    expect(judged).toMatchObject({ state: 'proved', entry, size: 11 });
  });

  const other = signCheckpoint({ size: 11, root: new Uint8Array(32) }, log);
  const stranger = { name: log.name, key: generateKeyPairSync('ed25519').privateKey };
  test.each<[string, (proof: ShownProof) => ShownProof, object, typeof GENESIS]>([
    ['bytes', (proof) => proof, { recordedAt: '2026-01-01T10:00:02.000Z' }, GENESIS],
    ['bytes', (proof) => proof, { data: '{"person":"P-BO"}' }, GENESIS],
    ['bytes', (proof) => ({ ...proof, canonical: proof.canonical.replace('P-ANNA', 'P-BO') }), {}, GENESIS],
    ['path', (proof) => ({ ...proof, salt: toBase64url(new Uint8Array(16)) }), {}, GENESIS],
    ['path', (proof) => ({ ...proof, index: 5 }), {}, GENESIS],
    ['path', (proof) => ({ ...proof, path: proof.path.slice(1) }), {}, GENESIS],
    ['path', (proof) => ({ ...proof, checkpoint: other }), {}, GENESIS],
    ['signature', (proof) => ({ ...proof, checkpoint: signedAnew(proof) }), {}, GENESIS],
    ['founding', (proof) => proof, {}, { ...GENESIS, genesis: hashId(utf8('another')) }],
  ])('altered, it fails at its %s', async (fails, alter, shown, founding) => {
    const judged = await judgeEvent({ ...SHOWN, ...shown }, alter(proofAmong(10, 4)), founding);
    expect(judged).toMatchObject({ state: 'failed', fails });
  });

  function signedAnew(proof: ShownProof): string {
    const read = readCheckpoint(proof.checkpoint);
    return signCheckpoint({ size: read?.size ?? 0, root: read?.root ?? new Uint8Array(32) }, stranger);
  }

  test('a note is believed from its own key alone', async () => {
    const note = readCheckpoint(signCheckpoint({ size: 3, root: new Uint8Array(32).fill(3) }, log));
    const [own, theirs] = [log, stranger].map(({ name, key }) => ed25519NoteKey(name, key).line);
    const keys = [await noteKeyOf(own ?? ''), await noteKeyOf(theirs ?? '')];
    if (note === null || keys[0] == null || keys[1] == null) throw new Error('not read');
    expect([await isSignedBy(note, keys[0]), await isSignedBy(note, keys[1])]).toEqual([true, false]);
  });
});

describe('orders and approvals', () => {
  test('this page knows every kind of order, and leaves no member of one out', async () => {
    expect(Object.keys(ORDER_KINDS).filter((kind) => !isKnownKind(kind))).toEqual([]);
    const bytes = orderText(personalizeOrder());
    const order = await readOrder(bytes);
    if (order === null) throw new Error('not read');
    expect(order.id).toBe(hashId(ascii(bytes)));
    const shown = rowsOf(order).flatMap(({ names }) => names);
    expect([...shown].sort()).toEqual(Object.keys(JSON.parse(bytes) as object).sort());
    const odd = rowsOf({ members: { ...order.members, unheardOf: 1 } });
    expect(odd.at(-1)).toEqual({ label: 'unheardOf', names: ['unheardOf'] });
  });

  test('class A, class B and a passkey are found; another’s bytes, keys outside the set and one person twice are not enough', async () => {
    const [ana, bo, eve] = [officer('ana', ['approver'], 'AA'), officer('bo', ['approver'], 'P'), officer('eve')];
    const document = Buffer.from(approverSetBytes(setOf([ana, bo], [rule('personalize', { classA: 1 })]))).toString();
    const set = await readSet(document);
    const bytes = orderText(personalizeOrder());
    if (set?.policy[0] === undefined) throw new Error('not read');
    const found = async (text: string, ...proofs: Parameters<typeof approvalsOf>[1]) =>
      (await approvalsOf(text, proofs, set)).map(({ person, keyClass }) => `${person} ${keyClass}`);
    const octets = ascii(bytes);
    const [a, second, b] = [signs(ana, octets), signs(ana, octets, { keyAt: 1 }), signs(bo, octets)];
    expect(await found(bytes, a, b, signs(eve, octets))).toEqual(['ana A', 'bo B']);
    expect(await found(bytes.replace('unit', 'tinu'), a, b)).toEqual([]);
    expect(await found(bytes, signs(ana, octets, { type: 'keyledger-decline+jws' }))).toEqual([]);
    expect(isQuorum(set.policy[0], await approvalsOf(bytes, [a, b], set))).toBe(true);
    expect(isQuorum(set.policy[0], await approvalsOf(bytes, [a, second], set))).toBe(false);
  });
});

describe('keys and statements', () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'kl-keys-')), 'ana');
  const passphrase = 'a passphrase of some length';
  const sheet = makeKeys({ officer: 'P-ANA', folder, data: tmpdir() + '/elsewhere', passphrase });
  const file = readFileSync(join(folder, 'sign-in.pem'), 'utf8');

  test('an officer’s file is opened by its passphrase alone, and cannot be read out again', async () => {
    expect(await openKeyFile(file, '')).toBe('passphrase-needed');
    expect(await openKeyFile(file, 'another passphrase')).toBe('passphrase-wrong');
    expect(await openKeyFile('nothing', '')).toBe('no-key');
    const key = await openKeyFile(file, passphrase);
    if (typeof key === 'string') throw new Error(key);
    await expect(crypto.subtle.exportKey('jwk', key.key)).rejects.toThrow();
  });

  test('a plain PEM and a JWK are opened too; another curve is not', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    expect(await openKeyFile(pem, '')).toHaveProperty('kid');
    expect(await openKeyFile(JSON.stringify(privateKey.export({ format: 'jwk' })), '')).toHaveProperty('kid');
    const big = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
    expect(await openKeyFile(big.export({ format: 'pem', type: 'pkcs8' }).toString(), '')).toBe('other-kind');
  });

  test('what it signs to sign in is what the platform reads and verifies', async () => {
    const key = await openKeyFile(file, passphrase);
    if (typeof key === 'string') throw new Error(key);
    const challenge = 'A'.repeat(64);
    const asked = { challenge, genesis: GENESIS.genesis, operator: 'P-ANA', roles: ['approver'], until: 1_795_000_000 };
    const { statement, proof, token } = await signInWith(byKey(key), asked);
    const read = parseSignIn(statement);
    expect(isRefusal(read) ? read.code : read.session).toBe(hashId(ascii(token)));
    const own = publicJwk(createPublicKey({ key: { ...sheet.signIn }, format: 'jwk' }));
    expect(verifyDetached('keyledger-sign-in+jws', utf8(statement), { proof, key: own })).toBe(true);
  });
});

test('a card’s log is chained: an altered entry and a gap are seen', async () => {
  const entries = [1, 2, 3].reduce<Uint8Array[]>((all, number) => {
    const entry = new Uint8Array(60);
    new DataView(entry.buffer).setBigUint64(2, BigInt(number));
    const before = all.at(-1);
    if (before !== undefined) entry.set(headAfter(before), 10);
    return [...all, entry];
  }, []);
  const told = entries.map((entry, at) => ({
    number: at + 1,
    entry: toBase64url(entry),
    recordedHead: toBase64url(headAfter(entry)),
  }));
  const good = ({ isEqual, isChained }: { isEqual: boolean; isChained: boolean }): boolean => isEqual && isChained;
  expect((await checkCardLog(told)).map(good)).toEqual([true, true, true]);
  expect((await checkCardLog([told[0]!, told[2]!])).map(good)).toEqual([true, false]);
  const altered = {
    ...told[1]!,
    entry: toBase64url(Uint8Array.from(entries[1]!, (octet, at) => (at === 50 ? 9 : octet))),
  };
  expect((await checkCardLog([told[0]!, altered, told[2]!])).map(good)).toEqual([true, false, false]);
});

test('canonical JSON is spelled as the house spells it', () => {
  for (const value of [{ b: 1, a: [true, null, 'ü\n"'] }, { '\u20ac': 1, '\r': 2, '1': 3 }, [1e21, 0.1, -5]])
    expect(canonical(value)).toBe(canonicalJson(value));
});
