/** Revocation lists: numbered, whole, signed by the CA, and nothing else is taken for one. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { parseCardAuthority } from './authority.ts';
import {
  type Revoked,
  issueRevocationList,
  isRevoked,
  parseRevocationList,
  revocationListSignatureHolds,
} from './crl.ts';
import { boolean, explicit, integer, octetString, oid, sequence, time } from './der.ts';
import { OID } from './oids.ts';
import { WINDOW, cardAuthority, codeOf, customerCa, customerIssuer, got, keys } from './pki.fixture.ts';
import { ALGORITHM, assemble, extensions } from './x509.ts';

const card = got(parseCardAuthority(cardAuthority()));
const times = { thisUpdate: WINDOW.notBefore + 10, nextUpdate: WINDOW.notBefore + 86_410 };

function list(revoked: readonly Revoked[], number = 5): Uint8Array {
  return issueRevocationList({ issuer: customerIssuer, number, ...times, revoked });
}

const stolen: Revoked = { serial: card.serial, at: WINDOW.notBefore + 5, reason: 'keyCompromise' };

/** A list of the genuine CA with one more extension, as a delta or a partial list has it (RFC 5280 §5.2.4, §5.2.5). */
function partial(type: string, value: Uint8Array): Uint8Array {
  const extension = (of: string, inner: Uint8Array, critical = false): Uint8Array =>
    sequence(oid(of), ...(critical ? [boolean(true)] : []), octetString(inner));
  const keyId = extension(OID.authorityKeyIdentifier, extensions.authorityKeyId(customerIssuer.keyId).value);
  const all = sequence(keyId, extension(OID.crlNumber, integer(9)), extension(type, value, true));
  const tbs = sequence(
    integer(1),
    ALGORITHM,
    customerIssuer.name,
    time(times.thisUpdate),
    time(times.nextUpdate),
    explicit(0, all),
  );
  return assemble(tbs, customerIssuer.sign(tbs));
}

describe('a revocation list', () => {
  test('names the cards that are disabled, since when and why', () => {
    const read = got(parseRevocationList(list([stolen])));
    expect(read).toMatchObject({
      number: 5,
      ...times,
      revoked: [stolen],
      issuer: customerIssuer.name,
      issuerKeyId: customerIssuer.keyId,
    });
    expect(isRevoked(read, card.serial)).toBe(true);
    expect(isRevoked(read, Uint8Array.of(1))).toBe(false);
    expect(isRevoked(got(parseRevocationList(list([]))), card.serial)).toBe(false);
  });

  test('reads back whatever is issued', () => {
    const reason = fc.constantFrom('keyCompromise', 'certificateHold');
    const serial = fc
      .uint8Array({ minLength: 1, maxLength: 20 })
      .map((octets) => octets.map((octet, at) => (at === 0 ? octet | 1 : octet)));
    const revoked = fc.array(fc.record({ serial, at: fc.nat(), reason } as const), { maxLength: 40 });
    fc.assert(
      fc.property(revoked, fc.maxSafeNat(), (these, number) => {
        expect(got(parseRevocationList(list(these, number)))).toMatchObject({ number, revoked: these });
      }),
      { numRuns: 50 },
    );
    const many = Array.from({ length: 5000 }, () => stolen);
    expect(got(parseRevocationList(list(many))).serials).toHaveLength(5000);
  });

  test('is refused or unsigned with any one bit changed, and never throws', () => {
    const der = list([stolen]);
    const accepted = (octets: Uint8Array): boolean => {
      const read = parseRevocationList(octets);
      return !isRefusal(read) && revocationListSignatureHolds(read, keys.customerCa.spki);
    };
    expect(accepted(der)).toBe(true);
    const still: number[] = [];
    for (let at = 0; at < der.length; at += 1)
      for (let bit = 1; bit < 256; bit *= 2)
        if (accepted(der.map((octet, place) => (place === at ? octet ^ bit : octet)))) still.push(at);
    expect(still).toEqual([]);
    for (let length = 0; length < der.length; length += 1)
      expect(codeOf(parseRevocationList(der.slice(0, length)))).toBe('BAD_CRL');
    expect(revocationListSignatureHolds(got(parseRevocationList(der)), keys.identityCa.spki)).toBe(false);
  });

  test.each([
    ['a delta list', partial('2.5.29.27', integer(1))],
    ['a list for some certificates', partial('2.5.29.28', sequence())],
    ['a certificate', customerCa],
    ['more than a list may have', new Uint8Array(1_000_001)],
  ])('is not: %s', (_what, octets) => expect(codeOf(parseRevocationList(octets))).toBe('BAD_CRL'));
});
