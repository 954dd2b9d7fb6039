/** What the board keeps of manufacturers: the root of the founding, those of approved orders, and who made what. */
import { parseAuthority } from '#libs/certificates/authority.ts';
import { verifyRaw } from '#libs/certificates/ecdsa.ts';
import { type ManufacturerRoot, parseManufacturerRoot } from '#libs/certificates/manufacturer-roots.ts';
import type { ManufacturerKey } from '#libs/domain/manufacturer/manufacturer.ts';
import { fromBase64url } from '#libs/kernel/bytes.ts';
import { keyFromSpki } from '#libs/kernel/hash.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';

export interface ManufacturerFacts {
  readonly root: ManufacturerRoot;
  /** What the approvers called him, and by which order; null for the one of the founding. */
  readonly registered: { readonly manufacturer: string; readonly order: string } | null;
}

interface Makers {
  readonly manufacturers: Map<string, ManufacturerFacts>;
}

export function rememberRoot(
  { manufacturers }: Makers,
  certificate: string,
  registered: ManufacturerFacts['registered'],
): void {
  const root = parseManufacturerRoot(octets(certificate));
  if (!isRefusal(root)) manufacturers.set(root.id, { root, registered });
}

export function rememberRegistered(makers: Makers, { certificate, manufacturer, order }: ManufacturerKey): void {
  rememberRoot(makers, certificate, { manufacturer, order });
}

export function rememberWithdrawn({ manufacturers }: Makers, id: string): void {
  const known = manufacturers.get(id);
  if (known !== undefined) manufacturers.set(id, { ...known, root: { ...known.root, isWithdrawn: true } });
}

/** Whose CA this is, DER as base64url: the id of his root. It was checked when it came in; where there is one root it is his. */
export function makerOf({ manufacturers }: Makers, ca: string): string {
  const [first, ...others] = [...manufacturers.values()];
  if (first === undefined || others.length === 0) return first?.root.id ?? '';
  const authority = parseAuthority(octets(ca));
  if (isRefusal(authority)) return '';
  const { tbs, signature } = authority;
  const signed = ({ root }: ManufacturerFacts) => verifyRaw(tbs, signature, keyFromSpki(root.spki));
  return [first, ...others].find(signed)?.root.id ?? '';
}

function octets(text: string): Uint8Array {
  return fromBase64url(text) ?? new Uint8Array();
}
