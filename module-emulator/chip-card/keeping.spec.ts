/** What custodians do with a card over the years: another approver set, a full log archived, a PIN unblocked, the end. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { signRaw, verifyRaw } from '#libs/certificates/ecdsa.ts';
import { encodeCommand } from '#libs/chip-card-protocol/apdu.ts';
import { INSTRUCTIONS } from '#libs/chip-card-protocol/commands.ts';
import { decodeLogEntry, encodeLogHead } from '#libs/chip-card-protocol/log-entry.ts';
import { encodeArchive } from '#libs/chip-card-protocol/statements.ts';
import { approverSetHash } from '#libs/kernel/approver-set.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { keyFromSpki } from '#libs/kernel/hash.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { CardBench, PINS, orNull } from '#test/attacks/card-bench.ts';
import { adopts, archives, nextSet } from '#test/attacks/card-keeping-plans.ts';
import { visit } from '#test/attacks/card-visit.ts';
import { CardWorld, DAY, NOW, octetsOf, orThrow, presentAll } from '#test/attacks/card-world.ts';
import { type CardMemory, publicSpki } from './memory.ts';

const world = new CardWorld();
let active: CardMemory;
beforeAll(async () => {
  active = await world.active();
});

describe('a later approver set', () => {
  test('is adopted by the quorum of the set that the card holds, and judges from then on', async () => {
    const bench = new CardBench(active);
    orNull(await adopts(world, bench));
    const next = approverSetHash(nextSet(world));
    expect(await visit(world, bench)).toMatchObject({ code: 'ORDER_OTHER_APPROVER_SET' });
    const approverSet = octetsOf(next);
    const under = await visit(world, bench, { order: { approverSet: next }, lease: { approverSet } });
    expect(isRefusal(under)).toBe(false);
    expect(decodeLogEntry(octetsOf(bench.image.read().log[0]!.entry))).toMatchObject({ approverSetVersion: 8 });
  });

  test('is not adopted a second time, nor by one person, nor without its order', async () => {
    const bench = new CardBench(active);
    orNull(await adopts(world, bench));
    expect(await adopts(world, bench)).toMatchObject({ code: 'ORDER_OTHER_APPROVER_SET' });
    const other = new CardBench(active);
    const client = await other.withCustodians();
    expect(await client.adoptApproverSet(nextSet(world))).toMatchObject({ code: 'ORDER_MISSING' });
    const bytes = world.adoptOrder({ set: approverSetHash(nextSet(world)) });
    orNull(await client.presentOrder(bytes));
    orNull(await presentAll(client, world.approvals(bytes).slice(0, 1)));
    expect(await client.adoptApproverSet(nextSet(world))).toMatchObject({ code: 'QUORUM_PERSONS' });
    expect(other.image.read().customer).toEqual(active.customer);
  });

  test('longer than one APDU comes as a chain, and a broken chain is none', async () => {
    const bench = new CardBench(active);
    const client = await bench.withCustodians();
    const long = new Uint8Array(20_000).fill(0x20);
    orNull(await client.presentOrder(world.adoptOrder({ set: approverSetHash(long) })));
    orNull(await presentAll(client, world.approvals(world.adoptOrder({ set: approverSetHash(long) }))));
    bench.trace.length = 0;
    expect(isRefusal(await client.adoptApproverSet(long))).toBe(true);
    expect(bench.trace).toHaveLength(3);
    expect(bench.trace.slice(0, 2).map(({ answer }) => Buffer.from(answer).toString('hex'))).toEqual(['9000', '9000']);
    const link = { ...INSTRUCTIONS.ADOPT_APPROVER_SET, cla: 0x90, data: Uint8Array.of(1) };
    await bench.transmit(encodeCommand(link));
    const broken = await bench.transmit(encodeCommand({ ...INSTRUCTIONS.GET_STATUS, data: new Uint8Array() }));
    expect(Buffer.from(broken.slice(-2)).toString('hex')).toBe('6883');
    expect(isRefusal(await client.status())).toBe(false);
    for (let links = 0; links < 9; links += 1)
      await bench.transmit(encodeCommand({ ...link, data: new Uint8Array(8192) }));
    expect(Buffer.from(bench.trace.at(-1)!.answer.slice(-2)).toString('hex')).toBe('6883');
  });
});

describe('a log that is archived', () => {
  const modules = ['SM-000020', 'SM-000021'].map((serial) => world.maker.module(serial));
  const made = (bench: CardBench, at: number) =>
    visit(world, bench, { module: modules[at]!, order: { serials: [modules[at]!.serial] } });

  test('S29a a full log refuses until headquarters has signed that it keeps the entries, and then goes on', async () => {
    const bench = new CardBench({ ...active, capacity: 1 });
    orThrow(await made(bench, 0));
    const before = orThrow(await (await bench.selected()).status());
    expect(await made(bench, 1)).toMatchObject({ code: 'LOG_FULL' });
    orNull(await archives(world, bench));
    const client = await bench.selected();
    expect(await client.status()).toEqual(before);
    expect(await client.readLog(1)).toMatchObject({ code: 'LOG_ENTRY_ARCHIVED' });
    const entry = orThrow(decodeLogEntry(orThrow(await made(bench, 1)).entry));
    expect(entry).toMatchObject({ number: 2, previousHead: before.head });
    const nonce = randomOctets(16);
    const again = await bench.selected();
    const { head } = orThrow(await again.status());
    const signed = orThrow(await again.signLogHead(nonce));
    expect(signed.statement).toEqual(encodeLogHead({ card: 'CC-01', number: 2, head, nonce }));
    expect(await again.readLog(2)).toBeInstanceOf(Uint8Array);
  });

  test('forgets no spend as long as a lease could still allow the order, and forgets it afterwards', async () => {
    const bench = new CardBench(active);
    orThrow(await made(bench, 0));
    orNull(await archives(world, bench));
    expect(await made(bench, 0)).toMatchObject({ code: 'SERIAL_SPENT' });
    expect(bench.image.read().archived.spends).toHaveLength(1);
    bench.image.write({ ...bench.image.read(), timeSeen: NOW + 2 * DAY });
    orNull(await archives(world, bench));
    expect(bench.image.read().archived.spends).toEqual([]);
    const later = { lease: { time: NOW + 2 * DAY } };
    const module = modules[0]!;
    const answer = await visit(world, bench, { module, order: { serials: [module.serial] }, ...later });
    expect(answer).toMatchObject({ code: 'ORDER_EXPIRED' });
  });

  test('needs both custodians, and a receipt for entries that the card holds', async () => {
    const bench = new CardBench(active);
    expect(await archives(world, bench, { number: 7 })).toMatchObject({ code: 'LOG_ENTRY_UNKNOWN' });
    const technician = await bench.withTechnician();
    const statement = encodeArchive({ card: 'CC-01', number: 0, head: new Uint8Array(32) });
    expect(await technician.archiveLog(statement, signRaw(statement, world.leaseKey))).toMatchObject({
      code: 'CUSTODIAN_PINS_NEEDED',
    });
  });
});

describe('PINs and the end of a card', () => {
  test('S13c both custodians give the technician a new PIN after three wrong ones; he alone cannot', async () => {
    const bench = new CardBench(active);
    const client = await bench.selected();
    for (const pin of ['111111', '222222', '333333']) await client.verifyPin('technician', pin);
    expect(await client.verifyPin('technician', PINS.technician)).toMatchObject({ code: 'PIN_BLOCKED' });
    expect(await client.unblock('424242')).toMatchObject({ code: 'CUSTODIAN_PINS_NEEDED' });
    const custodians = await bench.withCustodians();
    expect(await custodians.unblock('1')).toMatchObject({ code: 'PIN_LENGTH' });
    orNull(await custodians.unblock('424242'));
    const again = await bench.selected();
    expect(await again.verifyPin('technician', PINS.technician)).toMatchObject({ code: 'PIN_WRONG' });
    expect(await again.verifyPin('technician', '424242')).toBeNull();
  });

  test('S31a a blocked card signs no more, its key is gone from its memory, and its log is still read', async () => {
    const bench = new CardBench(active);
    orThrow(await visit(world, bench));
    const custodians = await bench.withCustodians();
    orNull(await custodians.block());
    orNull(await (await bench.withCustodians()).block());
    expect(bench.image.read()).toMatchObject({ life: 'blocked', signingKey: null });
    expect(JSON.stringify(bench.image.read())).not.toContain(active.signingKey);
    expect(await visit(world, bench, { bytes: world.personalizeOrder(active) })).toMatchObject({
      code: 'CARD_BLOCKED',
    });
    const client = await bench.withTechnician();
    expect(await client.status()).toMatchObject({ life: 'blocked', logNumber: 1 });
    expect(await client.readLog(1)).toBeInstanceOf(Uint8Array);
    const head = orThrow(await client.signLogHead(new Uint8Array(16)));
    expect(verifyRaw(head.statement, head.signature, keyFromSpki(publicSpki(active.logKey)))).toBe(true);
    const technician = await new CardBench(active).withTechnician();
    expect(await technician.block()).toMatchObject({ code: 'CUSTODIAN_PINS_NEEDED' });
  });

  test('S13b the CA certificate is read without a PIN, once there is one', async () => {
    const client = await new CardBench(active).selected();
    expect(toBase64url(orThrow(await client.certificate()))).toBe(active.cardCa);
    const fresh = await new CardBench(world.manufactured()).selected();
    expect(await fresh.certificate()).toMatchObject({ code: 'CERTIFICATE_MISSING' });
  });
});
