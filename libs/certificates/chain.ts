/** Two chains under one manufacturer root, never to be confused: who a module is, and which card may certify it. */
import { equal } from '#libs/kernel/bytes.ts';
import { keyFromSpki } from '#libs/kernel/hash.ts';
import { type Law, judge } from '#libs/kernel/law.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import {
  type Authority,
  type CardAuthority,
  type Identity,
  parseAuthority,
  parseCardAuthority,
  parseIdentity,
} from './authority.ts';
import { verifyRaw } from './ecdsa.ts';
import { OID } from './oids.ts';

function signedBy(
  certificate: Omit<Authority, 'serial'>,
  issuer: { readonly spki: Uint8Array; readonly name: Uint8Array },
): boolean {
  return (
    equal(certificate.issuer, issuer.name) &&
    verifyRaw(certificate.tbs, certificate.signature, keyFromSpki(issuer.spki))
  );
}

/** What a relying party pins: the root's key, or the one identity CA's. */
export type IdentityPin = { readonly rootSpki: Uint8Array } | { readonly identityCaSpki: Uint8Array };

export interface IdentityChainCase {
  readonly leaf: Identity;
  readonly identityCa: Authority;
  readonly pinned: IdentityPin;
}

export const identityChainLaw: Law<IdentityChainCase> = [
  {
    code: 'IDENTITY_CA_UNKNOWN',
    says: 'The identity certificate comes from another manufacturer than the one pinned here.',
    holds: ({ identityCa, pinned }) =>
      'identityCaSpki' in pinned
        ? equal(identityCa.spki, pinned.identityCaSpki)
        : verifyRaw(identityCa.tbs, identityCa.signature, keyFromSpki(pinned.rootSpki)),
  },
  {
    code: 'IDENTITY_CA_POLICY',
    says: 'The issuer of the identity certificate is no module identity CA.',
    holds: ({ identityCa }) =>
      identityCa.isCa && identityCa.mayCertify && identityCa.policies.includes(OID.policyModuleIdentity),
  },
  {
    code: 'IDENTITY_SIGNATURE',
    says: 'The identity certificate is not signed by the module identity CA.',
    holds: ({ leaf, identityCa }) => signedBy(leaf, identityCa),
  },
  {
    code: 'IDENTITY_IS_AUTHORITY',
    says: 'The identity certificate could itself certify; no module identity can.',
    holds: ({ leaf }) => !leaf.isCa,
  },
];

/** Who the module is, when the whole chain holds. */
export function verifyIdentityChain(
  shown: { readonly leaf: Uint8Array; readonly identityCa: Uint8Array; readonly pinned: IdentityPin },
  law: Law<IdentityChainCase> = identityChainLaw,
): Identity | Refusal {
  const leaf = parseIdentity(shown.leaf);
  if (isRefusal(leaf)) return leaf;
  const identityCa = parseAuthority(shown.identityCa);
  if (isRefusal(identityCa)) return identityCa;
  return judge(law, { leaf, identityCa, pinned: shown.pinned }) ?? leaf;
}

/** As `verifyIdentityChain`, by whoever pins several manufacturers; refuses as the first pin does where none knows the issuer. */
export function verifyIdentityByAny(
  shown: { readonly leaf: Uint8Array; readonly identityCa: Uint8Array },
  [first, ...others]: readonly [IdentityPin, ...IdentityPin[]],
): Identity | Refusal {
  const judged = verifyIdentityChain({ ...shown, pinned: first });
  if (!isRefusal(judged) || judged.code !== 'IDENTITY_CA_UNKNOWN') return judged;
  for (const pinned of others) {
    const other = verifyIdentityChain({ ...shown, pinned });
    if (!isRefusal(other) || other.code !== judged.code) return other;
  }
  return judged;
}

export interface CardChainCase {
  readonly root: Authority;
  readonly customerCa: Authority;
  readonly cardCa: CardAuthority;
}

export const cardChainLaw: Law<CardChainCase> = [
  {
    code: 'CUSTOMER_CA_UNKNOWN',
    says: 'The customer signing CA is not signed by the manufacturer root that is pinned here.',
    holds: ({ root, customerCa }) => signedBy(customerCa, root),
  },
  {
    code: 'CUSTOMER_CA_POLICY',
    says: 'The issuer of the card CA is no customer signing CA.',
    holds: ({ customerCa }) =>
      customerCa.isCa &&
      customerCa.mayCertify &&
      customerCa.pathLen !== 0 &&
      customerCa.policies.includes(OID.policyCustomerSigning),
  },
  {
    code: 'CARD_CA_SIGNATURE',
    says: 'The card CA is not signed by the customer signing CA.',
    holds: ({ customerCa, cardCa }) => signedBy(cardCa, customerCa),
  },
  {
    code: 'CARD_CA_AUTHORITY',
    says: 'The certificate of the card does not let it certify modules, or lets it certify more than modules.',
    holds: ({ cardCa }) => cardCa.isCa && cardCa.mayCertify && cardCa.pathLen === 0,
  },
  {
    code: 'CARD_CA_POLICY',
    says: 'The certificate of the card is not of the customer signing policy.',
    holds: ({ cardCa }) => cardCa.policies.includes(OID.policyCustomerSigning),
  },
  {
    code: 'CARD_CA_NAMES',
    says: 'The certificate of the card is not limited to the names of its customer.',
    holds: ({ cardCa }) => cardCa.ownNamesOnly,
  },
];

export interface CardChain {
  readonly customerCa: Authority;
  readonly cardCa: CardAuthority;
}

/** Which card of which deployment it is, when the chain from the root (DER) holds. Ends of validity are the caller's: a module has no clock. */
export function verifyCardChain(
  shown: { readonly root: Uint8Array; readonly customerCa: Uint8Array; readonly cardCa: Uint8Array },
  law: Law<CardChainCase> = cardChainLaw,
): CardChain | Refusal {
  const root = parseAuthority(shown.root);
  if (isRefusal(root)) return root;
  const customerCa = parseAuthority(shown.customerCa);
  if (isRefusal(customerCa)) return customerCa;
  const cardCa = parseCardAuthority(shown.cardCa);
  if (isRefusal(cardCa)) return cardCa;
  return judge(law, { root, customerCa, cardCa }) ?? { customerCa, cardCa };
}
