/** The chains in the eyes of openssl, under its strictest rules: what we issue it accepts, what we disable it refuses. */
import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { parseCardAuthority } from './authority.ts';
import { issueRevocationList } from './crl.ts';
import { assemble, buildTbs } from './module-operation.ts';
import { OID } from './oids.ts';
import { pem, pemChain } from './pem.ts';
import * as pki from './pki.fixture.ts';

const present = spawnSync('openssl', ['version']).status === 0;
if (!present)
  process.stderr.write('  skipped: the chains in the eyes of openssl: there is no openssl on this machine\n');
const describeOpenssl = present ? describe : describe.skip;

const folder = mkdtempSync(join(tmpdir(), 'keyledger-openssl-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Exit status 0 and what it said, one year after the chains begin. */
function openssl(...words: readonly string[]): { ok: boolean; said: string } {
  const { status, stdout, stderr } = spawnSync('openssl', words, { encoding: 'utf8' });
  return { ok: status === 0, said: `${stdout}${stderr}` };
}

const root = file('root.pem', pem('CERTIFICATE', pki.root));
const customerCa = file('customer-ca.pem', pem('CERTIFICATE', pki.customerCa));
const cards = file('cards.pem', pemChain([pki.customerCa, pki.cardAuthority()]));
const strict = ['verify', '-x509_strict', '-attime', String(pki.WINDOW.notBefore + 365 * 86_400), '-CAfile', root];
const moduleLeaf = file('module.pem', pem('CERTIFICATE', pki.moduleCertificate()));

describeOpenssl('in the eyes of openssl', () => {
  test('a module certificate holds under root, customer signing CA and card, for TLS clients and under its policy', () => {
    const policy = ['-policy', OID.policyEnforcementDevice, '-explicit_policy', '-policy_check'];
    expect(openssl(...strict, '-purpose', 'sslclient', ...policy, '-untrusted', cards, moduleLeaf)).toMatchObject({
      ok: true,
    });
    const host = ['-policy', OID.policyEnforcementHost, '-explicit_policy', '-policy_check'];
    expect(openssl(...strict, ...host, '-untrusted', cards, moduleLeaf).said).toContain('no explicit policy');
  });

  test('an identity certificate holds under root and module identity CA, for ever', () => {
    const identityCas = file('identity-ca.pem', pem('CERTIFICATE', pki.identityCa));
    const leaf = file('identity.pem', pem('CERTIFICATE', pki.identity()));
    const policy = ['-policy', OID.policyModuleIdentity, '-explicit_policy', '-policy_check'];
    expect(openssl(...strict, ...policy, '-untrusted', identityCas, leaf)).toMatchObject({ ok: true });
    expect(openssl(...strict, '-untrusted', cards, leaf).ok).toBe(false);
    expect(openssl('x509', '-in', leaf, '-noout', '-enddate').said).toContain('Dec 31 23:59:59 9999 GMT');
  });

  test('a card certifies the names of its own customer alone, and no CA below', () => {
    const other = file('other.pem', pem('CERTIFICATE', pki.moduleCertificate({ organization: 'Other Bank' })));
    expect(openssl(...strict, '-untrusted', cards, other).said).toContain('permitted subtree violation');
    const [by, key] = [pki.issuer(pki.keys.module, pki.CUSTOMER, 'card-2'), pki.newPair()];
    const below = pki.cardAuthority({ card: 'card-2', spki: pki.keys.module.spki, issuer: pki.cardIssuer });
    const tbs = buildTbs({ ...pki.operation, spki: key.spki, issuerName: by.name, issuerKeyId: by.keyId });
    const leaf = file('below.pem', pem('CERTIFICATE', assemble(tbs, by.sign(tbs))));
    const longer = file('longer.pem', pemChain([pki.customerCa, pki.cardAuthority(), below]));
    expect(openssl(...strict, '-untrusted', longer, leaf).said).toContain('path length constraint exceeded');
  });

  test('a revocation list is signed by the CA, says its number, and ends the chain of a disabled card', () => {
    const card = parseCardAuthority(pki.cardAuthority());
    const times = { thisUpdate: pki.WINDOW.notBefore + 10, nextUpdate: pki.WINDOW.notAfter };
    const revoked = [{ serial: pki.got(card).serial, at: times.thisUpdate, reason: 'keyCompromise' } as const];
    const list = (name: string, these: typeof revoked): string =>
      file(
        name,
        pem('X509 CRL', issueRevocationList({ issuer: pki.customerIssuer, number: 77, ...times, revoked: these })),
      );
    const [full, empty] = [list('full.pem', revoked), list('empty.pem', [])];
    const { said } = openssl('crl', '-verify', '-CAfile', customerCa, '-in', full, '-noout', '-crlnumber');
    expect(said).toContain('verify OK');
    expect(said).toMatch(/crlNumber=(0x)?4D/);
    expect(openssl('crl', '-in', full, '-noout', '-text').said).toContain('Key Compromise');
    const leaf = file('card.pem', pem('CERTIFICATE', pki.cardAuthority()));
    const check = (crl: string) => openssl(...strict, '-crl_check', '-CRLfile', crl, '-untrusted', customerCa, leaf);
    expect(check(empty)).toMatchObject({ ok: true });
    expect(check(full).said).toContain('certificate revoked');
  });

  test('our object identifiers keep all 128 bits', () => {
    const said = execFileSync('openssl', ['x509', '-in', moduleLeaf, '-noout', '-text'], { encoding: 'utf8' });
    expect(said).toContain(OID.orderEvidence);
    expect(said).toContain(OID.policyEnforcementDevice);
  });
});

test('node reads every certificate of both chains and finds each issuer', () => {
  const read = (der: Uint8Array): X509Certificate => new X509Certificate(der);
  const up = [pki.moduleCertificate(), pki.cardAuthority(), pki.customerCa, pki.root, pki.root].map(read);
  for (const [at, certificate] of up.slice(0, -1).entries()) {
    expect(certificate.checkIssued(up[at + 1]!)).toBe(true);
    expect(certificate.verify(up[at + 1]!.publicKey)).toBe(true);
  }
  expect(read(pki.identity()).checkIssued(read(pki.identityCa))).toBe(true);
  expect(read(pki.identityCa).checkIssued(read(pki.root))).toBe(true);
});
