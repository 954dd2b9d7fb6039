/** Authorities, card and identity as they are issued and read: every field back, and no reading that is too kind. */
import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { concat } from '#libs/kernel/bytes.ts';
import { NO_END } from '#libs/kernel/order.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { issueIdentity, parseAuthority, parseCardAuthority, parseIdentity } from './authority.ts';
import { boolean, explicit, integer, octetString, oid, sequence, set, utf8String } from './der.ts';
import { hardwareName } from './hardware-name.ts';
import { nameDer } from './names.ts';
import { OID } from './oids.ts';
import * as pki from './pki.fixture.ts';
import { type Extension, type Frame, USAGE, assemble, extensions, keyIdOf, tbsOf } from './x509.ts';

const { got, codeOf, keys, WINDOW } = pki;
const name = nameDer({ organization: pki.CUSTOMER, commonName: 'card-1' });

/** A certificate that nobody here would issue. */
function crafted(these: readonly Extension[], frame: Partial<Frame & { keyId: Uint8Array }> = {}): Uint8Array {
  const { spki = keys.card.spki, keyId = keyIdOf(spki) } = frame;
  const ids = [extensions.authorityKeyId(keyId), extensions.subjectKeyId(keyId)];
  const tbs = tbsOf({
    serial: Uint8Array.of(1),
    issuer: name,
    subject: name,
    ...WINDOW,
    ...frame,
    spki,
    extensions: [...ids, ...these],
  });
  return assemble(tbs, keys.card.sign(tbs));
}

const subjectOf = (...attributes: readonly Uint8Array[]): Uint8Array => sequence(...attributes.map((one) => set(one)));

const usage = extensions.keyUsage(...USAGE.keyCertSign);
const genesis: Extension = { oid: OID.genesis, critical: false, value: octetString(pki.octets(32, 7)) };
const organization = sequence(oid(OID.organization), utf8String(pki.CUSTOMER));
const commonName = sequence(oid(OID.commonName), utf8String('card-1'));
const basic = (value: Uint8Array): Extension => ({ oid: OID.basicConstraints, critical: true, value });

describe('what is issued', () => {
  test('is read back by us and by another reader', () => {
    const identityCa = got(parseAuthority(pki.identityCa));
    expect(identityCa).toMatchObject({ isCa: true, pathLen: 0, mayCertify: true, organization: pki.MAKER, ...WINDOW });
    expect(identityCa.policies).toEqual([OID.policyModuleIdentity]);
    expect(got(parseAuthority(pki.customerCa))).toMatchObject({ isCa: true, pathLen: 1, spki: keys.customerCa.spki });
    expect(got(parseAuthority(pki.root))).toMatchObject({ isCa: true, pathLen: null, policies: [] });
    for (const der of [pki.root, pki.identityCa, pki.customerCa, pki.cardAuthority()])
      expect(new X509Certificate(der).ca).toBe(true);
    expect(new X509Certificate(pki.identity()).ca).toBe(false);
  });

  test('a card CA names card, customer, deployment and enforcement, and signs certificates alone', () => {
    const card = got(parseCardAuthority(pki.cardAuthority()));
    expect(card).toMatchObject({
      isCa: true,
      pathLen: 0,
      mayCertify: true,
      enforcement: 'device',
      ownNamesOnly: true,
      organization: pki.CUSTOMER,
    });
    expect(card.genesis).toEqual(pki.octets(32, 7));
    expect(card.name).toEqual(name);
    expect(got(parseCardAuthority(pki.cardAuthority({ enforcement: 'host' }))).enforcement).toBe('host');
    const written = Buffer.from(pki.cardAuthority()).toString('hex');
    expect(written).toContain(
      Buffer.from(sequence(oid(OID.keyUsage), boolean(true), octetString(Uint8Array.of(3, 2, 2, 4)))).toString('hex'),
    );
  });

  test('S25c an identity certificate binds serial, class and identity key, for life', () => {
    const read = got(parseIdentity(pki.identity()));
    expect(read).toMatchObject({
      serial: 'EPS-0001',
      moduleClass: 'eps',
      isCa: false,
      notAfter: NO_END,
      spki: keys.identity.spki,
    });
    expect(new X509Certificate(pki.identity()).subjectAltName).toContain('othername:');
    const text = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9.:/-]{0,63}$/);
    fc.assert(
      fc.property(text, text, (moduleSerial, moduleClass) => {
        const one = { organization: pki.MAKER, spki: keys.identity.spki, notBefore: 0, issuer: pki.identityIssuer };
        return expect(got(parseIdentity(issueIdentity({ ...one, moduleSerial, moduleClass })))).toMatchObject({
          serial: moduleSerial,
          moduleClass,
        });
      }),
      { numRuns: 20 },
    );
  });

  test('has a serial number that is positive, of 20 octets, and follows from issuer and key', () => {
    const serial = (der: Uint8Array): string => new X509Certificate(der).serialNumber;
    expect(serial(pki.cardAuthority())).toMatch(/^01[0-9A-F]{38}$/);
    expect(serial(pki.cardAuthority())).toBe(serial(pki.cardAuthority()));
    expect(serial(pki.cardAuthority({ spki: pki.newPair().spki }))).not.toBe(serial(pki.cardAuthority()));
  });
});

describe('a reader is not kind', () => {
  test.each([
    ['CA FALSE that is written', crafted([usage, basic(sequence(boolean(false)))])],
    ['something behind pathLen', crafted([usage, basic(sequence(boolean(true), integer(0), integer(1)))])],
    [
      'an unknown critical extension',
      crafted([usage, extensions.authority(0), { oid: '1.2.3.4', critical: true, value: sequence() }]),
    ],
    ['a name constraint that it would not process', pki.cardAuthority()],
    ['an extension twice', crafted([usage, extensions.authority(0), extensions.authority(0)])],
    ['no keyUsage', crafted([extensions.authority(0)])],
    [
      'a key identifier of another key',
      crafted([usage, extensions.authority(0)], { keyId: keyIdOf(keys.module.spki) }),
    ],
    [
      'a point beside the curve',
      crafted([usage, extensions.authority(0)], {
        spki: keys.card.spki.map((octet, at) => (at === 90 ? octet ^ 1 : octet)),
      }),
    ],
    ['an end before the beginning', crafted([usage, extensions.authority(0)], { notAfter: WINDOW.notBefore - 1 })],
    [
      'a name in another order',
      crafted([usage, extensions.authority(0)], { subject: subjectOf(commonName, organization) }),
    ],
    [
      'a name without text',
      crafted([usage, extensions.authority(0)], { subject: nameDer({ organization: '', commonName: 'card-1' }) }),
    ],
    [
      'a name that is too long',
      crafted([usage, extensions.authority(0)], {
        subject: nameDer({ organization: 'x'.repeat(65), commonName: 'card-1' }),
      }),
    ],
    ['an issuer that is no name', crafted([usage, extensions.authority(0)], { issuer: sequence(integer(1)) })],
    [
      'version 1',
      Uint8Array.from(Buffer.from(Buffer.from(pki.root).toString('hex').replace('a003020102', 'a003020101'), 'hex')),
    ],
    [
      'an identifier without measure',
      crafted([usage, extensions.authority(0), { oid: `2.25.${2n ** 900n}`, critical: false, value: sequence() }]),
    ],
    ['a serial number of 21 octets', crafted([usage, extensions.authority(0)], { serial: pki.octets(21, 1) })],
  ])('to %s', (_what, der) => expect(codeOf(parseAuthority(der))).toBe('BAD_CERTIFICATE'));

  test.each([
    ['no enforcement', [extensions.policies(OID.policyCustomerSigning), genesis]],
    ['no genesis', [extensions.policies(OID.policyEnforcementDevice)]],
    ['both enforcements', [extensions.policies(OID.policyEnforcementDevice, OID.policyEnforcementHost), genesis]],
    [
      'a short genesis',
      [
        extensions.policies(OID.policyEnforcementDevice),
        { oid: OID.genesis, critical: false, value: octetString(pki.octets(31, 1)) },
      ],
    ],
  ])('to a card with %s', (_what, these) => {
    expect(codeOf(parseCardAuthority(crafted([usage, extensions.authority(0), ...these])))).toBe('BAD_CERTIFICATE');
  });

  test('to an identity whose two serials differ, or whose policy is missing', () => {
    const subject = nameDer({ organization: pki.MAKER, commonName: 'Security Module', serialNumber: 'EPS-0001' });
    const signs = extensions.keyUsage(...USAGE.digitalSignature);
    const alt = (serial: string): Extension => ({
      oid: OID.subjectAltName,
      critical: false,
      value: hardwareName('eps', serial),
    });
    const policy = extensions.policies(OID.policyModuleIdentity);
    expect(
      isRefusal(parseIdentity(crafted([signs, extensions.notAuthority(), policy, alt('EPS-0001')], { subject }))),
    ).toBe(false);
    expect(
      codeOf(parseIdentity(crafted([signs, extensions.notAuthority(), policy, alt('EPS-0002')], { subject }))),
    ).toBe('BAD_CERTIFICATE');
    expect(codeOf(parseIdentity(crafted([signs, extensions.notAuthority(), alt('EPS-0001')], { subject })))).toBe(
      'BAD_CERTIFICATE',
    );
    const named = (type: string, hardware: string): Extension => {
      const value = explicit(0, sequence(oid(hardware), octetString(Buffer.from('EPS-0001'))));
      return { oid: OID.subjectAltName, critical: false, value: sequence(explicit(0, concat(oid(type), value))) };
    };
    const read = (one: Extension) =>
      parseIdentity(crafted([signs, extensions.notAuthority(), policy, one], { subject }));
    expect(isRefusal(read(named(OID.hardwareModuleName, `${OID.hardwareTypes}.101`)))).toBe(false);
    expect(codeOf(read(named('1.3.6.1.5.5.7.8.5', `${OID.hardwareTypes}.101`)))).toBe('BAD_CERTIFICATE');
    for (const type of [`${OID.hardwareTypes}.357`, OID.hardwareTypes, '1.3.6.1.4.1.1.101'])
      expect(codeOf(read(named(OID.hardwareModuleName, type)))).toBe('BAD_CERTIFICATE');
  });

  test('and never throws on octets that end early or are anything at all', () => {
    for (const [der, parse] of [
      [pki.root, parseAuthority],
      [pki.cardAuthority(), parseCardAuthority],
      [pki.identity(), parseIdentity],
    ] as const) {
      for (let length = 0; length < der.length; length += 1)
        expect(codeOf(parse(der.slice(0, length)))).toBe('BAD_CERTIFICATE');
      fc.assert(
        fc.property(fc.nat(der.length - 1), fc.nat(255), (at, value) => {
          const read = parse(der.map((octet, place) => (place === at ? value : octet)));
          return isRefusal(read) || read.der.length === der.length;
        }),
        { numRuns: 500 },
      );
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (any) => isRefusal(parseAuthority(any))));
  });
});
