/** A reset erases the key pair and nothing else; the next personalization makes another. */
import { describe, expect, test } from '@jest/globals';
import { verifyRaw } from '#libs/certificates/ecdsa.ts';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import { equal, toBase64url } from '#libs/kernel/bytes.ts';
import { keyFromSpki } from '#libs/kernel/hash.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { encodeResetDone, encodeResetTicket } from '#libs/personalization-protocol/reset-ticket.ts';
import { ModuleBench, orThrow } from '#test/attacks/module-bench.ts';
import { nonceOf, resetRequest, resets } from '#test/attacks/module-reset-attacks.ts';
import { identityKeyOf } from './initialization.ts';
import { execute } from './line-session.ts';
import { partsOf } from './module-parts.ts';

function operating(): { bench: ModuleBench; key: string; spki: Uint8Array } {
  const bench = new ModuleBench();
  const { spki } = bench.personalize();
  const key = bench.image.read().operation?.privateKey ?? '';
  return { bench, key, spki };
}

describe('a reset', () => {
  test('S26e S26f by a card’s ticket erases the key pair; the next personalization makes another, one epoch higher', () => {
    const { bench, key, spki } = operating();
    const request = resetRequest(bench);
    const answer = orThrow(bench.execute(request));
    if (answer.type !== 'WasReset') throw new Error(answer.type);
    const { serial, genesis } = bench.image.read();
    const said = { serial, epoch: 1, orderHash: request.orderHash, genesis: bench.customer.genesis };
    expect(answer.statement).toEqual(encodeResetDone(said));
    expect(verifyRaw(answer.statement, answer.signature, keyFromSpki(identityKeyOf(bench.image)))).toBe(true);
    expect(bench.image.snapshot().json).not.toContain(key);
    expect(bench.module.state).toBe('personalization');
    expect(genesis).toBe(toBase64url(bench.customer.genesis));
    const next = bench.makeKey({ orderHash: randomOctets(32) });
    expect(next.epoch).toBe(2);
    expect(equal(next.spki, spki)).toBe(false);
    expect(bench.execute({ type: 'LastReset' })).toMatchObject({ type: 'WasReset', statement: answer.statement });
  });

  test('S26e a nonce is good once, and gone with the power', () => {
    const { bench } = operating();
    const request = resetRequest(bench);
    orThrow(bench.execute(request));
    bench.execute(bench.installation(bench.makeKey()));
    expect(bench.module.state).toBe('operating');
    expect(bench.execute(request)).toMatchObject({ code: 'RESET_NONCE' });
    const later = resetRequest(bench);
    const afterPower = partsOf({ image: bench.image });
    expect(execute(afterPower, later, new Uint8Array(32))).toMatchObject({ code: 'RESET_NONCE' });
    expect(bench.execute({ ...later, signature: new Uint8Array(64) })).toMatchObject({ code: 'RESET_SIGNATURE' });
    expect(bench.execute(later)).toMatchObject({ code: 'RESET_NONCE' });
  });

  test('S26d by a jumper inside the housing does the same without a ticket, and its word names no order', () => {
    const { bench, key } = operating();
    bench.module.intervene();
    expect(bench.image.snapshot().json).not.toContain(key);
    expect(bench.module.state).toBe('personalization');
    const answer = orThrow(bench.execute({ type: 'LastReset' }));
    if (answer.type !== 'WasReset') throw new Error(answer.type);
    const { serial } = bench.image.read();
    const said = { serial, epoch: 1, orderHash: new Uint8Array(32), genesis: bench.customer.genesis };
    expect(answer.statement).toEqual(encodeResetDone(said));
    const before = bench.image.snapshot().generation;
    bench.module.intervene();
    expect(bench.image.snapshot().generation).toBe(before);
    expect(bench.makeKey().epoch).toBe(2);
  });

  test('S16a a module that does not operate has nothing to reset, and a fresh one was never reset', () => {
    const bench = new ModuleBench();
    expect(resets(bench)).toMatchObject({ code: 'RESET_NOT_OPERATING' });
    expect(bench.execute({ type: 'LastReset' })).toMatchObject({ code: 'NEVER_RESET' });
  });

  test('a restored image of before a reset is refused at power-on', () => {
    const { bench } = operating();
    const copy = bench.image.snapshot();
    orThrow(resets(bench));
    bench.image.restore(copy);
    expect(bench.image.powerOn()).toMatchObject({ code: 'IMAGE_OLD' });
  });
});

describe('a transfer', () => {
  test('S26e by a card of the old deployment makes the module one of the new, and of no third', () => {
    const { bench } = operating();
    const other = bench.newCustomer();
    const { serial, epoch } = bench.image.read();
    const { signature: _, type: _type, ...members } = resetRequest(bench);
    const { nonce, orderHash } = members;
    const ticket = encodeResetTicket({ serial, epoch, nonce, orderHash, newGenesis: other.genesis });
    const asked = { type: 'Transfer', ...members, newGenesis: other.genesis } as const;
    const forged = signRaw(ticket, other.key);
    expect(bench.execute({ ...asked, signature: forged })).toMatchObject({ code: 'RESET_SIGNATURE' });
    const again = { ...asked, nonce: nonceOf(bench) };
    const genuine = encodeResetTicket({ serial, epoch, nonce: again.nonce, orderHash, newGenesis: other.genesis });
    const answer = orThrow(bench.execute({ ...again, signature: signRaw(genuine, bench.customer.key) }));
    expect(answer.type).toBe('WasReset');
    expect(bench.image.read().genesis).toBe(toBase64url(other.genesis));
    expect(bench.execute(bench.makeKeyRequest())).toMatchObject({ code: 'MODULE_OTHER_DEPLOYMENT' });
    expect(bench.makeKey({ genesis: other.genesis }).epoch).toBe(2);
  });
});
