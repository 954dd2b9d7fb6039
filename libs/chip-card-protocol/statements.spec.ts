/** What a card signs and is given outside X.509: fixed forms, read back octet for octet or refused. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assemble, parseModuleCertificate } from '#libs/certificates/module-operation.ts';
import { moduleCertificate, newPair, operation } from '#libs/certificates/pki.fixture.ts';
import { concat, equal } from '#libs/kernel/bytes.ts';
import { sha256 } from '#libs/kernel/hash.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { certificateOfEntry, tbsOfEntry } from './certificate-of-entry.ts';
import {
  ASSURANCES,
  ENFORCEMENTS,
  FIRST_HEAD,
  type LogEntry,
  decodeLogEntry,
  encodeLogEntry,
  encodeLogHead,
  headAfter,
} from './log-entry.ts';
import {
  type Birth,
  type Lease,
  WITHDRAWN_MAX,
  decodeBirth,
  decodeLease,
  encodeBirth,
  encodeLease,
} from './statements.ts';

const digest = (value: number): Uint8Array => sha256(Uint8Array.of(value));

const entry: LogEntry = {
  number: 1,
  previousHead: FIRST_HEAD,
  orderHash: operation.orderHash,
  cardTime: 1_790_000_000,
  notBefore: operation.notBefore,
  notAfter: operation.notAfter,
  epoch: 1,
  spkiHash: sha256(operation.spki),
  tbsHash: digest(1),
  approverSetVersion: operation.approverSetVersion,
  assurance: 'manufacturer-anchored',
  enforcement: 'device',
  stationKeyHash: operation.stationKeyHash,
  stationSignature: new Uint8Array(64).fill(3),
  profile: operation.profile,
  serial: operation.moduleSerial,
  approvers: [digest(2), digest(3)],
  signature: new Uint8Array(64).fill(4),
};
const birth: Birth = {
  card: 'CC-01',
  cardKey: digest(4),
  genesis: digest(5),
  approverSet: digest(6),
  enforcement: 'device',
  logKey: newPair().spki,
};
const lease: Lease = {
  card: 'CC-01',
  challenge: digest(7),
  time: 1_790_000_000,
  approverSet: digest(8),
  entries: 1,
  withdrawn: [digest(9), digest(10)],
};

interface Form {
  readonly bytes: Uint8Array;
  readonly value: object;
  readonly decode: (octets: Uint8Array) => unknown;
  readonly encode: (value: never) => Uint8Array;
}

const forms: Readonly<Record<string, Form>> = {
  'a log entry': { bytes: encodeLogEntry(entry), value: entry, decode: decodeLogEntry, encode: encodeLogEntry },
  'a birth statement': { bytes: encodeBirth(birth), value: birth, decode: decodeBirth, encode: encodeBirth },
  'a lease': { bytes: encodeLease(lease), value: lease, decode: decodeLease, encode: encodeLease },
};

describe.each(Object.entries(forms))('%s', (_name, { bytes, value, decode, encode }) => {
  test('is read back as it was written', () => expect(decode(bytes)).toEqual(value));

  test('is refused with an octet less or more, wherever it is cut', () => {
    for (let length = 0; length < bytes.length; length += 1)
      expect(isRefusal(decode(bytes.slice(0, length)))).toBe(true);
    expect(isRefusal(decode(concat(bytes, Uint8Array.of(0))))).toBe(true);
  });

  test('has one spelling: whatever is read is written in the same octets', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, octet) => {
        const read = decode(bytes.with(at, octet));
        if (!isRefusal(read)) expect(equal(encode(read as never), bytes.with(at, octet))).toBe(true);
      }),
      { seed: 4, numRuns: 1000 },
    );
  });
});

describe('a log entry', () => {
  test('has its fields at fixed places, big endian', () => {
    const bytes = Buffer.from(encodeLogEntry({ ...entry, number: 0x0102 }));
    expect(bytes.subarray(0, 10).toString('hex')).toBe('01010000000000000102');
    expect(bytes.subarray(42, 74)).toEqual(Buffer.from(entry.orderHash));
    expect(bytes.subarray(170, 174).readUInt32BE()).toBe(entry.approverSetVersion);
    expect([bytes[174], bytes[175]]).toEqual([
      ASSURANCES.indexOf('manufacturer-anchored'),
      ENFORCEMENTS.indexOf('device'),
    ]);
    expect(bytes.subarray(272, 291).toString('latin1')).toBe(`\u0012${operation.profile}`);
    expect(bytes.subarray(-64)).toEqual(Buffer.from(entry.signature));
  });

  test('of another version, kind, assurance or enforcement is refused', () => {
    for (const [at, octet] of [
      [0, 2],
      [1, 2],
      [174, 4],
      [175, 2],
    ] as const)
      expect(decodeLogEntry(encodeLogEntry(entry).with(at, octet))).toMatchObject({ code: 'CARD_LOG_ENTRY_MALFORMED' });
  });

  test('changes the head with every field, and never another way', () => {
    const head = headAfter(encodeLogEntry(entry));
    for (const change of [
      { number: 2 },
      { previousHead: digest(1) },
      { serial: 'SM-9' },
      { approvers: [] },
      { signature: new Uint8Array(64) },
    ])
      expect(headAfter(encodeLogEntry({ ...entry, ...change }))).not.toEqual(head);
    expect(headAfter(encodeLogEntry({ ...entry }))).toEqual(head);
  });

  test('S29b gives the certificate back, octet for octet', () => {
    const der = moduleCertificate();
    const { signature, spki, issuerName: name, issuerKeyId: keyId, organization } = parsedOf(der);
    const issuer = { name, keyId, organization };
    expect(certificateOfEntry({ ...entry, signature }, spki, issuer)).toEqual(der);
    expect(assemble(tbsOfEntry(entry, spki, issuer), signature)).toEqual(der);
    expect(certificateOfEntry({ ...entry, signature, epoch: 2 }, spki, issuer)).not.toEqual(der);
  });

  test('head is signed in one text of lines', () => {
    const text = Buffer.from(
      encodeLogHead({ card: 'CC-01', number: 7, head: new Uint8Array(32), nonce: new Uint8Array(16) }),
    ).toString('latin1');
    expect(text).toBe(`keyledger card log head v1\nCC-01\n7\n${'00'.repeat(32)}\n${'00'.repeat(16)}\n`);
  });
});

function parsedOf(der: Uint8Array) {
  const certificate = parseModuleCertificate(der);
  if (isRefusal(certificate)) throw new Error(certificate.code);
  return certificate;
}

describe('statements', () => {
  test('are never read as each other', () => {
    for (const [name, { bytes }] of Object.entries(forms))
      for (const [other, { decode }] of Object.entries(forms))
        if (name !== other) expect(isRefusal(decode(bytes))).toBe(true);
  });

  test('a birth outside the card cannot be stated', () => {
    const bytes = encodeBirth(birth);
    const bornInside = bytes.indexOf(1, 'keyledger birth v1\n'.length + 1 + birth.card.length + 32);
    expect(decodeBirth(bytes.with(bornInside, 0))).toMatchObject({ code: 'STATEMENT_MALFORMED' });
  });

  test('a lease names only so many withdrawn orders', () => {
    const withdrawn = (count: number) =>
      decodeLease(encodeLease({ ...lease, withdrawn: Array.from({ length: count }, (_, at) => digest(at % 256)) }));
    expect(isRefusal(withdrawn(WITHDRAWN_MAX))).toBe(false);
    expect(withdrawn(WITHDRAWN_MAX + 1)).toMatchObject({ code: 'STATEMENT_MALFORMED' });
  });
});
