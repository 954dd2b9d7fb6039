import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseModuleCertificate } from '#libs/certificates/module-operation.ts';
import { verifyRaw } from '#libs/certificates/ecdsa.ts';
import { ascii, equal, toBase64url } from '#libs/kernel/bytes.ts';
import { keyFromSpki, sha256 } from '#libs/kernel/hash.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { saltOf } from '#libs/personalization-protocol/attestation.ts';
import { frameOf, parseRequest } from '#libs/personalization-protocol/messages.ts';
import { ModuleLine } from '#libs/personalization-protocol/unit-side.ts';
import { V24Line } from '#module-emulator/line/v24-line.ts';
import { BENCH_SERIAL, ModuleBench, cardKeyOf, keyHashOf, orThrow } from '#test/attacks/module-bench.ts';

async function plugIn(bench: ModuleBench, line: V24Line = new V24Line({ baud: 0 })) {
  const ends = line.attach();
  const served = bench.module.serveLine(ends.module).finally(() => line.detach());
  const { clock } = bench;
  const opened = await ModuleLine.open(ends.unit, { serial: BENCH_SERIAL, identityCaSpki: bench.manufacturer.identityCaSpki, clock });
  return { unit: orThrow(opened), served, line };
}

function wish(bench: ModuleBench) {
  const [challenge, unitRandom] = [randomOctets(32), randomOctets(32)];
  return { genesis: bench.customer.genesis, orderHash: bench.orderHash, cardKey: cardKeyOf(bench.customer), challenge, unitRandom };
}

describe('a personalization over the line, with real TLS', () => {
  test('S09a S17a S18a S19a S21a S23b S25c S26a S26b a fresh module gets its certificate and operates', async () => {
    const bench = new ModuleBench();
    const { unit, served, line } = await plugIn(bench);
    expect(unit.module).toMatchObject({ serial: BENCH_SERIAL, moduleClass: 'SM-A1', state: 'personalization', epoch: 0 });
    const asked = wish(bench);
    const made = orThrow(await unit.makeKey(asked));
    expect(made.attestation).toMatchObject({ serial: BENCH_SERIAL, epoch: 1, keyBirth: 'personalization-with-salt' });
    expect(equal(made.attestation.salt, saltOf(asked.challenge, asked.unitRandom))).toBe(true);
    expect(equal(made.attestation.exporter, unit.exporter)).toBe(true);
    const { type: _type, ...installation } = bench.installation(made.attestation);
    const installed = orThrow(await unit.install(installation, { moduleSpki: made.attestation.spki, epoch: 1, orderHash: bench.orderHash }));
    expect(verifyRaw(installed.statement, installed.signature, keyFromSpki(made.attestation.spki))).toBe(true);
    expect(await served).toBeNull();
    expect(line.attached).toBe(false);
    expect(bench.module.state).toBe('operating');
    expect(bench.image.read()).toMatchObject({ pending: null, genesis: toBase64url(bench.customer.genesis), epoch: 1, crlNumber: 1 });
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
    expect(orThrow(await unit.confirmInstalled({ ...key, certificate: stored.certificate })).type).toBe('StoredCertificate');
    expect(await unit.confirmInstalled({ ...key, certificate: installation.certificate.slice(1) })).toMatchObject({ code: 'INSTALLED_SIGNATURE' });
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
    for (const secret of [BENCH_SERIAL, 'Identified', 'MakeKey', toBase64url(bench.orderHash)]) expect(traffic.includes(secret)).toBe(false);
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
      const unit = await ModuleLine.open(ends.unit, { serial: BENCH_SERIAL, identityCaSpki: bench.manufacturer.identityCaSpki, clock: bench.clock });
      const made = isRefusal(unit) ? unit : await unit.makeKey({ ...asked, earlierSalts: [saltOf(asked.challenge, asked.unitRandom)] });
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

describe('the pending key', () => {
  test('S19a survives a loss of power, and is attested again for a new challenge of the same order', () => {
    const bench = new ModuleBench();
    const first = bench.makeKey();
    const after = new ModuleBench({ manufacturer: bench.manufacturer });
    after.image.write(bench.image.read());
    const second = orThrow(after.execute(bench.makeKeyRequest()));
    expect(second.type).toBe('KeyMade');
    const again = bench.makeKey();
    expect(equal(again.spki, first.spki)).toBe(true);
    expect(equal(again.salt, first.salt)).toBe(true);
    expect(equal(again.challenge, first.challenge)).toBe(false);
    expect(again.epoch).toBe(1);
  });

  test('another order is refused until DISCARD erases it; the epoch counts both keys', () => {
    const bench = new ModuleBench();
    const first = bench.makeKey();
    expect(bench.execute(bench.makeKeyRequest({ orderHash: randomOctets(32) }))).toMatchObject({ code: 'PENDING_OTHER_ORDER' });
    const key = bench.image.read().pending!.privateKey;
    expect(bench.execute({ type: 'Discard' })).toEqual({ type: 'Discarded' });
    expect(bench.execute({ type: 'Discard' })).toEqual({ type: 'Discarded' });
    expect(bench.image.snapshot().json.includes(key)).toBe(false);
    const second = bench.makeKey({ orderHash: randomOctets(32) });
    expect(second.epoch).toBe(2);
    expect(equal(second.spki, first.spki)).toBe(false);
  });

  test('S19b the same internal entropy with another salt is another key', () => {
    const entropy = () => sha256(ascii('the same every time'));
    const [challenge, unitRandom] = [randomOctets(32), randomOctets(32)];
    const [one, same, other] = [
      new ModuleBench({ entropy }).makeKey({ challenge, unitRandom }),
      new ModuleBench({ entropy }).makeKey({ challenge, unitRandom }),
      new ModuleBench({ entropy }).makeKey({ challenge, unitRandom: randomOctets(32) }),
    ];
    expect(equal(one.spki, same.spki)).toBe(true);
    expect(equal(one.spki, other.spki)).toBe(false);
    expect(equal(new ModuleBench().makeKey({ challenge, unitRandom }).spki, one.spki)).toBe(false);
  });
});

describe('the states of a module', () => {
  test('S08f S16a every command in every state answers or refuses, and nothing is half done', () => {
    const table = new Map<string, string>();
    const initialized = new ModuleBench({ initialized: false });
    const fresh = new ModuleBench();
    const pending = new ModuleBench();
    const attestation = pending.makeKey();
    const operating = new ModuleBench();
    operating.personalize();
    for (const [state, bench] of Object.entries({ initialized, fresh, operating, pending })) {
      const requests = [
        { type: 'Identify' as const },
        { type: 'CertificateOf' as const },
        bench.makeKeyRequest(),
        bench.installation(attestation),
        { type: 'Discard' as const },
      ];
      for (const request of requests) {
        const answer = bench.execute(request);
        table.set(`${state} ${request.type}`, isRefusal(answer) ? answer.code : answer.type);
        if (state === 'fresh' && request.type === 'MakeKey') bench.execute({ type: 'Discard' });
      }
    }
    expect(Object.fromEntries(table)).toEqual({
      'initialized Identify': 'MODULE_NOT_INITIALIZED',
      'initialized CertificateOf': 'MODULE_NOT_INITIALIZED',
      'initialized MakeKey': 'MODULE_NOT_INITIALIZED',
      'initialized Install': 'MODULE_NOT_INITIALIZED',
      'initialized Discard': 'MODULE_NOT_INITIALIZED',
      'fresh Identify': 'Identified',
      'fresh CertificateOf': 'MODULE_NOT_OPERATING',
      'fresh MakeKey': 'KeyMade',
      'fresh Install': 'NO_PENDING_KEY',
      'fresh Discard': 'Discarded',
      'operating Identify': 'Identified',
      'operating CertificateOf': 'StoredCertificate',
      'operating MakeKey': 'MODULE_OPERATING',
      'operating Install': 'MODULE_OPERATING',
      'operating Discard': 'MODULE_OPERATING',
      'pending Identify': 'Identified',
      'pending CertificateOf': 'MODULE_NOT_OPERATING',
      'pending MakeKey': 'KeyMade',
      'pending Install': 'Installed',
      'pending Discard': 'MODULE_OPERATING',
    });
  });

  test('S25b S25c the identity is loaded once, for this module alone, and keeps through personalization', () => {
    const [bench, other] = [new ModuleBench(), new ModuleBench({ initialized: false })];
    const { identityKey, identity } = bench.image.read();
    expect(bench.manufacturer.initializeModule(bench.image)).toMatchObject({ code: 'IDENTITY_LOADED' });
    expect(other.manufacturer.initializeModule(other.image)).toBeNull();
    bench.personalize();
    expect(bench.image.read()).toMatchObject({ identityKey, identity });
  });

  test('S08g S30b two initialized modules differ in serial and identity alone, and nothing of a customer is in them', () => {
    const bench = new ModuleBench();
    const second = new ModuleBench({ manufacturer: bench.manufacturer, serial: 'SM-000014' });
    const [one, two] = [bench.image.read(), second.image.read()];
    const differing = Object.keys(one).filter((member) => JSON.stringify(one[member as keyof typeof one]) !== JSON.stringify(two[member as keyof typeof two]));
    expect(differing).toEqual(['serial', 'identityKey', 'identity']);
    expect(one).toMatchObject({ genesis: null, pending: null, operation: null, epoch: 0, crlNumber: 0, floor: 0 });
  });

  test('S21b what is stored is the certificate that came, with the station that the card signed', () => {
    const bench = new ModuleBench();
    const attestation = bench.makeKey();
    const installation = bench.installation(attestation);
    orThrow(bench.execute(installation));
    expect(bench.image.read().operation).toMatchObject({
      certificate: toBase64url(installation.certificate),
      stationKey: toBase64url(keyHashOf(bench.stationKey)),
      stationNextKey: toBase64url(keyHashOf(bench.stationNextKey)),
    });
  });
});

describe('the key memory', () => {
  test('S02c no answer to any command in any state holds an octet string of a private key', () => {
    const bench = new ModuleBench();
    const said: string[] = [];
    const ask = (request: Parameters<ModuleBench['execute']>[0]): void => {
      const answer = bench.execute(request);
      said.push(JSON.stringify(isRefusal(answer) ? answer : frameOf(answer)), inspect(answer, { depth: 9 }));
    };
    const secrets = (): string[] => {
      const { identityKey, pending, operation } = bench.image.read();
      return [identityKey, pending?.privateKey, operation?.privateKey].filter((one) => one !== undefined);
    };
    const attestation = bench.makeKey();
    const kept = secrets();
    for (const request of [{ type: 'Identify' as const }, bench.makeKeyRequest(), bench.installation(attestation), { type: 'CertificateOf' as const }]) ask(request);
    said.push(inspect(bench.module, { depth: 9, showHidden: true }), JSON.stringify(bench.module));
    for (const member of new Set([...kept, ...secrets()])) {
      const octets = Buffer.from(member, 'base64url');
      const scalar = octets.subarray(36, 68);
      for (const spelling of [member, octets.toString('hex'), scalar.toString('hex'), scalar.toString('base64url'), scalar.toString('base64')])
        for (const one of said) expect(one.includes(spelling)).toBe(false);
    }
    expect(kept).toHaveLength(2);
  });

  test('S02c no frame whatever makes it throw', () => {
    const bench = new ModuleBench();
    const attestation = bench.makeKey();
    const good = frameOf(bench.installation(attestation)) as Record<string, unknown>;
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(good)), fc.jsonValue({ maxDepth: 2 }), (member, value) => {
        const request = parseRequest({ ...good, [member]: value } as never);
        if (!isRefusal(request) && request.type === 'Install') expect(isRefusal(bench.execute(request))).toBe(true);
      }),
      { seed: 5, numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.constantFrom('customerCa', 'cardCa', 'certificate', 'crl'), fc.nat(900), fc.integer({ min: 0, max: 255 }), (member, at, octet) => {
        const request = bench.installation(attestation);
        const octets = request[member as 'crl'];
        const altered = octets.with(at % octets.length, octet);
        if (!equal(altered, octets)) expect(isRefusal(bench.execute({ ...request, [member]: altered }))).toBe(true);
      }),
      { seed: 6, numRuns: 300 },
    );
    expect(bench.module.state).toBe('personalization');
  });
});
