/** The chip card from its maker to its first certificate: what it does in each life, and what it refuses before. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseCardAuthority } from '#libs/certificates/authority.ts';
import { verifyRaw } from '#libs/certificates/ecdsa.ts';
import { parseModuleCertificate } from '#libs/certificates/module-operation.ts';
import { pem, pemChain } from '#libs/certificates/pem.ts';
import { checkBirth } from '#libs/chip-card-protocol/birth.ts';
import { decodeLogEntry } from '#libs/chip-card-protocol/log-entry.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { keyFromSpki, sha256 } from '#libs/kernel/hash.ts';
import { signs } from '#libs/kernel/officers.fixture.ts';
import { encodeStationStatement } from '#libs/personalization-protocol/station-statement.ts';
import { serialProofs, serialTree } from '#libs/serial-tree/serial-tree.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { serialsFrom } from '#test/kit/orders.ts';
import { CardBench, PINS, orNull } from '#test/attacks/card-bench.ts';
import { type Signed, visit } from '#test/attacks/card-visit.ts';
import {
  BANK,
  CARD,
  CardWorld,
  DAY,
  NOW,
  newKey,
  octetsOf,
  officers,
  orThrow,
  presentAll,
  spkiOfPrivate,
} from '#test/attacks/card-world.ts';
import { type CardMemory, publicSpki } from './memory.ts';

const world = new CardWorld();
let active: CardMemory;
let issued: CardMemory;
beforeAll(async () => {
  issued = await world.issued();
  active = await world.active();
});

const made = async (bench: CardBench, change: Parameters<typeof visit>[2] = {}): Promise<Signed> =>
  orThrow(await visit(world, bench, change));

describe('a card from its maker', () => {
  test('S06a refuses every command of signing until it is issued and activated', async () => {
    for (const memory of [world.manufactured(), issued]) {
      const bench = new CardBench(memory);
      const client = await bench.withTechnician();
      const presented = await client.presentOrder(world.personalizeOrder(active));
      expect(presented?.code).toBe(memory.customer === null ? 'APPROVER_SET_MISSING' : 'ORDER_OTHER_CARD');
      const nothing = new Uint8Array();
      expect(
        await client.signCertificate({
          attestation: nothing,
          signature: nothing,
          identity: nothing,
          identityCa: nothing,
        }),
      ).toMatchObject({ code: 'CARD_NOT_ACTIVE' });
      expect(await client.challenge()).toMatchObject({ code: 'ORDER_MISSING' });
      expect(await visit(world, new CardBench(issued), { bytes: world.personalizeOrder(issued) })).toMatchObject({
        code: 'CARD_NOT_ACTIVE',
      });
      expect(bench.image.read().log).toEqual([]);
    }
  });

  test('S06a is activated by two approvers who are not its custodians, and by nothing less', async () => {
    const { ada, ben, cem, dot } = officers;
    const activated = (...who: readonly (typeof ada)[]) =>
      world.activate(new CardBench(issued), undefined, (bytes) => who.map((one) => signs(one, bytes)));
    expect(await activated(ada)).toMatchObject({ code: 'QUORUM_PERSONS' });
    expect(await activated(ada, ada)).toMatchObject({ code: 'QUORUM_PERSONS' });
    expect(await activated(ada, cem)).toMatchObject({ code: 'CUSTODIAN_APPROVES' });
    expect(await activated(ada, dot)).toMatchObject({ code: 'APPROVAL_NOT_APPROVER' });
    expect(await activated(ada, ben)).toBeNull();
    const withoutOrder = await new CardBench(issued).withCustodians();
    expect(await withoutOrder.activate()).toMatchObject({ code: 'ORDER_MISSING' });
    const otherCard = await world.activate(new CardBench(issued), world.issueOrder(issued, { card: 'CC-02' }));
    expect(otherCard).toMatchObject({ code: 'ORDER_OTHER_CARD' });
  });

  test('takes pins, key and certificate from both custodians only, in their order, once', async () => {
    const bench = new CardBench(world.manufactured());
    let client = await bench.powerOn();
    orNull(await client.select());
    orNull(await client.verifyPin('custodian1', PINS.custodian1));
    for (const refused of [
      await client.putApproverSet(world.setup),
      await client.generateKey(),
      await client.putCertificate(new Uint8Array(9)),
      await client.activate(),
    ])
      expect(refused).toMatchObject({ code: 'CUSTODIAN_PINS_NEEDED' });
    client = await bench.withCustodians();
    expect(await client.generateKey()).toMatchObject({ code: 'APPROVER_SET_MISSING' });
    expect(await client.putCertificate(new Uint8Array(9))).toMatchObject({ code: 'KEY_MISSING' });
    expect(await client.activate()).toMatchObject({ code: 'CARD_NOT_ISSUED' });
    orNull(await client.putApproverSet(world.setup));
    expect(await client.putApproverSet({ ...world.setup, genesis: new Uint8Array(32) })).toMatchObject({
      code: 'APPROVER_SET_ALREADY_PUT',
    });
    const birth = orThrow(await client.generateKey());
    expect(orThrow(await client.generateKey()).spki).toEqual(birth.spki);
    orNull(await client.putCertificate(world.cardCa(CARD, birth)));
    expect(await client.putCertificate(world.cardCa(CARD, { ...birth, spki: spkiOfPrivate(newKey()) }))).toMatchObject({
      code: 'CERTIFICATE_ALREADY_PUT',
    });
    expect(await client.generateKey()).toMatchObject({ code: 'KEY_ALREADY_CERTIFIED' });
  });

  test('takes no pins that it could not check with, and no certificate but its own', async () => {
    const bench = new CardBench(world.manufactured());
    const client = await bench.withCustodians();
    const offCurve = world.setup.leaseKeySpki.with(90, world.setup.leaseKeySpki[90]! ^ 1);
    for (const change of [
      { leaseKeySpki: offCurve },
      { identityCaSpki: new Uint8Array(91) },
      { genesis: new Uint8Array(31) },
    ])
      expect(await client.putApproverSet({ ...world.setup, ...change })).toMatchObject({ code: 'PINS_MALFORMED' });
    expect(await client.putApproverSet({ ...world.setup, approverSet: new Uint8Array(5) })).toMatchObject({
      code: 'NOT_JSON',
    });
    orNull(await client.putApproverSet(world.setup));
    const birth = orThrow(await client.generateKey());
    const other = new CardWorld();
    expect(await client.putCertificate(world.cardCa(CARD, { ...birth, spki: spkiOfPrivate(newKey()) }))).toMatchObject({
      code: 'CERTIFICATE_OTHER_KEY',
    });
    expect(await client.putCertificate(other.cardCa(CARD, birth))).toMatchObject({
      code: 'CERTIFICATE_OTHER_DEPLOYMENT',
    });
    expect(await client.putCertificate(world.cardCa(CARD, birth, 'Other Bank'))).toMatchObject({
      code: 'CERTIFICATE_OTHER_CUSTOMER',
    });
    expect(await client.putCertificate(world.cardCa(CARD, birth, BANK).slice(1))).toMatchObject({
      code: 'BAD_CERTIFICATE',
    });
  });

  test('says of its key, by the key of its maker, that it was born inside', async () => {
    const bench = new CardBench(world.manufactured());
    const client = await bench.withCustodians();
    orNull(await client.putApproverSet(world.setup));
    const birth = orThrow(await client.generateKey());
    const expected = {
      card: CARD,
      cardKeySpki: birth.spki,
      genesis: toBase64url(world.genesis),
      cardMakerSpki: world.maker.works.cardMakerSpki,
    };
    expect(checkBirth(birth, expected)).toMatchObject({
      card: CARD,
      enforcement: 'device',
      logKey: publicSpki(bench.image.read().logKey),
    });
  });
});

describe('a certificate', () => {
  test('S20b is signed inside the card, for the key that the module attested, and names order, station and log', async () => {
    const bench = new CardBench(active);
    const signed = await made(bench);
    const certificate = orThrow(parseModuleCertificate(signed.certificate));
    const card = orThrow(parseCardAuthority(octetsOf(active.cardCa!)));
    expect(certificate).toMatchObject({
      moduleSerial: 'SM-000013',
      organization: BANK,
      epoch: 1,
      logNumber: 1,
      approverSetVersion: 7,
      signatureIsLowS: true,
    });
    expect(certificate).toMatchObject({
      orderHash: sha256(signed.bytes),
      spki: signed.spki,
      issuerName: card.name,
      issuerKeyId: card.keyId,
      enforcement: 'device',
    });
    expect(certificate).toMatchObject({
      notBefore: NOW,
      notAfter: NOW + 3600 * DAY,
      assurance: 'manufacturer-anchored',
      previousLogHead: new Uint8Array(32),
    });
    expect(verifyRaw(certificate.tbs, certificate.signature, keyFromSpki(card.spki))).toBe(true);
    expect(certificate.notAfter).toBeLessThan(card.notAfter);
  });

  test('comes with a station statement for this certificate alone', async () => {
    const signed = await made(new CardBench(active));
    const entry = orThrow(decodeLogEntry(signed.entry));
    const { tbs } = orThrow(parseModuleCertificate(signed.certificate));
    const statement = {
      tbsHash: sha256(tbs),
      stationKey: sha256(Uint8Array.of(1)),
      stationNextKey: sha256(Uint8Array.of(2)),
    };
    const cardKey = keyFromSpki(publicSpki(active.signingKey));
    expect(verifyRaw(encodeStationStatement(statement), entry.stationSignature, cardKey)).toBe(true);
    expect(
      verifyRaw(
        encodeStationStatement({ ...statement, tbsHash: sha256(signed.entry) }),
        entry.stationSignature,
        cardKey,
      ),
    ).toBe(false);
  });

  test('for the same order, module and key is given again as it was, without lease or attestation', async () => {
    const bench = new CardBench(active);
    const first = await made(bench);
    const client = await bench.withTechnician();
    orNull(await client.presentOrder(first.bytes));
    orNull(await presentAll(client, world.approvals(first.bytes)));
    expect(await client.signCertificate(first.request)).toEqual({ certificate: first.certificate, entry: first.entry });
    const withoutQuorum = await bench.withTechnician();
    orNull(await withoutQuorum.presentOrder(first.bytes));
    expect(await withoutQuorum.signCertificate(first.request)).toMatchObject({ code: 'QUORUM_PERSONS' });
    expect(bench.image.read().log).toHaveLength(1);
  });

  test('under one order for many modules is signed for each that proves its place in the list, once', async () => {
    const bench = new CardBench(active);
    const list = serialsFrom(1, 100);
    const bytes = world.personalizeOrder(active, { serials: orThrow(serialTree(list)) });
    const proofs = serialProofs(orThrow(serialTree(list)), list);
    const ask = (serial: string) =>
      visit(world, bench, {
        bytes,
        module: world.maker.module(serial),
        request: (genuine) => ({ ...genuine, inclusion: proofs(serial) ?? new Uint8Array() }),
      });
    for (const serial of ['SM-000001', 'SM-000064', 'SM-000100']) expect(isRefusal(await ask(serial))).toBe(false);
    expect(await ask('SM-000101')).toMatchObject({ code: 'SERIAL_NOT_IN_ORDER' });
    expect(await ask('SM-000064')).toMatchObject({ code: 'SERIAL_SPENT' });
    expect(bench.image.read().log).toHaveLength(3);
  });

  test('for the same order and module with another key is refused', async () => {
    const bench = new CardBench(active);
    const { bytes } = await made(bench);
    expect(await visit(world, bench, { bytes })).toMatchObject({ code: 'SERIAL_SPENT' });
    expect(bench.image.read().log).toHaveLength(1);
  });

  test('needs the order, its approvals, a challenge and a lease, in that order', async () => {
    const bench = new CardBench(active);
    const { request } = await made(new CardBench(active));
    const client = await bench.withTechnician();
    const bytes = world.personalizeOrder(active);
    expect(await client.signCertificate(request)).toMatchObject({ code: 'ORDER_MISSING' });
    expect(await client.presentApproval(signs(officers.ada, bytes))).toMatchObject({ code: 'ORDER_MISSING' });
    expect(await client.putLease(new Uint8Array(), new Uint8Array())).toMatchObject({ code: 'CHALLENGE_MISSING' });
    orNull(await client.presentOrder(bytes));
    expect(await client.signCertificate(request)).toMatchObject({ code: 'QUORUM_PERSONS' });
    orNull(await presentAll(client, world.approvals(bytes)));
    expect(await client.signCertificate(request)).toMatchObject({ code: 'CHALLENGE_MISSING' });
    orThrow(await client.challenge());
    expect(await client.signCertificate(request)).toMatchObject({ code: 'LEASE_MISSING' });
    expect(await client.signCertificate(request)).toMatchObject({ code: 'CHALLENGE_MISSING' });
  });

  test('is never made for a key that is none', async () => {
    const bench = new CardBench(active);
    for (const spki of [new Uint8Array(91), new Uint8Array(), publicSpki(active.signingKey).slice(1)])
      expect(await visit(world, bench, { attestation: { spki } })).toMatchObject({ code: 'ATTESTATION_KEY' });
  });

  test('under an order that the technician presents needs his PIN', async () => {
    const client = await new CardBench(active).powerOn();
    expect(await client.presentOrder(new Uint8Array(1))).toMatchObject({ code: 'APPLICATION_NOT_SELECTED' });
    orNull(await client.select());
    expect(await client.presentOrder(world.personalizeOrder(active))).toMatchObject({ code: 'PIN_NEEDED' });
  });
});

describe('a PIN', () => {
  test('is counted before it is compared, and blocked after the third wrong one', async () => {
    const bench = new CardBench(active);
    const client = await bench.powerOn();
    orNull(await client.select());
    const seen: number[] = [];
    bench.onWrite = (next) => {
      seen.push(next.pins.technician.triesLeft);
      bench.image.write(next);
    };
    const codes: unknown[] = [];
    for (const pin of ['111111', PINS.technician, '111111', '222222', '333333', PINS.technician])
      codes.push((await client.verifyPin('technician', pin))?.code ?? 'held');
    expect(codes).toEqual(['PIN_WRONG', 'held', 'PIN_WRONG', 'PIN_WRONG', 'PIN_BLOCKED', 'PIN_BLOCKED']);
    expect(seen).toEqual([2, 1, 3, 2, 1, 0]);
    expect(await (await bench.powerOn()).select()).toBeNull();
  });

  test('cut off by the power costs the try', async () => {
    const bench = new CardBench(active);
    bench.onWrite = (next) => {
      bench.image.write(next);
      throw new Error('power lost');
    };
    for (let tries = 3; tries > 0; tries -= 1) {
      const client = await bench.powerOn();
      orNull(await client.select());
      await expect(client.verifyPin('technician', '111111')).rejects.toThrow('power lost');
      expect(bench.image.read().pins.technician.triesLeft).toBe(tries - 1);
    }
    const client = await bench.powerOn();
    orNull(await client.select());
    expect(await client.verifyPin('technician', PINS.technician)).toMatchObject({ code: 'PIN_BLOCKED' });
  });

  test('that was verified is not any more after a wrong one, and not after power-off', async () => {
    const bench = new CardBench(active);
    const client = await bench.withTechnician();
    await client.verifyPin('technician', '999999');
    expect(await client.presentOrder(world.personalizeOrder(active))).toMatchObject({ code: 'PIN_NEEDED' });
    const again = await bench.powerOn();
    orNull(await again.select());
    expect(await again.presentOrder(world.personalizeOrder(active))).toMatchObject({ code: 'PIN_NEEDED' });
  });

  test('of one kind opens nothing of the other', async () => {
    const bench = new CardBench(active);
    const custodians = await bench.withCustodians();
    const bytes = world.personalizeOrder(active);
    orNull(await custodians.presentOrder(bytes));
    orNull(await presentAll(custodians, world.approvals(bytes)));
    const nothing = new Uint8Array();
    expect(
      await custodians.signCertificate({
        attestation: nothing,
        signature: nothing,
        identity: nothing,
        identityCa: nothing,
      }),
    ).toMatchObject({ code: 'PIN_NEEDED' });
    const technician = await new CardBench(issued).withTechnician();
    expect(await technician.activate()).toMatchObject({ code: 'CUSTODIAN_PINS_NEEDED' });
  });
});

const present = spawnSync('openssl', ['version']).status === 0;
if (!present)
  process.stderr.write(
    '  skipped: a certificate of the card in the eyes of openssl: there is no openssl on this machine\n',
  );

(present ? describe : describe.skip)('in the eyes of openssl', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keyledger-card-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  test('S20b a certificate that the card made holds under root, customer signing CA and card', async () => {
    const { certificate } = await made(new CardBench(active));
    const { root, customerCa } = world.maker.works;
    const anchors = [
      '-CAfile',
      file('root.pem', pem('CERTIFICATE', root)),
      '-untrusted',
      file('up.pem', pemChain([octetsOf(active.cardCa!), customerCa])),
    ];
    const leaf = file('leaf.pem', pem('CERTIFICATE', certificate));
    const said = spawnSync(
      'openssl',
      ['verify', '-x509_strict', '-purpose', 'sslclient', '-attime', String(NOW + DAY), ...anchors, leaf],
      { encoding: 'utf8' },
    );
    expect([said.status, said.stdout.trim(), said.stderr]).toEqual([0, `${leaf}: OK`, '']);
  });
});
