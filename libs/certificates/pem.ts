/** PEM (RFC 7468): the labels that openssl wants. */
export type PemLabel = 'CERTIFICATE' | 'X509 CRL' | 'PUBLIC KEY';

export function pem(label: PemLabel, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** Certificates one behind the other, as TLS and openssl take them. */
export function pemChain(certificates: readonly Uint8Array[]): string {
  return certificates.map((der) => pem('CERTIFICATE', der)).join('');
}
