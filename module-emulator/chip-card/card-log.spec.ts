/** The card's own log: one chained entry per signature, readable by all and alterable by nobody, whatever happens to the power. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseCardAuthority } from '#libs/certificates/authority.ts';
import { verifyRaw } from '#libs/certificates/ecdsa.ts';
import { parseModuleCertificate } from '#libs/certificates/module-operation.ts';
import { certificateOfEntry } from '#libs/chip-card-protocol/certificate-of-entry.ts';
import { INSTRUCTIONS } from '#libs/chip-card-protocol/commands.ts';
import {
  FIRST_HEAD,
  type LogEntry,
  decodeLogEntry,
  encodeLogEntry,
  encodeLogHead,
  headAfter,
} from '#libs/chip-card-protocol/log-entry.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { keyFromSpki, sha256 } from '#libs/kernel/hash.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { CardBench, orNull } from '#test/attacks/card-bench.ts';
import { visit } from '#test/attacks/card-visit.ts';
import { CARD, CardWorld, NOW, octetsOf, officers, orThrow, presentAll } from '#test/attacks/card-world.ts';
import { counterFile } from '../counter-file.ts';
import { openSealedImage } from '../sealed-image.ts';
import { ChipCard } from './card.ts';
import { type CardMemory, publicSpki } from './memory.ts';

const world = new CardWorld();
let active: CardMemory;
beforeAll(async () => {
  active = await world.active();
});

const modules = ['SM-000020', 'SM-000021', 'SM-000022'].map((serial) => world.maker.module(serial));

/** A bench on which each of the modules was personalized under an order of its own, and the certificates. */
async function worked(): Promise<{ bench: CardBench; certificates: readonly Uint8Array[] }> {
  const bench = new CardBench(active);
  const certificates: Uint8Array[] = [];
  for (const module of modules) {
    const signed = orThrow(await visit(world, bench, { module, order: { serials: [module.serial] } }));
    certificates.push(signed.certificate);
  }
  return { bench, certificates };
}

async function readAll(bench: CardBench): Promise<readonly LogEntry[]> {
  const client = await bench.powerOn();
  orNull(await client.select());
  const { logNumber } = orThrow(await client.status());
  const entries: LogEntry[] = [];
  for (let number = 1; number <= logNumber; number += 1)
    entries.push(orThrow(decodeLogEntry(orThrow(await client.readLog(number)))));
  return entries;
}

const cardKey = () => keyFromSpki(publicSpki(active.signingKey));

describe('the log of a card', () => {
  test('S29a has one entry per signature, numbered without a gap, each bound to the one before', async () => {
    const { bench, certificates } = await worked();
    const entries = await readAll(bench);
    let head: Uint8Array = FIRST_HEAD;
    for (const [at, entry] of entries.entries()) {
      expect(entry).toMatchObject({
        number: at + 1,
        previousHead: head,
        serial: modules[at]?.serial,
        cardTime: NOW,
        epoch: 1,
        enforcement: 'device',
      });
      expect(orThrow(parseModuleCertificate(certificates[at]!))).toMatchObject({
        logNumber: at + 1,
        previousLogHead: head,
      });
      head = headAfter(encodeLogEntry(entry));
    }
    const client = await bench.powerOn();
    orNull(await client.select());
    expect(await client.status()).toEqual({ life: 'active', card: CARD, logNumber: 3, capacity: 16, head });
    expect(await client.readLog(0)).toMatchObject({ code: 'LOG_ENTRY_UNKNOWN' });
    expect(await client.readLog(4)).toMatchObject({ code: 'LOG_ENTRY_UNKNOWN' });
  });

  test('S29a names who approved, ascending, by the thumbprints of their keys', async () => {
    const [entry] = await readAll((await worked()).bench);
    const approvers = [officers.ada, officers.ben].map((one) => one.keys[0]!.kid);
    expect(entry?.approvers.map(toBase64url).sort()).toEqual([...approvers].sort());
    expect([...(entry?.approvers ?? [])].sort((a, b) => Buffer.compare(a, b))).toEqual(entry?.approvers);
  });

  test('S29b gives back every certificate, octet for octet, with the module key and the name of the card alone', async () => {
    const { bench, certificates } = await worked();
    const { name, keyId, organization } = orThrow(parseCardAuthority(octetsOf(active.cardCa!)));
    const entries = await readAll(bench);
    for (const [at, entry] of entries.entries()) {
      const { spki } = orThrow(parseModuleCertificate(certificates[at]!));
      expect(certificateOfEntry(entry, spki, { name, keyId, organization })).toEqual(certificates[at]);
      const { spki: another } = orThrow(parseModuleCertificate(certificates[(at + 1) % 3]!));
      expect(
        parseModuleCertificate(certificateOfEntry(entry, another, { name, keyId, organization })),
      ).not.toMatchObject({ signature: entry.spkiHash });
      const { tbs } = orThrow(
        parseModuleCertificate(certificateOfEntry(entry, another, { name, keyId, organization })),
      );
      expect(verifyRaw(tbs, entry.signature, cardKey())).toBe(false);
    }
  });

  test('S29a is altered by no command: no instruction writes it but SIGN CERTIFICATE', async () => {
    const { bench } = await worked();
    const before = JSON.stringify(bench.image.read().log);
    await bench.withTechnician();
    for (const [name, { cla, ins, p1, p2 }] of Object.entries(INSTRUCTIONS))
      for (const data of [[], [0, 1], [0, 1, 0]])
        if (name !== 'VERIFY') await bench.transmit(Uint8Array.of(cla, ins, p1, p2, data.length, ...data));
    expect(JSON.stringify(bench.image.read().log)).toBe(before);
  });

  test('has its head signed by a key of its own, over the caller’s nonce', async () => {
    const { bench } = await worked();
    const client = await bench.powerOn();
    orNull(await client.select());
    const { head } = orThrow(await client.status());
    const nonce = randomOctets(16);
    const { statement, signature } = orThrow(await client.signLogHead(nonce));
    expect(statement).toEqual(encodeLogHead({ card: CARD, number: 3, head, nonce }));
    expect(verifyRaw(statement, signature, keyFromSpki(publicSpki(active.logKey)))).toBe(true);
    expect(verifyRaw(statement, signature, cardKey())).toBe(false);
    for (const length of [0, 15, 17])
      expect(await client.signLogHead(new Uint8Array(length))).toMatchObject({ code: 'NONCE_LENGTH' });
  });

  test('when it is full, the card refuses until it is archived, and still repeats what it signed', async () => {
    const bench = new CardBench({ ...active, capacity: 1 });
    const first = orThrow(await visit(world, bench));
    const [module] = modules;
    expect(await visit(world, bench, { module: module!, order: { serials: [module!.serial] } })).toMatchObject({
      code: 'LOG_FULL',
    });
    const client = await bench.withTechnician();
    orNull(await client.presentOrder(first.bytes));
    orNull(await presentAll(client, world.approvals(first.bytes)));
    expect(await client.signCertificate(first.request)).toMatchObject({ certificate: first.certificate });
  });
});

describe('a loss of power', () => {
  test('voids challenge and lease: what was signed for before is worth nothing after', async () => {
    const bench = new CardBench(active);
    const refused = await visit(world, bench, {
      putLease: async (client, statement, signature) => {
        orNull(await client.putLease(statement, signature));
        const bytes = world.personalizeOrder(active);
        const again = await bench.withTechnician();
        orNull(await again.presentOrder(bytes));
        orNull(await presentAll(again, world.approvals(bytes)));
        expect(await again.putLease(statement, signature)).toMatchObject({ code: 'CHALLENGE_MISSING' });
        orThrow(await again.challenge());
        return again.putLease(statement, signature);
      },
    });
    expect(refused).toMatchObject({ code: 'LEASE_OTHER_CHALLENGE' });
  });

  test('between reservation and entry is finished first of all, with the same number', async () => {
    const bench = new CardBench(active);
    let writes = 0;
    bench.onWrite = (next) => {
      if (next.log.length > 0) throw new Error('power lost');
      writes += 1;
      bench.image.write(next);
    };
    await expect(visit(world, bench)).rejects.toThrow('power lost');
    expect(writes).toBeGreaterThan(0);
    const { reserved, log } = bench.image.read();
    expect([reserved === null, log.length]).toEqual([false, 0]);
    bench.onWrite = (next) => bench.image.write(next);
    const [entry] = await readAll(bench);
    expect(entry).toMatchObject({ number: 1, previousHead: FIRST_HEAD, serial: world.module.serial });
    const after = bench.image.read();
    expect([after.reserved, after.log.length]).toEqual([null, 1]);
    const { name, keyId, organization } = orThrow(parseCardAuthority(octetsOf(active.cardCa!)));
    const certificate = orThrow(
      parseModuleCertificate(certificateOfEntry(entry!, octetsOf(after.log[0]!.spki), { name, keyId, organization })),
    );
    expect(verifyRaw(certificate.tbs, certificate.signature, cardKey())).toBe(true);
    expect(sha256(certificate.tbs)).toEqual(entry?.tbsHash);
    const next = orThrow(await visit(world, bench, { order: { nonce: 'AAAAAAAAAAAAAAAAAAAAAQ' } }));
    expect(decodeLogEntry(next.entry)).toMatchObject({ number: 2, previousHead: headAfter(encodeLogEntry(entry!)) });
  });

  test('before the reservation leaves the order unspent', async () => {
    const bench = new CardBench(active);
    bench.onWrite = (next) => {
      if (next.reserved !== null) throw new Error('power lost');
      bench.image.write(next);
    };
    await expect(visit(world, bench)).rejects.toThrow('power lost');
    bench.onWrite = (next) => bench.image.write(next);
    expect(orThrow(decodeLogEntry(orThrow(await visit(world, bench)).entry)).number).toBe(1);
  });

  test('a memory that fails and comes back gives no second signature for one number', async () => {
    const bench = new CardBench(active);
    bench.onWrite = (next) => {
      if (next.log.length > 0) throw new Error('memory failed');
      bench.image.write(next);
    };
    const client = await bench.withTechnician();
    await expect(visit(world, bench, { client })).rejects.toThrow('memory failed');
    bench.onWrite = (next) => bench.image.write(next);
    const other = { client, order: { nonce: 'AAAAAAAAAAAAAAAAAAAAAQ' } };
    await expect(visit(world, bench, other)).rejects.toThrow('a number is reserved');
    const entries = await readAll(bench);
    expect(entries.map((entry) => entry.number)).toEqual([1]);
    expect(await visit(world, bench)).toMatchObject({ code: 'SERIAL_SPENT' });
  });
});

describe('an old image put back', () => {
  test('is noticed at power-on, so that no number is signed twice', async () => {
    const bench = new CardBench(active);
    const before = bench.image.snapshot();
    orThrow(await visit(world, bench));
    bench.image.restore(before);
    expect(bench.image.read().log).toEqual([]);
    expect(bench.image.powerOn()).toMatchObject({ code: 'IMAGE_OLD' });
  });

  const folder = mkdtempSync(join(tmpdir(), 'keyledger-card-log-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('from its folder is refused by the sealed image; the card as it was goes on', async () => {
    const file = join(folder, 'images', 'card.image');
    const source = {
      file,
      device: CARD,
      sealingKey: randomOctets(32),
      counter: counterFile(join(folder, 'counters', 'card')),
      empty: active,
    };
    const image = orThrow(openSealedImage<CardMemory>(source));
    image.write(active);
    const before = readFileSync(file);
    const bench = new CardBench(active);
    orThrow(await visit(world, bench));
    image.write(bench.image.read());
    const connection = await new ChipCard(orThrow(openSealedImage<CardMemory>(source))).powerOn();
    expect((await connection.transmit(Uint8Array.of(0x80, 0xf2, 0, 0, 0))).length).toBeGreaterThan(2);
    writeFileSync(file, before);
    expect(openSealedImage<CardMemory>(source)).toMatchObject({ code: 'IMAGE_OLD' });
  });
});
