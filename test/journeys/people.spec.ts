/** People change: another approver set comes into force, operators come and go, and an auditor finds all of it approved. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { CAST, type Who } from '#apps/keyledger/src/demo/people.ts';
import { type ApproverSet, approverSetBytes, approverSetHash } from '#libs/kernel/approver-set.ts';
import { ascii } from '#libs/kernel/bytes.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { publicJwk, thumbprint } from '#libs/kernel/hash.ts';
import { heldKey } from '#libs/kernel/officers.fixture.ts';
import { orderId } from '#libs/kernel/order.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { isFinding, replay } from '#libs/proof/replay.ts';
import { PINNED, asserts } from '#module-emulator/adversary/authenticator.ts';
import { signInAs } from '#test/platform/people.ts';
import { type Data, type Log, altered, dataOf, inserted, nth, numbered } from './forgery.ts';
import { type HouseInProcess, houseInProcess } from './house-in-process.ts';
import { PeopleBench, codeOf, textOf } from './people-bench.ts';

let it: HouseInProcess;
let bench: PeopleBench;
const passkey = heldKey('P');
const TOM = CAST.tom.id;

beforeAll(async () => {
  it = await houseInProcess();
  await founding(it.world);
  bench = new PeopleBench(it);
}, 180_000);

afterAll(() => it?.close());

const submit: PeopleBench['submit'] = (...given) => bench.submit(...given);
const written: PeopleBench['written'] = (...given) => bench.written(...given);
const signed: PeopleBench['signed'] = (...given) => bench.signed(...given);
const requested: PeopleBench['requested'] = (...given) => bench.requested(...given);
const approves: PeopleBench['approves'] = (...given) => bench.approves(...given);
const ordered: PeopleBench['ordered'] = (...given) => bench.ordered(...given);
const adopts: PeopleBench['adopts'] = (...given) => bench.adopts(...given);
const changes: PeopleBench['changes'] = (...given) => bench.changes(...given);

/** Bo's key is replaced by a passkey, and to withdraw an operator takes one of each class. */
function later(change: Partial<ApproverSet> = {}): ApproverSet {
  const { persons, policy } = bench.inForce;
  return bench.later({
    persons: persons.map((one) => (one.id === 'P-BO' ? { ...one, keys: [...one.keys, passkey.public] } : one)),
    policy: policy.map((one) => (one.kind === 'withdraw-operator' ? { ...one, classA: 1 } : one)),
    ...change,
  });
}

const adoption = (set: ApproverSet) => bench.adoption(set);

const stateOf = async (id: string): Promise<string> => {
  const found = await it.world.callers.ask<{ order: { state: string } }>(
    'clara',
    'query ($id: ID!) { order(id: $id) { state } }',
    { id },
  );
  return found.order.state;
};

describe('S31b an approver set', () => {
  test('comes into force by an order that the quorum of the set before it approved, and by nothing less', async () => {
    const set = later();
    const alone = await ordered(adoption(set), ['anna']);
    expect(codeOf(await adopts(alone, set))).toBe('QUORUM_PERSONS');
    const bytes = await ordered(adoption(set));
    expect(codeOf(await adopts(bytes, later({ policy: bench.inForce.policy })))).toBe('OTHER_SET_THAN_ORDERED');
    const waiting = await ordered({ kind: 'enrol-unit', unit: 'U-8', credential: thumbprint(newJwk()) }, ['anna']);
    expect(codeOf(await adopts(bytes, set))).toBe('done');
    expect(codeOf(await approves('bo', waiting))).toBe('ORDER_OTHER_APPROVER_SET');
    expect(codeOf(await requested(written(adoption(set))))).toBe('ORDER_OTHER_APPROVER_SET');
    bench.inForce = set;
    await it.world.event('the order spent', (e) => e.type === 'OrderSpent' && e.stream === `order-${orderId(bytes)}`);
    expect(await stateOf(orderId(bytes))).toBe('spent');
    expect(await it.world.callers.ask('rita', '{ approverSets { hash adopted { version order } } }', {})).toEqual({
      approverSets: {
        hash: approverSetHash(approverSetBytes(set)),
        adopted: [{ version: 2, order: orderId(bytes) }],
      },
    });
  });

  test('brings passkeys: one officer and a passkey where policy says so, both of class A where trust is widened', async () => {
    const bytes = await ordered({ kind: 'withdraw-operator', operator: 'P-EMIL', reason: 'left' }, ['anna']);
    expect(codeOf(await changes(bytes))).toBe('QUORUM_PERSONS');
    const elsewhere = { ...PINNED, origin: 'http://localhost:4401' };
    const phished = asserts(passkey.privateKey, { bytes, pinned: elsewhere });
    expect(codeOf(await approves('bo', bytes, phished))).toBe('PASSKEY_ORIGIN');
    expect(codeOf(await approves('bo', bytes, asserts(passkey.privateKey, { bytes, pinned: PINNED })))).toBe('done');
    expect(codeOf(await changes(bytes))).toBe('done');
    const next = later({ persons: bench.inForce.persons });
    const adopting = await ordered(adoption(next), ['anna']);
    expect(
      codeOf(await approves('bo', adopting, asserts(passkey.privateKey, { bytes: adopting, pinned: PINNED }))),
    ).toBe('done');
    expect(codeOf(await adopts(adopting, next))).toBe('QUORUM_CLASS_A');
  });
});

function newJwk() {
  const { x, y = '' } = publicJwk(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey);
  return { crv: 'P-256' as const, kty: 'EC' as const, x, y };
}

describe('S31b an operator', () => {
  const second = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = () => ({ ...newJwk(), ...publicJwk(second.publicKey) });
  const signsIn = async (who: Who, change: object = {}): Promise<string> => {
    const session = await signInAs(it, who, change);
    return isRefusal(session) ? session.code : 'in';
  };

  test('gets a second credential, and signs in with either as the same person', async () => {
    const enrolment = {
      kind: 'enrol-operator',
      operator: TOM,
      roles: ['technician'],
      credential: thumbprint(jwk()),
    };
    expect(await signsIn('tom', { key: second.privateKey })).toBe('SIGN_IN_SIGNATURE');
    const bytes = await ordered(enrolment);
    expect(codeOf(await changes(bytes))).toBe('CREDENTIAL_MISSING');
    expect(codeOf(await changes(bytes, newJwk()))).toBe('OTHER_KEY_THAN_ORDERED');
    expect(codeOf(await changes(bytes, jwk()))).toBe('done');
    expect([await signsIn('tom', { key: second.privateKey }), await signsIn('tom')]).toEqual(['in', 'in']);
  });

  test('gets no credential that approves, and none of somebody else', async () => {
    const approving = publicJwk(createPublicKey(it.world.keyOf('anna')));
    const enrolment = { kind: 'enrol-operator', operator: TOM, roles: ['technician'] };
    const first = await ordered({ ...enrolment, credential: thumbprint(approving) });
    expect(codeOf(await changes(first, approving))).toBe('SIGN_IN_KEY_APPROVES');
    const other = await ordered({
      ...enrolment,
      operator: 'P-RITA',
      roles: ['auditor'],
      credential: thumbprint(jwk()),
    });
    expect(codeOf(await changes(other, jwk()))).toBe('KEY_TWICE');
  });

  test('who is suspended is signed out at once and does not come in again until he is enrolled again', async () => {
    const session = await signInAs(it, 'tom', {});
    if (isRefusal(session)) throw new Error(session.code);
    const viewer = async (): Promise<string> => {
      const response = await fetch(`${it.house.platformUrl}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${session.token}` },
        body: JSON.stringify({ query: '{ viewer { subject } }' }),
      });
      const answer = (await response.json()) as { errors?: { extensions: { code: string } }[] };
      return answer.errors?.[0]?.extensions.code ?? 'in';
    };
    expect(await viewer()).toBe('in');
    const suspension = await ordered({ kind: 'suspend-operator', operator: TOM, reason: 'lost' }, ['anna']);
    expect(codeOf(await changes(suspension))).toBe('done');
    expect(await viewer()).toBe('SESSION_OVER');
    expect([await signsIn('tom'), await signsIn('tom', { key: second.privateKey })]).toEqual([
      'SIGN_IN_SUSPENDED',
      'SIGN_IN_SUSPENDED',
    ]);
    const third = newJwk();
    const again = await ordered({
      kind: 'enrol-operator',
      operator: TOM,
      roles: ['technician'],
      credential: thumbprint(third),
    });
    expect(codeOf(await changes(again, third))).toBe('done');
    expect(await signsIn('tom')).toBe('in');
  });

  test('loses a credential and a role by one officer, and gets a role by two', async () => {
    const lost = { kind: 'withdraw-credential', operator: TOM, credential: thumbprint(jwk()), reason: 'lost' };
    expect(codeOf(await changes(await ordered(lost, ['anna'])))).toBe('done');
    expect(await signsIn('tom', { key: second.privateKey })).toBe('SIGN_IN_SIGNATURE');
    const granted = { kind: 'grant-roles', operator: TOM, roles: ['auditor'] };
    expect(codeOf(await changes(await ordered(granted)))).toBe('done');
    expect(await signsIn('tom', { roles: ['auditor'] })).toBe('in');
    const revoked = { kind: 'withdraw-roles', operator: TOM, roles: ['auditor'], reason: 'replaced' };
    expect(codeOf(await changes(await ordered(revoked, ['anna'])))).toBe('done');
    expect(await signsIn('tom', { roles: ['auditor'] })).toBe('SIGN_IN_ROLE');
  });

  test('S24c who left is erased, and every proof still holds', async () => {
    const left = await ordered({ kind: 'withdraw-operator', operator: TOM, reason: 'left' });
    expect(codeOf(await changes(left))).toBe('done');
    const erases = () => submit('ada', 'eraseOperator', { operator: 'String!' }, { operator: TOM });
    expect([codeOf(await erases()), codeOf(await erases())]).toEqual(['done', 'done']);
    const result = await replay(numbered(await it.events()));
    expect(isFinding(result) ? result : 'holds').toBe('holds');
    const [last] = (await it.events()).slice(-1);
    const seen = await it.world.callers.ask(
      'rita',
      `query ($person: String!, $after: String!) {
        operator(person: $person, after: $after) { standing erased roles credentials setVersion }
        keys(seen: $after, first: 50, filter: { holder: "person:${TOM}" }) { edges { node { kind state reason } } }
        bo: operator(person: "P-BO", after: $after) { standing setVersion keys { class } }
      }`,
      { person: TOM, after: last!.position },
    );
    const gone = (reason: string) => ({ node: { kind: 'sign-in-credential', state: 'deactivated', reason } });
    expect(seen).toMatchObject({
      operator: { standing: 'withdrawn', erased: true, roles: ['technician'], setVersion: null },
      keys: { edges: [gone('left'), gone('lost'), gone('left')] },
      bo: { standing: 'active', setVersion: 2, keys: [{ class: 'A' }, { class: 'B' }] },
    });
  });
});

describe('whoever owns the platform and its log key', () => {
  let log: Log;
  beforeAll(async () => {
    log = await it.events();
  });
  const judged = async (forged: Log): Promise<string> => {
    const result = await replay(numbered(forged));
    return isFinding(result) ? `${result.code} ${result.type}` : 'holds';
  };
  const change = (type: string, members: Data): Log =>
    altered(log, nth(log, type), (data) => ({ ...data, ...members }));
  const adopted = (): StoredEvent => nth(log, 'ApproverSetAdopted');
  const endOf = (type: string): StoredEvent => log[log.indexOf(nth(log, type)) + 1]!;
  const rogue = () => {
    const previous = String(dataOf(adopted()).previous);
    const set = later({ version: 2, previous, persons: bench.inForce.persons.slice(1), policy: bench.inForce.policy });
    return { document: textOf(approverSetBytes(set)), hash: approverSetHash(approverSetBytes(set)) };
  };

  test.each([
    [
      'has another set adopted than the one approved',
      'SET_OTHER_THAN_ORDERED',
      () => change('ApproverSetAdopted', rogue()),
    ],
    ['has a set adopted by no order', 'SET_NOT_APPROVED', () => change('ApproverSetAdopted', { order: null })],
    [
      'has a set adopted that one officer approved',
      'QUORUM_PERSONS',
      () => change('ApproverSetAdopted', { order: nth(log, 'OrderRequested', 2).stream.slice('order-'.length) }),
    ],
  ])('%s: found', async (_what, code, forge) => {
    expect(await judged(log)).toBe('holds');
    expect(await judged(forge())).toBe(`${code} ApproverSetAdopted`);
  });

  test('has the dismissed approve an old order after the new set: found', async () => {
    const waiting = nth(log, 'OrderRequested', 4);
    const bytes = ascii(String(dataOf(waiting).bytes));
    expect(bytes.includes('U-8'.charCodeAt(0))).toBe(true);
    const approval = { ...dataOf(nth(log, 'OrderApproved', 1)), proof: signed('bo', bytes) };
    const late = inserted(log, null, { stream: waiting.stream, type: 'OrderApproved', data: approval });
    expect(await judged(late)).toBe('ORDER_OTHER_APPROVER_SET OrderApproved');
  });

  test.each([
    [
      'gives a credential of his own',
      'ACT_OTHER_THAN_ORDERED',
      'CredentialAdded',
      () => change('CredentialAdded', { credential: newJwk() }),
    ],
    [
      'gives more roles than ordered',
      'ACT_OTHER_THAN_ORDERED',
      'RoleGranted',
      () => change('RoleGranted', { roles: ['auditor', 'administrator'] }),
    ],
    [
      'takes an order of another kind',
      'ORDER_OTHER_KIND',
      'RoleGranted',
      () => change('RoleGranted', { order: dataOf(nth(log, 'OperatorSuspended')).order }),
    ],
    [
      'gives another reason',
      'ACT_OTHER_THAN_ORDERED',
      'OperatorSuspended',
      () => change('OperatorSuspended', { reason: 'left' }),
    ],
    [
      'brings a suspended one back by the old order',
      'EVENT_NOT_DECIDED',
      'CredentialAdded',
      () => inserted(log, endOf('OperatorSuspended'), nth(log, 'CredentialAdded')),
    ],
    [
      'erases in the name of somebody who may not',
      'ERASED_BY_STRANGER',
      'OperatorErased',
      () => change('OperatorErased', { by: 'P-BO' }),
    ],
  ] as const)('%s: found', async (_what, code, type, forge) => {
    expect(await judged(forge())).toBe(`${code} ${type}`);
  });

  test('has those enrolled whom the platform refused: found', async () => {
    const enrols = (operator: string, credential: { crv: string; kty: string; x: string; y?: string }): Log => {
      const kid = thumbprint(credential as never);
      const order = log.find(
        (e) =>
          e.type === 'OrderRequested' &&
          String(dataOf(e).bytes).includes(`${kid}","domain`) &&
          String(dataOf(e).bytes).includes(`operator":"${operator}"`),
      )!;
      const data = { credential, order: order.stream.slice('order-'.length) };
      return inserted(log, nth(log, 'OperatorSuspended'), {
        stream: `operator-${operator}`,
        type: 'CredentialAdded',
        data,
      });
    };
    const anna = publicJwk(createPublicKey(it.world.keyOf('anna')));
    expect(await judged(enrols(TOM, anna))).toBe('SIGN_IN_KEY_APPROVES CredentialAdded');
    const his = dataOf(nth(log, 'CredentialAdded')).credential as never;
    expect(await judged(enrols('P-RITA', his))).toBe('KEY_TWICE CredentialAdded');
  });

  test('lets a suspended one sign in: found', async () => {
    const suspended = nth(log, 'OperatorSuspended');
    const session = log.find((e) => e.type === 'SignedIn' && dataOf(e).operator === TOM && e.metadata.proof)!;
    const others = log.filter((e) => e !== session);
    const at = others.indexOf(suspended) + 1;
    expect(await judged([...others.slice(0, at), session, ...others.slice(at)])).toMatch(
      /^SIGN_IN_SUSPENDED|^SIGN_IN_TOO_LONG/,
    );
  });
});
