/** The self-signed certificate that carries a station's key through TLS; a module looks at the key alone. */
import { nameDer } from '#libs/certificates/names.ts';
import { type Sign, USAGE, assemble, extensions, keyIdOf, tbsWithDerivedSerial } from '#libs/certificates/x509.ts';
import type { Seconds } from '#libs/kernel/clock.ts';

export interface StationCertificate {
  readonly organization: string;
  readonly station: string;
  /** DER. */
  readonly spki: Uint8Array;
  readonly sign: Sign;
  readonly notBefore: Seconds;
  readonly notAfter: Seconds;
}

/** DER; no authority, for signatures only. */
export function stationCertificate(it: StationCertificate): Uint8Array {
  const { spki, notBefore, notAfter } = it;
  const name = nameDer({ organization: it.organization, commonName: it.station });
  const usage = [
    extensions.subjectKeyId(keyIdOf(spki)),
    extensions.keyUsage(...USAGE.digitalSignature),
    extensions.notAuthority(),
  ];
  const tbs = tbsWithDerivedSerial({ issuer: name, subject: name, notBefore, notAfter, spki, extensions: usage });
  return assemble(tbs, it.sign(tbs));
}
