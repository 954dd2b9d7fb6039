import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ascii, equal, toBase64url } from '#libs/kernel/bytes.ts';
import { sha256 } from '#libs/kernel/hash.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { decodeAttestation } from '#libs/personalization-protocol/attestation.ts';
import { frameOf, parseRequest } from '#libs/personalization-protocol/messages.ts';
import { ModuleBench, keyHashOf, orThrow } from '#test/attacks/module-bench.ts';
import { execute } from './line-session.ts';
import { partsOf } from './module-parts.ts';

describe('the pending key', () => {
  test('S19a survives a loss of power, and is attested again for a new challenge of the same order', () => {
    const bench = new ModuleBench();
    const first = bench.makeKey();
    const afterPower = partsOf({ image: bench.image });
    const answer = orThrow(execute(afterPower, bench.makeKeyRequest(), new Uint8Array(32)));
    if (answer.type !== 'KeyMade') throw new Error(answer.type);
    const again = orThrow(decodeAttestation(answer.attestation));
    expect(equal(again.spki, first.spki)).toBe(true);
    expect(equal(again.salt, first.salt)).toBe(true);
    expect(equal(again.challenge, first.challenge)).toBe(false);
    expect(again.epoch).toBe(1);
  });

  test('another order is refused until DISCARD erases it; the epoch counts both keys', () => {
    const bench = new ModuleBench();
    const first = bench.makeKey();
    expect(bench.execute(bench.makeKeyRequest({ orderHash: randomOctets(32) }))).toMatchObject({
      code: 'PENDING_OTHER_ORDER',
    });
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
    const second = new ModuleBench({ safe: bench.safe, serial: 'SM-000014' });
    const [one, two] = [bench.image.read(), second.image.read()];
    const differing = Object.keys(one).filter(
      (member) => JSON.stringify(one[member as keyof typeof one]) !== JSON.stringify(two[member as keyof typeof two]),
    );
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
    for (const request of [
      { type: 'Identify' as const },
      bench.makeKeyRequest(),
      bench.installation(attestation),
      { type: 'CertificateOf' as const },
    ])
      ask(request);
    said.push(inspect(bench.module, { depth: 9, showHidden: true }), JSON.stringify(bench.module));
    for (const member of new Set([...kept, ...secrets()])) {
      const octets = Buffer.from(member, 'base64url');
      const scalar = octets.subarray(36, 68);
      for (const spelling of [
        member,
        octets.toString('hex'),
        scalar.toString('hex'),
        scalar.toString('base64url'),
        scalar.toString('base64'),
      ])
        for (const one of said) expect(one.includes(spelling)).toBe(false);
    }
    expect(kept).toHaveLength(2);
  });

  test('S02c no frame whatever makes it throw', () => {
    const bench = new ModuleBench();
    const attestation = bench.makeKey();
    const request = bench.installation(attestation);
    const good = frameOf(request) as Record<string, unknown>;
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(good)), fc.jsonValue({ maxDepth: 2 }), (member, value) => {
        const read = parseRequest({ ...good, [member]: value } as never);
        if (!isRefusal(read) && read.type === 'Install') expect(isRefusal(bench.execute(read))).toBe(true);
      }),
      { seed: 5, numRuns: 300 },
    );
    fc.assert(
      fc.property(
        fc.constantFrom('customerCa', 'cardCa', 'certificate', 'crl'),
        fc.nat(900),
        fc.integer({ min: 0, max: 255 }),
        (member, at, octet) => {
          const octets = request[member as 'crl'];
          const altered = octets.with(at % octets.length, octet);
          if (!equal(altered, octets)) expect(isRefusal(bench.execute({ ...request, [member]: altered }))).toBe(true);
        },
      ),
      { seed: 6, numRuns: 300 },
    );
    expect(bench.module.state).toBe('personalization');
  });
});
