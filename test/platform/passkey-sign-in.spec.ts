/** Signing in with a passkey that an approved order enrolled; and whoever has a passkey, a page or the log, and still does not come in. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CAST } from '#apps/keyledger/src/demo/people.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { ascii, concat, u32, u8 } from '#libs/kernel/bytes.ts';
import { type Proof, signDetached } from '#libs/kernel/detached-jws.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { hashId, sha256, thumbprint } from '#libs/kernel/hash.ts';
import { heldKey } from '#libs/kernel/officers.fixture.ts';
import { challengeFor } from '#libs/kernel/passkey.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { proofText } from '#libs/kernel/report.ts';
import { signInText } from '#libs/kernel/sign-in.ts';
import { isFinding, replay } from '#libs/proof/replay.ts';
import { type AssertionChange, PINNED, asserts } from '#module-emulator/adversary/authenticator.ts';
import { type Data, type Log, altered, dataOf, numbered } from '#test/journeys/forgery.ts';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';
import { PeopleBench, codeOf } from '#test/journeys/people-bench.ts';
import { signInAs } from './people.ts';

const TYPE = 'keyledger-sign-in+jws';
const TOM = CAST.tom.id;
const signing = heldKey('P');
const approving = heldKey('P');
const other = heldKey('P');
const { crv, kty, x, y } = signing.public;
const jwk = { crv, kty, x, y };

let it: HouseInProcess;
let bench: PeopleBench;

const says =
  (change: AssertionChange = {}, key = signing.privateKey, pinned = PINNED) =>
  (bytes: Uint8Array): Proof =>
    asserts(key, { pinned, bytes, type: TYPE }, change);

const comesIn = async (key: (statement: Uint8Array) => Proof): Promise<string> => {
  const session = await signInAs(it, 'tom', { key });
  return isRefusal(session) ? session.code : 'in';
};

const enrolment = (change: object = {}) => ({
  kind: 'enrol-operator',
  operator: TOM,
  roles: ['technician'],
  credential: thumbprint(jwk),
  passkey: PINNED,
  ...change,
});

beforeAll(async () => {
  it = await houseInProcess();
  await founding(it.world);
  bench = new PeopleBench(it);
  const persons = bench.inForce.persons.map((one) =>
    one.id === 'P-BO' ? { ...one, keys: [...one.keys, approving.public] } : one,
  );
  await bench.adopted(bench.later({ persons }));
}, 180_000);

afterAll(() => it?.close());

describe('a passkey', () => {
  test('signs nobody in before two officers approved the order that names it', async () => {
    expect(await comesIn(says())).toBe('SIGN_IN_SIGNATURE');
    const bytes = bench.written(enrolment());
    expect(codeOf(await bench.requested(bytes))).toBe('done');
    expect(codeOf(await bench.approves('anna', bytes))).toBe('done');
    expect(codeOf(await bench.changes(bytes, jwk))).toBe('QUORUM_PERSONS');
    expect(codeOf(await bench.approves('bo', bytes))).toBe('done');
    expect(codeOf(await bench.changes(bytes, jwk))).toBe('done');
    expect(await comesIn(says())).toBe('in');
    const [added] = (await it.events()).filter(({ type }) => type === 'CredentialAdded');
    expect(added?.data).toMatchObject({ passkey: PINNED, credential: jwk });
  });

  test.each<readonly [string, (statement: Uint8Array) => Proof]>([
    ['asked by a page of another origin', says({}, signing.privateKey, { ...PINNED, origin: 'http://localhost:4401' })],
    ['of another site', says({ authenticatorData: () => concat(sha256(ascii('shop.test')), u8(5), u32(9)) })],
    ['asked inside a foreign page', says({ clientData: (text) => text.replace('false}', 'true}') })],
    [
      'asked to be made, not to answer',
      says({ clientData: (text) => text.replace('webauthn.get', 'webauthn.create') }),
    ],
    ['that nobody unlocked', says({ flags: 0x01 })],
    ['that nobody touched', says({ flags: 0x04 })],
    ['copied out of its authenticator', says({ flags: 0x1d })],
    ['that answered another statement', says({ challenge: hashId(ascii('another')) })],
    ['that declined', (bytes) => says({ challenge: challengeFor('keyledger-decline+jws', bytes) ?? '' })(bytes)],
    ['that approves', says({}, approving.privateKey)],
    ['of nobody', says({}, other.privateKey)],
    ['whose key signs as a key file does', (bytes) => signDetached(TYPE, bytes, signing.privateKey)],
  ])('%s signs nobody in', async (_what, key) => expect(await comesIn(key)).toBe('SIGN_IN_SIGNATURE'));

  test('answers once: what it said for one session opens no second', async () => {
    let first: { readonly statement: Uint8Array; readonly proof: Proof } | null = null;
    await comesIn((statement) => (first = { statement, proof: says()(statement) }).proof);
    const { statement, proof } = first ?? { statement: new Uint8Array(), proof: says()(new Uint8Array()) };
    const again = async (text: string) =>
      bench.submit('tom', 'signIn', { statement: 'String!', proof: 'ProofInput!' }, { statement: text, proof });
    const said = Buffer.from(statement).toString('latin1');
    expect(codeOf(await again(said))).toBe('SIGN_IN_TOKEN_USED');
    expect(codeOf(await again(said.replace('"session":"', '"session":"A').replace(/.",("until)/, '",$1')))).not.toBe(
      'done',
    );
  });

  test('that signs in approves nothing, and one that approves never gets to sign in', async () => {
    const bytes = bench.written({ kind: 'withdraw-operator', operator: 'P-EMIL', reason: 'drill' });
    expect(codeOf(await bench.requested(bytes))).toBe('done');
    const approval = asserts(signing.privateKey, { pinned: PINNED, bytes });
    expect(codeOf(await bench.approves('bo', bytes, approval))).toBe('APPROVAL_KEY_UNKNOWN');
    const half = { crv, kty, x: approving.public.x, y: approving.public.y };
    const order = await bench.ordered(enrolment({ credential: thumbprint(half) }));
    expect(codeOf(await bench.changes(order, half))).toBe('SIGN_IN_KEY_APPROVES');
  });
});

describe('verify', () => {
  let log: Log;
  let mine: StoredEvent;
  const verdict = async (of: Log): Promise<unknown> => {
    const result = await replay(numbered(of));
    return isFinding(result) ? result.code : 'holds';
  };

  beforeAll(async () => {
    log = await it.events();
    const isMine = ({ type, data }: StoredEvent): boolean => type === 'SignedIn' && (data as Data).operator === TOM;
    mine = log.findLast(isMine)!;
  });

  test('judges what the platform judged, from the record alone', async () => expect(await verdict(log)).toBe('holds'));

  test.each<readonly [string, (statement: Uint8Array) => Proof]>([
    ['of another origin', says({}, signing.privateKey, { ...PINNED, origin: 'http://localhost:4401' })],
    ['that nobody unlocked', says({ flags: 0x01 })],
    ['over something else', says({ challenge: hashId(ascii('another')) })],
    ['by a passkey that approves', says({}, approving.privateKey)],
    ['by the key without its authenticator', (bytes) => signDetached(TYPE, bytes, signing.privateKey)],
  ])('finds a sign-in %s that the owner of the platform wrote', async (_what, key) => {
    const { operator, roles, challenge, until } = mine.data as Parameters<typeof signInText>[0];
    const session = mine.stream.slice('sign-in-'.length);
    const genesis = it.house.deployment.genesis;
    const statement = ascii(signInText({ genesis, challenge, operator, roles, session, until }));
    const forged = (proof: Proof): Log =>
      log.map((one) => (one === mine ? { ...one, metadata: { ...one.metadata, proof: proofText(proof) } } : one));
    expect(await verdict(forged(says()(statement)))).toBe('holds');
    expect(await verdict(forged(key(statement)))).toBe('SIGN_IN_BY_STRANGER');
  });

  test.each([
    ['with another page', { passkey: { ...PINNED, origin: 'http://localhost:4401' } }],
    ['as a plain key', { passkey: undefined }],
  ])('finds a passkey that was enrolled %s than the order names', async (_what, change) => {
    const added = log.find(({ type }) => type === 'CredentialAdded')!;
    const forged = altered(log, added, () => {
      const { passkey, ...rest } = { ...dataOf(added), ...change } as Data;
      return passkey === undefined ? rest : { ...rest, passkey };
    });
    expect(await verdict(forged)).toBe('ACT_OTHER_THAN_ORDERED');
  });
});
