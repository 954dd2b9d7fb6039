import { describe, expect, test } from '@jest/globals';
import { parseModuleCertificate } from '#libs/certificates/module-operation.ts';
import { verifyRaw } from '#libs/certificates/ecdsa.ts';
import { equal, toBase64url } from '#libs/kernel/bytes.ts';
import { keyFromSpki } from '#libs/kernel/hash.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { saltOf } from '#libs/personalization-protocol/attestation.ts';
import { ModuleLine } from '#libs/personalization-protocol/unit-side.ts';
import { V24Line } from '#module-emulator/line/v24-line.ts';
import { BENCH_SERIAL, ModuleBench, cardKeyOf, orThrow } from '#test/attacks/module-bench.ts';

async function plugIn(bench: ModuleBench, line: V24Line = new V24Line({ baud: 0 })) {
  const ends = line.attach();
  const served = bench.module.serveLine(ends.module).finally(() => line.detach());
  const { clock } = bench;
  const opened = await ModuleLine.open(ends.unit, {
    serial: BENCH_SERIAL,
    identityCaSpki: bench.manufacturer.identityCaSpki,
    clock,
  });
  return { unit: orThrow(opened), served, line };
}

function wish(bench: ModuleBench) {
  const [challenge, unitRandom] = [randomOctets(32), randomOctets(32)];
  return {
    genesis: bench.customer.genesis,
    orderHash: bench.orderHash,
    cardKey: cardKeyOf(bench.customer),
    challenge,
    unitRandom,
  };
}

describe('a personalization over the line, with real TLS', () => {
  test('S09a S17a S18a S19a S21a S23b S25c S26a S26b a fresh module gets its certificate and operates', async () => {
    const bench = new ModuleBench();
    const { unit, served, line } = await plugIn(bench);
    expect(unit.module).toMatchObject({
      serial: BENCH_SERIAL,
      moduleClass: 'SM-A1',
      state: 'personalization',
      epoch: 0,
    });
    const asked = wish(bench);
    const made = orThrow(await unit.makeKey(asked));
    expect(made.attestation).toMatchObject({ serial: BENCH_SERIAL, epoch: 1, keyBirth: 'personalization-with-salt' });
    expect(equal(made.attestation.salt, saltOf(asked.challenge, asked.unitRandom))).toBe(true);
    expect(equal(made.attestation.exporter, unit.exporter)).toBe(true);
    const { type: _type, ...installation } = bench.installation(made.attestation);
    const installed = orThrow(
      await unit.install(installation, { moduleSpki: made.attestation.spki, epoch: 1, orderHash: bench.orderHash }),
    );
    expect(verifyRaw(installed.statement, installed.signature, keyFromSpki(made.attestation.spki))).toBe(true);
    expect(await served).toBeNull();
    expect(line.attached).toBe(false);
    expect(bench.module.state).toBe('operating');
    expect(bench.image.read()).toMatchObject({
      pending: null,
      genesis: toBase64url(bench.customer.genesis),
      epoch: 1,
      crlNumber: 1,
    });
  });

  test('S08e unit and module authenticate each other: the wrong one at either end goes no further', async () => {
    const [bench, other] = [new ModuleBench(), new ModuleBench()];
    const { clock, manufacturer } = bench;
    for (const [as, code] of [
      [{ serial: 'SM-000099', identityCaSpki: manufacturer.identityCaSpki }, 'WRONG_MODULE'],
      [{ serial: BENCH_SERIAL, identityCaSpki: other.manufacturer.identityCaSpki }, 'IDENTITY_CA_UNKNOWN'],
    ] as const) {
      const ends = new V24Line({ baud: 0 }).attach();
      void bench.module.serveLine(ends.module);
      expect(await ModuleLine.open(ends.unit, { ...as, clock })).toMatchObject({ code });
    }
    const { unit } = await plugIn(bench);
    const made = orThrow(await unit.makeKey(wish(bench)));
    const installed = { moduleSpki: made.attestation.spki, epoch: 1, orderHash: bench.orderHash };
    const { type: _type, ...foreign } = other.installation(made.attestation); // by a card of another maker’s customer
    expect(await unit.install(foreign, installed)).toMatchObject({ code: 'CUSTOMER_CA_UNKNOWN' });
    unit.close();
    expect(bench.module.state).toBe('personalization');
    expect(bench.image.read()).toMatchObject({ operation: null, genesis: null });
  });

  test('S26c in operation every personalization command is refused, and what is public is told', async () => {
    const bench = new ModuleBench();
    const attestation = bench.personalize();
    const { unit, served } = await plugIn(bench);
    expect(unit.module.state).toBe('operating');
    expect(await unit.makeKey(wish(bench))).toMatchObject({ code: 'MODULE_OPERATING' });
    expect(await unit.discard()).toMatchObject({ code: 'MODULE_OPERATING' });
    const { type: _type, ...installation } = bench.installation(attestation);
    const key = { moduleSpki: attestation.spki, epoch: 1, orderHash: bench.orderHash };
    expect(await unit.install(installation, key)).toMatchObject({ code: 'MODULE_OPERATING' });
    const stored = orThrow(await unit.storedCertificate());
    const certificate = orThrow(parseModuleCertificate(stored.certificate));
    expect(certificate).toMatchObject({ moduleSerial: BENCH_SERIAL, epoch: 1 });
    expect(orThrow(await unit.confirmInstalled({ ...key, certificate: stored.certificate })).type).toBe(
      'StoredCertificate',
    );
    expect(await unit.confirmInstalled({ ...key, certificate: installation.certificate.slice(1) })).toMatchObject({
      code: 'INSTALLED_SIGNATURE',
    });
    unit.close();
    expect(await served).toBeNull();
  });

  test('S17a somebody on the line sees no word of it, and one altered octet ends the session', async () => {
    const seen: Uint8Array[] = [];
    let alter = false;
    const line = new V24Line({
      baud: 0,
      tap: (_direction, octets) => {
        seen.push(octets);
        return alter ? octets.with(octets.length - 1, (octets.at(-1) ?? 0) ^ 1) : octets;
      },
    });
    const bench = new ModuleBench();
    const { unit, served } = await plugIn(bench, line);
    const made = orThrow(await unit.makeKey(wish(bench)));
    const traffic = Buffer.concat(seen);
    for (const secret of [BENCH_SERIAL, 'Identified', 'MakeKey', toBase64url(bench.orderHash)])
      expect(traffic.includes(secret)).toBe(false);
    expect(traffic.includes(Buffer.from(made.attestation.spki.slice(-64)))).toBe(false);
    alter = true;
    expect(await unit.makeKey(wish(bench))).toMatchObject({ code: 'LINE_CLOSED' });
    await served;
    expect(line.attached).toBe(false);
  });

  test('S14b the plug pulled at any moment leaves the module whole, and the same order is taken up', async () => {
    const bench = new ModuleBench();
    const asked = wish(bench);
    let spki: Uint8Array | null = null;
    for (const octets of [10, 600, 1300, 1900, 2600, 3300, 4000, 4600, 5200, 6000]) {
      const line = new V24Line({ baud: 0 });
      const ends = line.attach();
      line.pullAfter(octets);
      const served = bench.module.serveLine(ends.module);
      const unit = await ModuleLine.open(ends.unit, {
        serial: BENCH_SERIAL,
        identityCaSpki: bench.manufacturer.identityCaSpki,
        clock: bench.clock,
      });
      const made = isRefusal(unit)
        ? unit
        : await unit.makeKey({ ...asked, earlierSalts: [saltOf(asked.challenge, asked.unitRandom)] });
      if (!isRefusal(made)) {
        expect(spki === null || equal(spki, made.attestation.spki)).toBe(true);
        spki = made.attestation.spki;
      }
      if (!isRefusal(unit)) unit.close();
      line.detach();
      await served;
      expect(bench.image.read().epoch).toBeLessThanOrEqual(1);
      expect(bench.module.state).toBe('personalization');
    }
    expect(spki).not.toBeNull();
  });

  test('S26a a session that was cleared down is of no more use', async () => {
    const bench = new ModuleBench();
    const { unit, line } = await plugIn(bench);
    line.detach();
    expect(await unit.makeKey(wish(bench))).toMatchObject({ code: 'LINE_CLOSED' });
  });

  test('garbage on the line, before and inside TLS, closes it and leaves the module as it was', async () => {
    const bench = new ModuleBench();
    const line = new V24Line({ baud: 0 });
    const ends = line.attach();
    const served = bench.module.serveLine(ends.module);
    ends.unit.write('GET / HTTP/1.1\r\n\r\n'.repeat(40));
    expect(await served).toMatchObject({ code: 'LINE_HANDSHAKE' });
    line.detach();
    const { unit, served: again } = await plugIn(bench);
    unit.close();
    await again;
    expect(bench.module.state).toBe('personalization');
  });
});
