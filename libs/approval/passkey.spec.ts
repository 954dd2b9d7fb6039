/** Passkeys: approvals that every relying party reads alike, under whatever anybody sends in their place. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { personalizeOrder, madeUpId } from '#test/kit/orders.ts';
import { approverSetBytes, approverSetHash, parseApproverSet } from '#libs/kernel/approver-set.ts';
import { ascii, concat, fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import { decodeApproval, encodeApproval } from '#libs/chip-card-protocol/approval-field.ts';
import { type Proof, kidOf, verifyDetached } from '#libs/kernel/detached-jws.ts';
import { officer, rule, setOf, signs } from '#libs/kernel/officers.fixture.ts';
import { orderBytes } from '#libs/kernel/order.ts';
import { assertionOf, passkeyProof } from '#libs/kernel/passkey.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { publicJwk } from '#libs/kernel/hash.ts';
import { PINNED, asserts } from '#module-emulator/adversary/authenticator.ts';
import { createPublicKey } from 'node:crypto';
import { checkApprovedOrder, judgeOrder, whoSigned } from './approval.ts';
import { readClientData } from './passkey.ts';

const ada = officer('ada', ['approver', 'requester'], 'AP');
const fay = officer('fay', ['approver'], 'P');
const set = setOf([ada, fay], [rule('personalize', { classA: 1 })]);
const setBytes = approverSetBytes(set);
const held = { setBytes, pins: { genesis: madeUpId('genesis'), approverSet: approverSetHash(setBytes) } };
const bytes = orderBytes({ ...personalizeOrder(), approverSet: held.pins.approverSet });
const mine = signs(ada, bytes);

function outcome(...approvals: readonly Proof[]): unknown {
  const approved = checkApprovedOrder({ bytes, approvals }, held);
  return isRefusal(approved) ? approved.code : approved.signers.map((one) => `${one.person}/${one.keyClass}`);
}

describe('S31b a passkey', () => {
  test('approves as class B, and both of a person’s credentials count as one person', () => {
    expect(outcome(mine, signs(fay, bytes))).toEqual(['ada/A', 'fay/B']);
    expect(outcome(mine, signs(ada, bytes, { keyAt: 1 }))).toBe('QUORUM_PERSONS');
    expect(outcome(signs(fay, bytes), signs(ada, bytes, { keyAt: 1 }))).toBe('QUORUM_CLASS_A');
  });

  test('approves whatever its counter says, and with members that browsers may add', () => {
    const greased = (honest: string) => honest.replace('}', ',"other_keys_can_be_added_here":"do not compare"}');
    expect(outcome(mine, asserts(fay.keys[0]!.privateKey, { bytes, pinned: PINNED }, { clientData: greased }))).toEqual(
      ['ada/A', 'fay/B'],
    );
  });

  test('declines and withdraws by another challenge, and neither is an approval', () => {
    const it = judgeOrder(bytes, held);
    if (isRefusal(it)) throw new Error(it.code);
    for (const type of ['keyledger-decline+jws', 'keyledger-withdrawal+jws'] as const) {
      const proof = signs(fay, bytes, { type });
      expect(whoSigned(it, { bytes, proof, type })).toMatchObject({ person: 'fay', keyClass: 'B' });
      expect(outcome(mine, proof)).toBe('PASSKEY_CHALLENGE');
      expect(whoSigned(it, { bytes, proof: signs(fay, bytes), type })).toMatchObject({ code: 'PASSKEY_CHALLENGE' });
    }
    const type = 'keyledger-sign-in+jws';
    expect(whoSigned(it, { bytes, proof: signs(fay, bytes), type })).toMatchObject({ code: 'PASSKEY_CHALLENGE' });
    const signedIn = signs(fay, ascii('a statement to sign in'), { type });
    expect(outcome(mine, signedIn)).toBe('PASSKEY_CHALLENGE');
  });

  test('is no signing key, and a signing key is no passkey', () => {
    const passkey = signs(fay, bytes);
    expect(outcome(mine, { ...passkey, signature: mine.signature })).toBe('APPROVAL_SIGNATURE');
    const soft = asserts(ada.keys[0]!.privateKey, { bytes, pinned: PINNED });
    expect(outcome(soft, passkey)).toBe('APPROVAL_SIGNATURE');
  });

  test('stands in a set with the page that may ask it, as class B only', () => {
    const written = (change: object) => {
      const keys = [{ ...fay.keys[0]!.public, ...change }];
      const read = parseApproverSet(
        approverSetBytes({ ...set, persons: [set.persons[0]!, { ...set.persons[1]!, keys }] }),
      );
      return isRefusal(read) ? read.code : 'read';
    };
    expect(written({})).toBe('read');
    expect(written({ passkey: { ...PINNED, origin: 'https://keyledger.example.test' } })).toBe('read');
    expect(written({ class: 'A' })).toBe('BAD_SHAPE');
    expect(written({ passkey: { ...PINNED, origin: 'http://localhost:4400/' } })).toBe('BAD_SHAPE');
    expect(written({ passkey: { ...PINNED, backup: 'maybe' } })).toBe('BAD_SHAPE');
  });
});

describe('what is read of a proof, whatever stands there,', () => {
  const passkey = signs(fay, bytes);
  const settings = { seed: 6501, numRuns: 400 };
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc.uint8Array({ maxLength: 400 }).map((octets) => toBase64url(octets)),
    fc.string({ maxLength: 200 }).map((header) => toBase64url(ascii(header))),
  );
  /** A genuine one with some octets of its header or signature changed, cut off or doubled. */
  const near = fc
    .record({ of: fc.constantFrom(mine, passkey), at: fc.nat(), by: fc.uint8Array({ maxLength: 6 }), cut: fc.nat(9) })
    .map(({ of, at, by, cut }) => {
      const header = fromBase64url(of.protected)!;
      const place = at % header.length;
      return { ...of, protected: toBase64url(concat(header.slice(0, place), by, header.slice(place + cut))) };
    });
  const proofs = fc.oneof(fc.record({ protected: text, signature: text }), near);

  test('is a refusal or the approval, never a crash (JWS and assertions)', () => {
    fc.assert(
      fc.property(proofs, (proof) => {
        const said = outcome(mine, proof);
        const genuine = proof.protected === passkey.protected && proof.signature === passkey.signature;
        expect(Array.isArray(said)).toBe(genuine);
        kidOf('keyledger-approval+jws', proof);
        const key = publicJwk(createPublicKey(ada.keys[0]!.privateKey));
        verifyDetached('keyledger-approval+jws', bytes, { proof, key });
      }),
      settings,
    );
  });

  test('has one spelling: what is read as an assertion is written the same', () => {
    fc.assert(
      fc.property(near, (proof) => {
        const read = assertionOf(proof);
        if (read !== null) expect(passkeyProof(read)).toEqual(proof);
      }),
      settings,
    );
  });

  test('goes to a card and comes back the same, and other octets are refused', () => {
    for (const proof of [mine, passkey]) expect(decodeApproval(encodeApproval(proof))).toEqual(proof);
    expect(encodeApproval(passkey).length).toBeLessThan(320);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (octets) => {
        const read = decodeApproval(octets);
        if (!isRefusal(read)) expect(encodeApproval(read)).toEqual(octets);
      }),
      settings,
    );
  });

  test('browser data are read in one form only', () => {
    const honest = Buffer.from(assertionOf(passkey)!.clientData).toString('latin1');
    expect(readClientData(ascii(honest))).toMatchObject({ type: 'webauthn.get', crossOrigin: false, others: [] });
    fc.assert(
      fc.property(fc.nat(honest.length), fc.string({ maxLength: 8 }), fc.nat(3), (at, by, cut) => {
        const altered = honest.slice(0, at) + by + honest.slice(at + cut);
        const read = readClientData(ascii(altered));
        if (read === null) return;
        const parsed = JSON.parse(altered) as Record<string, unknown>;
        expect(parsed).toMatchObject({ type: read.type, challenge: read.challenge, origin: read.origin });
      }),
      settings,
    );
    const endless = ascii(`${honest.slice(0, -1)}${',"a":1'.repeat(5_000)}}`);
    expect(readClientData(endless)?.others.length).toBe(5_000);
  });
});
