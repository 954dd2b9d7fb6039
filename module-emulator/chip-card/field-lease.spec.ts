/** Leases for the field, counted down by the card, and the tickets that it signs so that a module can be reset. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { verifyRaw } from '#libs/certificates/ecdsa.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { keyFromSpki, sha256 } from '#libs/kernel/hash.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { encodeResetTicket } from '#libs/personalization-protocol/reset-ticket.ts';
import { CardBench, orNull } from '#test/attacks/card-bench.ts';
import { lease, visit } from '#test/attacks/card-visit.ts';
import { CARD, CardWorld, NOW, orThrow, presentAll } from '#test/attacks/card-world.ts';
import { type CardMemory, publicSpki } from './memory.ts';

const world = new CardWorld();
let active: CardMemory;
beforeAll(async () => {
  active = await world.active();
});

const nothingPut = () => Promise.resolve(null);

/** At headquarters: both custodians open the card for one lease. */
async function leasedFor(entries: number, withdrawn: readonly Uint8Array[] = []): Promise<CardBench> {
  const bench = new CardBench(active);
  const client = await bench.withCustodians();
  orNull(await client.presentOrder(world.personalizeOrder(active)));
  const challenge = orThrow(await client.challenge());
  orNull(await lease(world, client, { challenge, card: CARD, change: { lease: { entries, withdrawn } } }));
  return bench;
}

describe('a lease for the field', () => {
  const modules = ['SM-000030', 'SM-000031', 'SM-000032'].map((serial) => world.maker.module(serial));
  const offline = (bench: CardBench, at: number) =>
    visit(world, bench, { module: modules[at]!, order: { serials: [modules[at]!.serial] }, putLease: nothingPut });

  test('lets the card sign as often as it says, over losses of power, and not once more', async () => {
    const bench = await leasedFor(2);
    expect(isRefusal(await offline(bench, 0))).toBe(false);
    await bench.powerOff();
    expect(isRefusal(await offline(bench, 1))).toBe(false);
    expect(await offline(bench, 2)).toMatchObject({ code: 'LEASE_ENTRIES' });
    expect(bench.image.read()).toMatchObject({ keptLease: { entriesLeft: 0 }, reserved: null });
    expect(bench.image.read().log).toHaveLength(2);
  });

  test('is counted before the signature is made: a loss of power gives no entry back', async () => {
    const bench = await leasedFor(2);
    bench.onWrite = (next) => {
      bench.image.write(next);
      if (next.reserved !== null) throw new Error('power lost');
    };
    await expect(offline(bench, 0)).rejects.toThrow('power lost');
    expect(bench.image.read().keptLease).toMatchObject({ entriesLeft: 1 });
    bench.onWrite = (next) => bench.image.write(next);
    await bench.powerOn();
    expect(bench.image.read()).toMatchObject({ reserved: null, keptLease: { entriesLeft: 1 } });
    expect(bench.image.read().log).toHaveLength(1);
  });

  test('names what was withdrawn when it was given, and ends with the approver set', async () => {
    const order = world.personalizeOrder(active);
    const bench = await leasedFor(3, [sha256(order)]);
    expect(await visit(world, bench, { putLease: nothingPut })).toMatchObject({ code: 'LEASE_WITHDRAWS_ORDER' });
    expect(bench.image.read().keptLease).toMatchObject({ entriesLeft: 3 });
    const none = new CardBench(active);
    expect(await visit(world, none, { putLease: nothingPut })).toMatchObject({ code: 'LEASE_MISSING' });
  });

  test('online, a lease for one lies in the session alone and counts nothing of what is kept', async () => {
    const bench = await leasedFor(2);
    orThrow(await visit(world, bench, { module: modules[0]!, order: { serials: [modules[0]!.serial] } }));
    expect(bench.image.read().keptLease).toMatchObject({ entriesLeft: 2 });
  });
});

describe('a ticket for a reset', () => {
  async function ticket(bench: CardBench, bytes: Uint8Array, nonce: Uint8Array, approvals = world.approvals(bytes)) {
    const client = await bench.withTechnician();
    orNull(await client.presentOrder(bytes));
    orNull(await presentAll(client, approvals));
    const challenge = orThrow(await client.challenge());
    orNull(await lease(world, client, { challenge, card: CARD, change: {} }));
    return client.signReset(nonce);
  }
  const key = () => keyFromSpki(publicSpki(active.signingKey));
  const { serial } = world.module;

  test('S26e is signed under two persons’ order, over serial, epoch, the module’s nonce and the order', async () => {
    const [bytes, nonce] = [world.resetOrder(active, { epoch: 3 }), randomOctets(32)];
    const bench = new CardBench(active);
    const signature = orThrow(await ticket(bench, bytes, nonce));
    const said = { serial, epoch: 3, nonce, orderHash: sha256(bytes), newGenesis: null };
    expect(verifyRaw(encodeResetTicket(said), signature, key())).toBe(true);
    expect(verifyRaw(encodeResetTicket({ ...said, epoch: 4 }), signature, key())).toBe(false);
    expect(bench.image.read().log).toEqual([]);
  });

  test('of a transfer names the other deployment, and is never one of a reset', async () => {
    const genesis = randomOctets(32);
    const [bytes, nonce] = [world.transferOrder(active, toBase64url(genesis)), randomOctets(32)];
    const signature = orThrow(await ticket(new CardBench(active), bytes, nonce));
    const said = { serial, epoch: 1, nonce, orderHash: sha256(bytes) };
    expect(verifyRaw(encodeResetTicket({ ...said, newGenesis: genesis }), signature, key())).toBe(true);
    expect(verifyRaw(encodeResetTicket({ ...said, newGenesis: null }), signature, key())).toBe(false);
  });

  test('S26e is refused with one approval, without a lease, after the window, and under another order', async () => {
    const nonce = randomOctets(32);
    const bytes = world.resetOrder(active);
    const one = await ticket(new CardBench(active), bytes, nonce, world.approvals(bytes).slice(0, 1));
    expect(one).toMatchObject({ code: 'QUORUM_PERSONS' });
    const late = world.resetOrder(active, { notAfter: NOW - 1 });
    expect(await ticket(new CardBench(active), late, nonce)).toMatchObject({ code: 'ORDER_EXPIRED' });
    const other = world.personalizeOrder(active);
    expect(await ticket(new CardBench(active), other, nonce)).toMatchObject({ code: 'ORDER_MISSING' });
    const short = await ticket(new CardBench(active), bytes, nonce.slice(1));
    expect(short).toMatchObject({ code: 'NONCE_LENGTH' });
    const client = await new CardBench(active).withTechnician();
    orNull(await client.presentOrder(bytes));
    orNull(await presentAll(client, world.approvals(bytes)));
    expect(await client.signReset(nonce)).toMatchObject({ code: 'LEASE_MISSING' });
  });

  test('costs a lease for the field one entry', async () => {
    const bench = await leasedFor(2);
    const client = await bench.withTechnician();
    const bytes = world.resetOrder(active);
    orNull(await client.presentOrder(bytes));
    orNull(await presentAll(client, world.approvals(bytes)));
    orThrow(await client.signReset(randomOctets(32)));
    expect(bench.image.read().keptLease).toMatchObject({ entriesLeft: 1 });
  });
});
