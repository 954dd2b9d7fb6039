/** The two chains: each check is met by an attacker, and with the check taken out he gets through. */
import { describe, expect, test } from '@jest/globals';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { without } from '#libs/kernel/law.ts';
import { type Issuer, issueAuthority } from './authority.ts';
import { type IdentityPin, cardChainLaw, identityChainLaw, verifyCardChain, verifyIdentityChain } from './chain.ts';
import { boolean, explicit, integer, octetString, sequence } from './der.ts';
import { hardwareName } from './hardware-name.ts';
import { nameDer, organizationName } from './names.ts';
import { OID } from './oids.ts';
import * as pki from './pki.fixture.ts';
import { type Extension, USAGE, assemble, extensions, keyIdOf, tbsOf } from './x509.ts';

const { codeOf, keys, MAKER, CUSTOMER, WINDOW } = pki;

interface Crafted {
  readonly by: Issuer;
  readonly subject: Uint8Array;
  readonly spki: Uint8Array;
  readonly extensions: readonly Extension[];
}

/** A certificate that an honest issuer would not make. */
function crafted(it: Crafted): Uint8Array {
  const ids = [extensions.authorityKeyId(it.by.keyId), extensions.subjectKeyId(keyIdOf(it.spki))];
  const tbs = tbsOf({
    ...WINDOW,
    serial: Uint8Array.of(1),
    issuer: it.by.name,
    subject: it.subject,
    spki: it.spki,
    extensions: [...ids, ...it.extensions],
  });
  return assemble(tbs, it.by.sign(tbs));
}

const certSign = extensions.keyUsage(...USAGE.keyCertSign);
const signs = extensions.keyUsage(...USAGE.digitalSignature);
const stranger = pki.newPair();
const strangerRoot = pki.issuer(stranger, MAKER, 'Manufacturer Root');
const rootIssuer = pki.issuer(keys.root, MAKER, 'Manufacturer Root');

describe('the identity chain', () => {
  const rootPin: IdentityPin = { rootSpki: keys.root.spki };
  const good = { leaf: pki.identity(), identityCa: pki.identityCa, pinned: rootPin };
  const strangerCa = issueAuthority({
    ...WINDOW,
    kind: 'module-identity',
    organization: MAKER,
    spki: stranger.spki,
    issuer: strangerRoot,
  });
  const underStranger = pki.identity(pki.issuer(stranger, MAKER, 'Module Identity CA'));
  const leafAuthority = crafted({
    by: pki.identityIssuer,
    subject: nameDer({ organization: MAKER, commonName: 'Security Module', serialNumber: 'EPS-0001' }),
    spki: keys.identity.spki,
    extensions: [
      certSign,
      extensions.authority(0),
      extensions.policies(OID.policyModuleIdentity),
      { oid: OID.subjectAltName, critical: false, value: hardwareName('eps', 'EPS-0001') },
    ],
  });
  const notAuthority = crafted({
    by: rootIssuer,
    subject: pki.identityIssuer.name,
    spki: keys.identityCa.spki,
    extensions: [signs, extensions.notAuthority(), extensions.policies(OID.policyModuleIdentity)],
  });

  test('tells who the module is, under the root and under the one pinned CA', () => {
    expect(verifyIdentityChain(good)).toMatchObject({ serial: 'EPS-0001', moduleClass: 'eps' });
    expect(isRefusal(verifyIdentityChain({ ...good, pinned: { identityCaSpki: keys.identityCa.spki } }))).toBe(false);
  });

  test.each([
    ['IDENTITY_CA_UNKNOWN', 'a CA of another manufacturer', { ...good, identityCa: strangerCa, leaf: underStranger }],
    [
      'IDENTITY_CA_UNKNOWN',
      'another CA than the pinned one',
      { ...good, identityCa: strangerCa, leaf: underStranger, pinned: { identityCaSpki: keys.identityCa.spki } },
    ],
    [
      'IDENTITY_CA_POLICY',
      'an identity under the customer signing CA',
      { ...good, identityCa: pki.customerCa, leaf: pki.identity(pki.customerIssuer) },
    ],
    ['IDENTITY_CA_POLICY', 'an issuer that may not certify', { ...good, identityCa: notAuthority }],
    ['IDENTITY_SIGNATURE', 'a leaf of another signer', { ...good, leaf: underStranger }],
    [
      'IDENTITY_SIGNATURE',
      'a leaf that names another issuer',
      { ...good, leaf: pki.identity({ ...pki.identityIssuer, name: rootIssuer.name }) },
    ],
    ['IDENTITY_IS_AUTHORITY', 'a leaf that could certify', { ...good, leaf: leafAuthority }],
  ])('%s meets %s', (code, _attack, shown) => {
    expect(codeOf(verifyIdentityChain(shown))).toBe(code);
    expect(isRefusal(verifyIdentityChain(shown, without(identityChainLaw, [code])))).toBe(false);
  });
});

describe('the chain of a card', () => {
  const good = { root: pki.root, customerCa: pki.customerCa, cardCa: pki.cardAuthority() };
  const strangerCustomerCa = issueAuthority({
    ...WINDOW,
    kind: 'customer-signing',
    organization: MAKER,
    spki: stranger.spki,
    issuer: strangerRoot,
  });
  const strangerIssuer = pki.issuer(stranger, MAKER, 'Customer Signing CA');
  const own: Extension = { oid: OID.nameConstraints, critical: true, value: permitted(CUSTOMER) };
  const policies = extensions.policies(OID.policyCustomerSigning, OID.policyEnforcementDevice);

  function permitted(organization: string): Uint8Array {
    return sequence(explicit(0, sequence(explicit(4, organizationName(organization)))));
  }

  function card(...these: readonly Extension[]): Uint8Array {
    const genesis: Extension = { oid: OID.genesis, critical: false, value: octetString(pki.octets(32, 7)) };
    const subject = nameDer({ organization: CUSTOMER, commonName: 'card-1' });
    return crafted({ by: pki.customerIssuer, subject, spki: keys.card.spki, extensions: [...these, genesis] });
  }

  function signingCa(...these: readonly Extension[]): Uint8Array {
    return crafted({ by: rootIssuer, subject: pki.customerIssuer.name, spki: keys.customerCa.spki, extensions: these });
  }

  const customer = extensions.policies(OID.policyCustomerSigning);

  test('tells which card of which deployment it is', () => {
    expect(verifyCardChain(good)).toMatchObject({ cardCa: { enforcement: 'device', genesis: pki.octets(32, 7) } });
    expect(
      isRefusal(verifyCardChain({ ...good, cardCa: card(certSign, extensions.authority(0), policies, own) })),
    ).toBe(false);
  });

  test.each([
    [
      'CUSTOMER_CA_UNKNOWN',
      'a customer CA of a stranger',
      { ...good, customerCa: strangerCustomerCa, cardCa: pki.cardAuthority({ issuer: strangerIssuer }) },
    ],
    [
      'CUSTOMER_CA_POLICY',
      'a card under the module identity CA',
      { ...good, customerCa: pki.identityCa, cardCa: pki.cardAuthority({ issuer: pki.identityIssuer }) },
    ],
    [
      'CUSTOMER_CA_POLICY',
      'a customer CA that is none',
      { ...good, customerCa: signingCa(certSign, extensions.notAuthority(), customer) },
    ],
    [
      'CUSTOMER_CA_POLICY',
      'a customer CA without keyCertSign',
      { ...good, customerCa: signingCa(signs, extensions.authority(1), customer) },
    ],
    [
      'CUSTOMER_CA_POLICY',
      'a customer CA that allows no CA below',
      { ...good, customerCa: signingCa(certSign, extensions.authority(0), customer) },
    ],
    [
      'CARD_CA_SIGNATURE',
      'a card that another key certified',
      { ...good, cardCa: pki.cardAuthority({ issuer: strangerIssuer }) },
    ],
    [
      'CARD_CA_SIGNATURE',
      'a card that names another issuer',
      { ...good, cardCa: pki.cardAuthority({ issuer: { ...pki.customerIssuer, name: rootIssuer.name } }) },
    ],
    [
      'CARD_CA_AUTHORITY',
      'a card that may certify CAs',
      { ...good, cardCa: card(certSign, extensions.authority(1), policies, own) },
    ],
    [
      'CARD_CA_AUTHORITY',
      'a card without end of path',
      { ...good, cardCa: card(certSign, extensions.authority(null), policies, own) },
    ],
    [
      'CARD_CA_AUTHORITY',
      'a card without keyCertSign',
      { ...good, cardCa: card(signs, extensions.authority(0), policies, own) },
    ],
    [
      'CARD_CA_AUTHORITY',
      'a card that is no CA',
      { ...good, cardCa: card(certSign, extensions.notAuthority(), policies, own) },
    ],
    [
      'CARD_CA_POLICY',
      'a card of no policy',
      {
        ...good,
        cardCa: card(certSign, extensions.authority(0), extensions.policies(OID.policyEnforcementDevice), own),
      },
    ],
    ['CARD_CA_NAMES', 'a card of any customer', { ...good, cardCa: card(certSign, extensions.authority(0), policies) }],
    [
      'CARD_CA_NAMES',
      'a card for the names of another',
      {
        ...good,
        cardCa: card(certSign, extensions.authority(0), policies, { ...own, value: permitted('Other Bank') }),
      },
    ],
  ])('%s meets %s', (code, _attack, shown) => {
    expect(codeOf(verifyCardChain(shown))).toBe(code);
    expect(isRefusal(verifyCardChain(shown, without(cardChainLaw, [code])))).toBe(false);
  });

  test('is refused without throwing where octets are no certificate', () => {
    expect(codeOf(verifyCardChain({ ...good, cardCa: sequence(boolean(true), integer(1)) }))).toBe('BAD_CERTIFICATE');
    expect(codeOf(verifyCardChain({ ...good, root: new Uint8Array() }))).toBe('BAD_CERTIFICATE');
  });
});
