/** One suite for every crypto unit: whatever carries the commands, the same law answers, and says who enforces it. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseModuleCertificate } from '#libs/certificates/module-operation.ts';
import { verifyRaw } from '#libs/certificates/ecdsa.ts';
import { encodeCommand } from '#libs/chip-card-protocol/apdu.ts';
import { ChipCardClient } from '#libs/chip-card-protocol/client.ts';
import { INSTRUCTIONS } from '#libs/chip-card-protocol/commands.ts';
import { decodeLogEntry } from '#libs/chip-card-protocol/log-entry.ts';
import type { CardConnection } from '#libs/chip-card-protocol/reader.ts';
import { UNIT_DRIVERS } from '#libs/crypto-unit/drivers.ts';
import { keyFromSpki } from '#libs/kernel/hash.ts';
import { publicSpki } from '#module-emulator/chip-card/memory.ts';
import { PINS, orNull } from '#test/attacks/card-bench.ts';
import { visit } from '#test/attacks/card-visit.ts';
import { orThrow } from '#test/attacks/card-world.ts';
import { type Kind, type RaisedUnit, raise } from './units-at-hand.ts';

const rowOf = (kind: Kind) => UNIT_DRIVERS[kind === 'in process' ? 'iso' : kind];

/** Declares the suite for one unit; `why` it cannot run here, or null. */
export function conformance(kind: Kind, why: string | null): void {
  const { requirement, enforcement } = rowOf(kind);
  if (why !== null) process.stderr.write(`skipped: crypto unit ${kind}: ${why}\n`);
  const described = why === null ? describe : describe.skip;

  described(`${requirement} crypto unit ${kind}${why === null ? '' : ` (skipped: ${why})`}`, () => {
    let unit: RaisedUnit;
    let connection: CardConnection;
    let client: ChipCardClient;
    beforeAll(async () => {
      unit = await raise(kind);
      connection = await unit.reader.powerOn();
      client = new ChipCardClient(connection);
    }, 20_000);
    afterAll(() => unit.close());

    const again = async (): Promise<void> => {
      await connection.powerOff();
      connection = await unit.reader.powerOn();
      client = new ChipCardClient(connection);
    };

    test('does nothing before it was selected', async () => {
      expect(await client.readLog(1)).toMatchObject({ code: 'APPLICATION_NOT_SELECTED' });
      orNull(await client.select());
      expect(await client.status()).toMatchObject({ life: 'active', logNumber: 0 });
    });

    test('counts wrong PINs, and signs nothing without the right one', async () => {
      orNull(await client.select());
      expect(await client.verifyPin('technician', '0000')).toMatchObject({ code: 'PIN_WRONG' });
      const opened = await visit(unit.world, unit.bench, { client });
      expect(opened).toMatchObject({ code: 'PIN_NEEDED' });
      orNull(await client.verifyPin('technician', PINS.technician));
    });

    test(`signs a certificate that says ${enforcement}, and logs it`, async () => {
      await again();
      orNull(await client.select());
      orNull(await client.verifyPin('technician', PINS.technician));
      const signed = orThrow(await visit(unit.world, unit.bench, { client }));
      const certificate = orThrow(parseModuleCertificate(signed.certificate));
      const entry = orThrow(decodeLogEntry(signed.entry));
      expect([certificate.enforcement, entry.enforcement]).toEqual([enforcement, enforcement]);
      const spki = publicSpki(unit.bench.image.read().signingKey);
      expect(verifyRaw(certificate.tbs, certificate.signature, keyFromSpki(spki))).toBe(true);
      expect(orThrow(await client.readLog(1))).toEqual(signed.entry);
      expect(await client.readLog(2)).toMatchObject({ code: 'LOG_ENTRY_UNKNOWN' });
      expect(orThrow(await client.signLogHead(new Uint8Array(16))).signature).toHaveLength(64);
    });

    test('refuses one officer alone, whoever carries the order to it', async () => {
      await again();
      orNull(await client.select());
      orNull(await client.verifyPin('technician', PINS.technician));
      const approvals = (bytes: Uint8Array) => unit.world.approvals(bytes).slice(0, 1);
      expect(await visit(unit.world, unit.bench, { client, approvals })).toMatchObject({ code: 'QUORUM_PERSONS' });
    });

    test('forgets its session with its power', async () => {
      await again();
      expect(await client.status()).toMatchObject({ code: 'APPLICATION_NOT_SELECTED' });
    });

    test('takes the longest command and the shortest, and octets that are none', async () => {
      orNull(await client.select());
      const longest = encodeCommand({ ...INSTRUCTIONS.PUT_LEASE, data: new Uint8Array(8192).fill(7) });
      expect((await connection.transmit(longest)).length).toBeGreaterThan(2);
      const unknown = await connection.transmit(Uint8Array.of(0x80, 2, 3, 4));
      expect(Buffer.from(unknown.slice(-2)).toString('hex')).toBe('6d00');
      expect(
        Buffer.from((await connection.transmit(Uint8Array.of(0, 1, 2, 3, 4, 5, 6))).slice(-2)).toString('hex'),
      ).toBe('6700');
    });

    test('is missed when it is pulled out', async () => {
      if (unit.unplug === null) return;
      await unit.unplug();
      await expect(client.status()).rejects.toMatchObject({ code: 'CARD_GONE' });
    });
  });
}
