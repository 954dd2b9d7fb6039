/** A certification authority for one test, and the certificate of a server on this machine under it. */
import { systemClock } from '#libs/kernel/clock.ts';
import { ascii } from '#libs/kernel/bytes.ts';
import { implicit, sequence } from '#libs/certificates/der.ts';
import { nameDer } from '#libs/certificates/names.ts';
import { newPair } from '#libs/certificates/pki.fixture.ts';
import { pem } from '#libs/certificates/pem.ts';
import { type Extension, USAGE, assemble, extensions, keyIdOf, tbsWithDerivedSerial } from '#libs/certificates/x509.ts';
import type { Tls } from './server.ts';

export interface Secured extends Tls {
  /** PEM of the authority: what a client believes. */
  readonly authority: string;
}

const SUBJECT_ALT_NAME = '2.5.29.17';

export function serverCertificate(): Secured {
  const [root, leaf] = [newPair(), newPair()];
  const now = systemClock.seconds();
  const name = nameDer({ organization: 'Test', commonName: 'Test Root' });
  const frame = { issuer: name, notBefore: now - 3600, notAfter: now + 86_400 };
  const keyOf = (pair: typeof root) => extensions.subjectKeyId(keyIdOf(pair.spki));
  const made = (subject: Uint8Array, pair: typeof root, more: readonly Extension[]): Uint8Array => {
    const own = [extensions.authorityKeyId(keyIdOf(root.spki)), keyOf(pair), ...more];
    const tbs = tbsWithDerivedSerial({ ...frame, subject, spki: pair.spki, extensions: own });
    return assemble(tbs, root.sign(tbs));
  };
  const authority = made(name, root, [extensions.keyUsage(...USAGE.keyCertSign), extensions.authority(null)]);
  const names = sequence(implicit(2, ascii('localhost')), implicit(7, Uint8Array.of(127, 0, 0, 1)));
  const certificate = made(nameDer({ organization: 'Test', commonName: 'localhost' }), leaf, [
    extensions.keyUsage(...USAGE.digitalSignature),
    extensions.notAuthority(),
    { oid: SUBJECT_ALT_NAME, critical: false, value: names },
  ]);
  return {
    authority: pem('CERTIFICATE', authority),
    certificate: Buffer.from(pem('CERTIFICATE', certificate)),
    key: Buffer.from(leaf.privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
}
