/** The manufacturers that a deployment accepts: each chain is held against the one root that signed it. */
import { equal } from '#libs/kernel/bytes.ts';
import { hashId, keyFromSpki } from '#libs/kernel/hash.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { type Authority, type Identity, parseAuthority } from './authority.ts';
import { type CardChain, verifyCardChain, verifyIdentityChain } from './chain.ts';
import { verifyRaw } from './ecdsa.ts';
import { isP256Spki } from './p256.ts';

export interface ManufacturerRoot {
  /** base64url(SHA-256(certificate)). */
  readonly id: string;
  /** DER. */
  readonly certificate: Uint8Array;
  /** DER. */
  readonly spki: Uint8Array;
  /** Certifies nothing new. */
  readonly isWithdrawn: boolean;
}

const NO_ROOT = refuse('MANUFACTURER_ROOT', 'The certificate is no manufacturer root: it did not sign itself as a CA.');
const WITHDRAWN = refuse(
  'MANUFACTURER_WITHDRAWN',
  'The root of this manufacturer was withdrawn; nothing new is accepted under it.',
);

/** A root certificate, DER: a CA on P-256 that signed itself and may certify CAs that certify. MANUFACTURER_ROOT otherwise. */
export function parseManufacturerRoot(certificate: Uint8Array): ManufacturerRoot | Refusal {
  const root = parseAuthority(certificate);
  if (isRefusal(root) || !isP256Spki(root.spki)) return NO_ROOT;
  const maySign = root.isCa && root.mayCertify && (root.pathLen ?? 2) >= 2;
  return maySign && equal(root.name, root.issuer) && signsItself(root)
    ? { id: hashId(certificate), certificate, spki: root.spki, isWithdrawn: false }
    : NO_ROOT;
}

function signsItself({ tbs, signature, spki }: Authority): boolean {
  return verifyRaw(tbs, signature, keyFromSpki(spki));
}

export interface UnderRoot<T> {
  readonly root: ManufacturerRoot;
  readonly found: T;
}

/** The first root that signed it judges it, whatever the others would say: no key stands in two of them. */
function under<T>(
  roots: Iterable<ManufacturerRoot>,
  judged: (root: ManufacturerRoot) => T | Refusal,
  unknown: string,
): UnderRoot<T> | Refusal {
  let last: Refusal = NO_ROOT;
  for (const root of roots) {
    const found = judged(root);
    if (!isRefusal(found)) return { root, found };
    if (found.code !== unknown) return found;
    last = found;
  }
  return last;
}

/** Who a module is, and by which manufacturer: IDENTITY_CA_UNKNOWN where none of these made it. */
export function identityUnder(
  roots: Iterable<ManufacturerRoot>,
  shown: { readonly leaf: Uint8Array; readonly identityCa: Uint8Array },
): UnderRoot<Identity> | Refusal {
  const judged = ({ spki: rootSpki }: ManufacturerRoot) => verifyIdentityChain({ ...shown, pinned: { rootSpki } });
  return under(roots, judged, 'IDENTITY_CA_UNKNOWN');
}

/** Which card, and for the modules of which manufacturer: CUSTOMER_CA_UNKNOWN where none of these certified it. */
export function cardChainUnder(
  roots: Iterable<ManufacturerRoot>,
  shown: { readonly customerCa: Uint8Array; readonly cardCa: Uint8Array },
): UnderRoot<CardChain> | Refusal {
  const judged = ({ certificate: root }: ManufacturerRoot) => verifyCardChain({ root, ...shown });
  return under(roots, judged, 'CUSTOMER_CA_UNKNOWN');
}

/** What is to come in now: MANUFACTURER_WITHDRAWN under a root that was withdrawn; what came in before stands. */
export function asNew<T>(found: UnderRoot<T> | Refusal): UnderRoot<T> | Refusal {
  return !isRefusal(found) && found.root.isWithdrawn ? WITHDRAWN : found;
}
