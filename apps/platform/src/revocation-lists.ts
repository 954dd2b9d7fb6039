/** Revocation lists of the customer signing CAs, as their manufacturers sent them: each card's module needs that of its own. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAuthority } from '#libs/certificates/authority.ts';
import { parseRevocationList, revocationListSignatureHolds } from '#libs/certificates/crl.ts';
import { equal, fromBase64url } from '#libs/kernel/bytes.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import type { PlatformConfig } from './config.ts';

/** The newest one of this customer signing CA (base64url DER), DER; null where its manufacturer has sent none. The module judges it. */
export function revocationListOf(config: PlatformConfig, customerCa: string): Uint8Array | null {
  const issuer = parseAuthority(fromBase64url(customerCa) ?? new Uint8Array());
  if (isRefusal(issuer)) return null;
  const own = listsIn(config).flatMap((der) => {
    const list = parseRevocationList(der);
    const isOwn =
      !isRefusal(list) && equal(list.issuer, issuer.name) && revocationListSignatureHolds(list, issuer.spki);
    return isOwn ? [{ der, number: list.number }] : [];
  });
  return own.sort((a, b) => b.number - a.number)[0]?.der ?? null;
}

function listsIn({ crlFile, crlFolder }: PlatformConfig): readonly Uint8Array[] {
  const there = crlFolder !== undefined && existsSync(crlFolder) ? readdirSync(crlFolder) : [];
  const further = there.filter((file) => file.endsWith('.crl')).map((file) => join(crlFolder ?? '', file));
  return [crlFile, ...further].map((file) => Uint8Array.from(readFileSync(file)));
}
