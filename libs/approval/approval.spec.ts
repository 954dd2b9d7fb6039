/** Four eyes: persons are counted, never keys or signatures, and only what was signed as an approval counts. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { issueCardOrder, madeUpId, personalizeOrder } from '#test/kit/orders.ts';
import { type ApproverSet, approverSetBytes, approverSetHash } from '#libs/kernel/approver-set.ts';
import { fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import { type Officer, officer, rule, setOf, signs } from '#libs/kernel/officers.fixture.ts';
import { type Order, orderBytes, orderId } from '#libs/kernel/order.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { checkApprovedOrder, judgeApproval, judgeOrder, whoSigned } from './approval.ts';

const ada = officer('ada', ['approver', 'requester'], 'AA');
const ben = officer('ben', ['approver', 'custodian'], 'A');
const cem = officer('cem', ['approver'], 'AB');
const dot = officer('dot', ['requester', 'custodian']);
const eve = officer('eve');
const POLICY = [
  rule('personalize'),
  rule('personalize', { site: 'kiel', classA: 1 }),
  rule('personalize', { site: 'ulm', persons: 3, classA: 0 }),
  rule('issue-card'),
];
const set = setOf([ada, ben, cem, dot], POLICY);

/** An order under a set, as its relying party holds both. */
class Desk {
  readonly setBytes: Uint8Array;
  readonly pins: { readonly genesis: string; readonly approverSet: string };
  readonly bytes: Uint8Array;

  constructor(order: Partial<Order> = {}, under: ApproverSet = set) {
    this.setBytes = approverSetBytes(under);
    this.pins = { genesis: madeUpId('genesis'), approverSet: approverSetHash(this.setBytes) };
    const base = order.kind === 'issue-card' ? issueCardOrder({ custodians: ['ben', 'dot'] }) : personalizeOrder();
    this.bytes = orderBytes({ ...base, approverSet: this.pins.approverSet, ...order } as Order);
  }

  /** The signers' names and key classes, or the code of the refusal. */
  outcome(...approvals: readonly Proof[]): unknown {
    const approved = checkApprovedOrder({ bytes: this.bytes, approvals }, this);
    return isRefusal(approved) ? approved.code : approved.signers.map((one) => `${one.person}/${one.keyClass}`);
  }

  by(who: Officer, keyAt = 0): Proof {
    return signs(who, this.bytes, { keyAt });
  }
}

/** The other valid form of the same signature: s replaced by n - s. */
function flipped(proof: Proof): Proof {
  const octets = Buffer.from(fromBase64url(proof.signature)!);
  const s =
    0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n - BigInt(`0x${octets.toString('hex', 32)}`);
  octets.write(s.toString(16).padStart(64, '0'), 32, 'hex');
  return { ...proof, signature: toBase64url(octets) };
}

describe('S31b four eyes', () => {
  const desk = new Desk();

  test('are those of two persons who approve with class A keys', () => {
    expect(desk.outcome(desk.by(ada), desk.by(ben))).toEqual(['ada/A', 'ben/A']);
    expect(checkApprovedOrder({ bytes: desk.bytes, approvals: [desk.by(ada), desk.by(ben)] }, desk)).toMatchObject({
      orderId: orderId(desk.bytes),
    });
  });

  test('are not those of one person, with however many keys and signatures', () => {
    expect(desk.outcome()).toBe('QUORUM_PERSONS');
    expect(desk.outcome(desk.by(ada))).toBe('QUORUM_PERSONS');
    expect(desk.outcome(desk.by(ada), desk.by(ada))).toBe('QUORUM_PERSONS');
    expect(desk.outcome(desk.by(ada, 0), desk.by(ada, 1))).toBe('QUORUM_PERSONS');
  });

  test('are not those of one person whose signature was flipped into a second valid one', () => {
    const high = flipped(desk.by(ada));
    expect(desk.outcome(desk.by(ada), high)).toBe('QUORUM_PERSONS');
    expect(desk.outcome(high, desk.by(ben))).toEqual(['ada/A', 'ben/A']);
  });

  test('are not those of one person with two roles: asking is not approving', () => {
    expect(desk.outcome(desk.by(ada), signs(ada, desk.bytes, { keyAt: 1 }))).toBe('QUORUM_PERSONS');
    expect(desk.outcome(desk.by(ada), desk.by(dot))).toBe('APPROVAL_NOT_APPROVER');
  });

  test('need class A where the policy says so, counted by persons too', () => {
    expect(desk.outcome(desk.by(ada), desk.by(cem, 1))).toBe('QUORUM_CLASS_A');
    expect(desk.outcome(desk.by(ada), desk.by(ada, 1), desk.by(cem, 1))).toBe('QUORUM_CLASS_A');
    const kiel = new Desk({ site: 'kiel' });
    expect(kiel.outcome(kiel.by(ada), kiel.by(cem, 1))).toEqual(['ada/A', 'cem/B']);
    expect(desk.outcome(desk.by(ada), desk.by(cem, 1), desk.by(cem, 0))).toHaveLength(3);
  });

  test('are as many as the closest rule says', () => {
    const ulm = new Desk({ site: 'ulm' });
    expect(ulm.outcome(ulm.by(ada), ulm.by(ben))).toBe('QUORUM_PERSONS');
    expect(ulm.outcome(ulm.by(ada), ulm.by(ben), ulm.by(cem))).toHaveLength(3);
  });

  test('S31b are never fewer than two different approvers, whoever signs how often', () => {
    const proofs = [
      desk.by(ada),
      desk.by(ada, 1),
      flipped(desk.by(ada)),
      desk.by(ben),
      desk.by(cem),
      desk.by(cem, 1),
      desk.by(dot),
      signs(eve, desk.bytes),
    ];
    const persons = ['ada', 'ada', 'ada', 'ben', 'cem', 'cem', 'dot', 'eve'];
    fc.assert(
      fc.property(fc.array(fc.nat(proofs.length - 1), { maxLength: 5 }), (chosen) => {
        const outcome = desk.outcome(...chosen.map((at) => proofs[at]!));
        const different = new Set(chosen.map((at) => persons[at]!));
        if (Array.isArray(outcome)) expect(different.size).toBeGreaterThanOrEqual(2);
        if (different.has('dot') || different.has('eve')) expect(Array.isArray(outcome)).toBe(false);
      }),
      { seed: 4, numRuns: 150 },
    );
  });
});

describe('an approval', () => {
  const desk = new Desk();

  test('by a stranger is refused, even beside enough others', () => {
    expect(desk.outcome(desk.by(ada), desk.by(ben), signs(eve, desk.bytes))).toBe('APPROVAL_KEY_UNKNOWN');
  });

  test.each([
    'keyledger-decline+jws',
    'keyledger-withdrawal+jws',
    'keyledger-report+jws',
    'keyledger-bearer+jws',
  ] as const)('is not what was signed as %s', (type) =>
    expect(desk.outcome(desk.by(ada), signs(ben, desk.bytes, { type }))).toBe('APPROVAL_KEY_UNKNOWN'),
  );

  test('of another order is refused', () => {
    const other = new Desk({ nonce: 'BBBBBBBBBBBBBBBBBBBBBA' });
    expect(desk.outcome(desk.by(ada), other.by(ben))).toBe('APPROVAL_SIGNATURE');
  });

  test("in a colleague's name is refused", () => {
    expect(desk.outcome(desk.by(ada), { ...desk.by(ada), protected: desk.by(ben).protected })).toBe(
      'APPROVAL_SIGNATURE',
    );
  });

  test('S31b of a card by its own custodian is refused', () => {
    const issuing = new Desk({ kind: 'issue-card' });
    expect(issuing.outcome(issuing.by(ada), issuing.by(ben))).toBe('CUSTODIAN_APPROVES');
    expect(issuing.outcome(issuing.by(ada), issuing.by(cem))).toEqual(['ada/A', 'cem/A']);
    expect(desk.outcome(desk.by(ada), desk.by(ben))).toEqual(['ada/A', 'ben/A']);
  });
});

describe('an order', () => {
  const code = (desk: Desk, held: { pins: Desk['pins']; setBytes: Uint8Array }): unknown => {
    const it = judgeOrder(desk.bytes, held);
    return isRefusal(it) ? it.code : 'held';
  };
  const desk = new Desk();

  test('of another deployment is refused', () => {
    const foreign = new Desk({ genesis: madeUpId('test') });
    expect(foreign.outcome(foreign.by(ada), foreign.by(ben))).toBe('ORDER_OTHER_DEPLOYMENT');
  });

  test('under another set is refused, whichever of order, set and pin is the odd one', () => {
    const later = approverSetBytes({ ...set, version: 2, previous: desk.pins.approverSet });
    const laterPins = { ...desk.pins, approverSet: approverSetHash(later) };
    expect(code(desk, desk)).toBe('held');
    expect(code(desk, { pins: desk.pins, setBytes: later })).toBe('APPROVER_SET_ALTERED');
    expect(code(desk, { pins: laterPins, setBytes: desk.setBytes })).toBe('APPROVER_SET_ALTERED');
    expect(code(desk, { pins: laterPins, setBytes: later })).toBe('ORDER_OTHER_APPROVER_SET');
  });

  test('that no rule allows is refused, however many approve', () => {
    const alone = new Desk({}, setOf([ada, ben, cem], [rule('personalize', { site: 'kiel' }), rule('issue-card')]));
    expect(alone.outcome(alone.by(ada), alone.by(ben), alone.by(cem))).toBe('NO_POLICY');
  });

  test('or a set that cannot be read is refused', () => {
    expect(checkApprovedOrder({ bytes: desk.bytes.slice(1), approvals: [] }, desk)).toMatchObject({ code: 'NOT_JSON' });
    expect(code(desk, { ...desk, setBytes: desk.setBytes.slice(1) })).toBe('NOT_JSON');
    expect(
      checkApprovedOrder(
        { bytes: new Uint8Array(), approvals: [] },
        { pins: { genesis: '', approverSet: '' }, setBytes: new Uint8Array() },
      ),
    ).toMatchObject({ code: 'NOT_JSON' });
  });

  test('is asked, declined and withdrawn by whoever holds a key of the set, in the type that he signed', () => {
    const it = judgeOrder(desk.bytes, desk);
    if (isRefusal(it)) throw new Error(it.code);
    const type = 'keyledger-decline+jws';
    expect(whoSigned(it, { bytes: desk.bytes, proof: signs(dot, desk.bytes, { type }), type })).toMatchObject({
      person: 'dot',
    });
    expect(whoSigned(it, { bytes: desk.bytes, proof: signs(dot, desk.bytes), type })).toMatchObject({
      code: 'APPROVAL_KEY_UNKNOWN',
    });
    expect(whoSigned(it, { bytes: desk.bytes, proof: signs(eve, desk.bytes, { type }), type })).toMatchObject({
      code: 'APPROVAL_KEY_UNKNOWN',
    });
    expect(judgeApproval(it, { bytes: desk.bytes, proof: signs(dot, desk.bytes) })).toMatchObject({
      code: 'APPROVAL_NOT_APPROVER',
    });
  });
});
