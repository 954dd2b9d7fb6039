/** Profile module-operation-1: one certificate per content, whole or without its key, and nothing else is read. */
import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { concat, equal, toHex } from '#libs/kernel/bytes.ts';
import { keyFromSpki, sha256 } from '#libs/kernel/hash.ts';
import { NO_END } from '#libs/kernel/order.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { integer, sequence } from './der.ts';
import { verifyRaw } from './ecdsa.ts';
import {
  type ModuleOperation,
  assemble,
  attachKey,
  buildTbs,
  detachKey,
  parseModuleCertificate,
} from './module-operation.ts';
import { nameDer } from './names.ts';
import {
  codeOf,
  customerCa,
  got,
  identity,
  keys,
  moduleCertificate,
  newPair,
  octets,
  operation,
} from './pki.fixture.ts';

const cardKey = keyFromSpki(keys.card.spki);
const pool = [keys.module.spki, ...Array.from({ length: 7 }, () => newPair().spki)];
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const text = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9.:/-]{0,63}$/);
const seconds = fc.integer({ min: 0, max: NO_END });

const operations: fc.Arbitrary<ModuleOperation> = fc
  .record({
    orderHash: hash,
    spki: fc.constantFrom(...pool),
    logNumber: fc.maxSafeNat(),
    previousLogHead: hash,
    issuerName: fc.tuple(text, text).map(([organization, commonName]) => nameDer({ organization, commonName })),
    issuerKeyId: fc.uint8Array({ minLength: 20, maxLength: 20 }),
    notBefore: seconds,
    notAfter: seconds,
    organization: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
    profile: fc.constant('module-operation-1'),
    moduleSerial: text,
    enforcement: fc.constantFrom('device', 'host'),
    stationKeyHash: hash,
    approverSetVersion: fc.nat(),
    epoch: fc.maxSafeNat(),
    assurance: fc.constantFrom('manufacturer-anchored', 'plausibility'),
  } as const)
  .filter((it) => it.notBefore <= it.notAfter && it.organization.length <= 64);

/** Read by the parser and signed by the card. */
function accepted(der: Uint8Array): boolean {
  const read = parseModuleCertificate(der);
  return !isRefusal(read) && verifyRaw(read.tbs, read.signature, cardKey);
}

describe('a module certificate', () => {
  test('is the same, octet for octet, whenever it is made again from its content and the signature', () => {
    const signature = fc.uint8Array({ minLength: 64, maxLength: 64 });
    fc.assert(
      fc.property(operations, signature, (it, signed) => {
        const der = assemble(buildTbs(it), signed);
        const read = got(parseModuleCertificate(der));
        expect(read).toMatchObject({ ...it, tbs: buildTbs(it), signature: signed, der });
        expect(assemble(buildTbs(read), read.signature)).toEqual(der);
      }),
    );
  });

  test('has the serial number, subject and extensions of its profile, as another reader sees them', () => {
    const der = moduleCertificate();
    const seen = new X509Certificate(der);
    const prefix = toHex(sha256(operation.orderHash, operation.spki).slice(0, 11));
    expect(seen.serialNumber).toBe(`01${prefix}0000000000000001`.toUpperCase());
    expect(seen.subject).toBe('O=Example Bank\nCN=module-operation-1\nserialNumber=EPS-0001');
    expect(seen.issuer).toBe('O=Example Bank\nCN=card-1');
    expect(seen.validTo).toBe('Dec 31 23:59:59 9999 GMT');
    expect(seen.ca).toBe(false);
    expect(seen.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(seen.verify(cardKey)).toBe(true);
    expect(der.length).toBeLessThan(700);
  });

  test('is refused with any one bit changed, by its form or by its signature', () => {
    const der = moduleCertificate();
    expect(accepted(der)).toBe(true);
    const still: string[] = [];
    for (let at = 0; at < der.length; at += 1)
      for (let bit = 1; bit < 256; bit *= 2)
        if (accepted(der.map((octet, place) => (place === at ? octet ^ bit : octet)))) still.push(`${at}:${bit}`);
    expect(still).toEqual([]);
  });

  test('never throws on octets that end early, go on, or are anything at all', () => {
    const der = moduleCertificate();
    for (let length = 0; length < der.length; length += 1)
      expect(isRefusal(parseModuleCertificate(der.slice(0, length)))).toBe(true);
    expect(codeOf(parseModuleCertificate(concat(der, octets(1, 0))))).toBe('BAD_CERTIFICATE');
    expect(codeOf(parseModuleCertificate(octets(5000, 0x30)))).toBe('BAD_CERTIFICATE');
    fc.assert(fc.property(fc.uint8Array({ maxLength: 700 }), (any) => isRefusal(parseModuleCertificate(any))));
    const spliced = fc.tuple(fc.nat(der.length), fc.nat(40), fc.uint8Array({ maxLength: 40 }));
    fc.assert(
      fc.property(spliced, ([at, gone, put]) => {
        const other = concat(der.slice(0, at), put, der.slice(at + gone));
        return equal(other, der) || !accepted(other);
      }),
      { numRuns: 500 },
    );
  });

  test('tells a signature in the high form', () => {
    const tbs = buildTbs(operation);
    expect(got(parseModuleCertificate(moduleCertificate())).signatureIsLowS).toBe(true);
    expect(got(parseModuleCertificate(assemble(tbs, octets(64, 0xf0)))).signatureIsLowS).toBe(false);
  });

  test.each([
    ['another profile', moduleCertificate({ profile: 'module-operation-2' })],
    ['an issuer that is no name', moduleCertificate({ issuerName: sequence(integer(1)) })],
    ['an identity certificate', identity()],
    ['a CA certificate', customerCa],
  ])('is not: %s', (_what, der) => expect(codeOf(parseModuleCertificate(der))).toBe('NOT_OF_PROFILE'));

  test('S20c without the signed key it is worth nothing until that very key is supplied', () => {
    fc.assert(
      fc.property(operations, (it) => {
        const der = assemble(buildTbs(it), octets(64, 3));
        const { certificate, spki } = got(detachKey(der));
        expect(spki).toEqual(it.spki);
        expect(Buffer.from(certificate).includes(Buffer.from(it.spki.slice(27)))).toBe(false);
        expect(isRefusal(parseModuleCertificate(certificate))).toBe(true);
        expect(got(attachKey(certificate, spki)).der).toEqual(der);
        for (const other of pool)
          if (!equal(other, spki)) expect(codeOf(attachKey(certificate, other))).toBe('NOT_OF_PROFILE');
      }),
      { numRuns: 25 },
    );
    const { certificate, spki } = got(detachKey(moduleCertificate()));
    expect(accepted(got(attachKey(certificate, spki)).der)).toBe(true);
    for (let length = 0; length < certificate.length; length += 1)
      expect(isRefusal(attachKey(certificate.slice(0, length), spki))).toBe(true);
    expect(codeOf(attachKey(certificate, spki.slice(1)))).toBe('BAD_CERTIFICATE');
    expect(codeOf(detachKey(customerCa))).toBe('NOT_OF_PROFILE');
  });
});
