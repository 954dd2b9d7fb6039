import { describe, expect, test } from '@jest/globals';
import { parseAuthority } from '#libs/certificates/authority.ts';
import { verifyCardChain, verifyIdentityChain } from '#libs/certificates/chain.ts';
import { isRevoked, parseRevocationList, revocationListSignatureHolds } from '#libs/certificates/crl.ts';
import { verifyRaw } from '#libs/certificates/ecdsa.ts';
import { ascii } from '#libs/kernel/bytes.ts';
import { keyFromSpki } from '#libs/kernel/hash.ts';
import { refuse } from '#libs/kernel/refusal.ts';
import { BENCH_NOW, ModuleBench, YEAR, newSigningKey, orThrow, spkiOfPrivate } from '#test/attacks/module-bench.ts';
import { octetsOf } from './manufacturer-memory.ts';

const bench = new ModuleBench();
const { manufacturer } = bench;

describe('the manufacturer', () => {
  test('S25c binds serial, class and identity key of a module under his root', () => {
    const { identity } = bench.image.read();
    const leaf = octetsOf(identity!.certificate);
    const pinned = { identityCaSpki: manufacturer.identityCaSpki };
    expect(verifyIdentityChain({ leaf, identityCa: manufacturer.identityCa, pinned })).toMatchObject({
      serial: 'SM-000013',
      moduleClass: 'SM-A1',
    });
  });

  test('S23a S24c signs a customer signing key, under the other of his two authorities alone', () => {
    const { root, customerCa, identityCa } = manufacturer;
    const { cardCa } = bench.customer;
    expect(orThrow(verifyCardChain({ root, customerCa, cardCa })).cardCa).toMatchObject({
      organization: 'Example Bank',
      enforcement: 'device',
    });
    expect(verifyCardChain({ root, customerCa: identityCa, cardCa })).toMatchObject({ code: 'CUSTOMER_CA_POLICY' });
  });

  test('certifies no key whose birth does not hold', () => {
    const request = {
      ...{
        organization: 'Example Bank',
        card: 'CC-02',
        spki: spkiOfPrivate(newSigningKey()),
        genesis: new Uint8Array(32),
      },
      ...{ enforcement: 'device' as const, notBefore: BENCH_NOW, notAfter: BENCH_NOW + YEAR },
    };
    const refusal = refuse('BIRTH_SIGNATURE', 'The birth statement is not signed by the device key of the card.');
    expect(manufacturer.certifyCard({ ...request, checkBirth: () => refusal })).toBe(refusal);
  });

  test('numbers his lists, and names a revoked card once and for ever', () => {
    const first = orThrow(parseRevocationList(manufacturer.issueList()));
    expect(manufacturer.revokeCard(bench.customer.cardCa, 'keyCompromise')).toBeNull();
    expect(manufacturer.revokeCard(bench.customer.cardCa, 'keyCompromise')).toBeNull();
    const second = orThrow(parseRevocationList(manufacturer.issueList()));
    expect(second.number).toBe(first.number + 1);
    expect(revocationListSignatureHolds(second, orThrow(parseAuthority(manufacturer.customerCa)).spki)).toBe(true);
    expect([isRevoked(first, bench.cardAuthority().serial), isRevoked(second, bench.cardAuthority().serial)]).toEqual([
      false,
      true,
    ]);
    expect(second.serials).toHaveLength(1);
  });

  test('vouches for device keys of cards', () => {
    const statement = ascii('keyledger device v1\n');
    expect(verifyRaw(statement, manufacturer.signDevice(statement), keyFromSpki(manufacturer.cardMakerSpki))).toBe(
      true,
    );
  });

  test('S18b S25b never holds a private key of a module', () => {
    expect(JSON.stringify(bench.safe.read()).includes(bench.image.read().identityKey)).toBe(false);
  });
});
