/** Attacks on INSTALL: each brings a module something that an honest card and an honest unit would not. */
import { type Issuer, issueCardAuthority } from '#libs/certificates/authority.ts';
import { issueRevocationList } from '#libs/certificates/crl.ts';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import { OID } from '#libs/certificates/oids.ts';
import { type Extension, assemble, extensions, parseCertificate, tbsOf } from '#libs/certificates/x509.ts';
import { concat } from '#libs/kernel/bytes.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { issuerOf } from '#module-emulator/manufacturer/manufacturer-memory.ts';
import type { ModuleLaws } from '#module-emulator/security-module/law.ts';
import type { Attack } from './attack.ts';
import {
  BENCH_NOW,
  type InstallChange,
  ModuleBench,
  YEAR,
  keyHashOf,
  newSigningKey,
  orThrow,
  spkiOfPrivate,
} from './module-bench.ts';

type Trick = (bench: ModuleBench) => InstallChange;

/** He gets through when the module is in operation with what he brought. */
function on(check: string, attacker: string, trick: Trick): Attack<ModuleLaws> {
  const attempt = (law: ModuleLaws): Promise<boolean> => {
    const bench = new ModuleBench({ law });
    const attestation = bench.makeKey();
    const answer = bench.execute(bench.installation(attestation, trick(bench)));
    return Promise.resolve(!isRefusal(answer) && bench.module.state === 'operating');
  };
  return { check, attacker, attempt };
}

/** The card's CA certificate over again, by whoever `issuer` is. */
function cardCaBy(bench: ModuleBench, issuer: Issuer): Uint8Array {
  const { genesis, key } = bench.customer;
  const window = { notBefore: BENCH_NOW, notAfter: BENCH_NOW + YEAR };
  return issueCardAuthority({
    ...window,
    organization: 'Example Bank',
    card: 'CC-01',
    spki: spkiOfPrivate(key),
    genesis,
    enforcement: 'device',
    issuer,
  });
}

/** A card CA that the customer signing CA did sign, with other extensions than it should have. */
function cardCaWith(bench: ModuleBench, alter: (genuine: readonly Extension[]) => readonly Extension[]): Uint8Array {
  const genuine = orThrow(parseCertificate(bench.customer.cardCa));
  const tbs = tbsOf({ ...genuine, extensions: alter(genuine.extensions) });
  return assemble(tbs, issuerOf(bench.safe.read().customerCa).sign(tbs));
}

const replacing = (other: Extension) => (genuine: readonly Extension[]) =>
  genuine.map((one) => (one.oid === other.oid ? other : one));

function listBy(issuer: Issuer, number: number): Uint8Array {
  return issueRevocationList({ issuer, number, thisUpdate: BENCH_NOW, nextUpdate: BENCH_NOW + YEAR, revoked: [] });
}

export const cardChainAttacks: readonly Attack<ModuleLaws>[] = [
  on('CUSTOMER_CA_UNKNOWN', 'another manufacturer of the same name', (bench) => {
    const other = new ModuleBench();
    const { customerCa } = other.safe.read();
    const cardCa = cardCaBy(bench, issuerOf(customerCa));
    return { request: { customerCa: other.manufacturer.customerCa, cardCa, crl: other.manufacturer.issueList() } };
  }),
  on('CUSTOMER_CA_POLICY', 'thief of the module identity CA key', (bench) => {
    const thief = issuerOf(bench.safe.read().identityCa);
    return {
      request: { customerCa: bench.manufacturer.identityCa, cardCa: cardCaBy(bench, thief), crl: listBy(thief, 1) },
    };
  }),
  on('CARD_CA_SIGNATURE', 'forger of a card CA', (bench) => {
    const own = newSigningKey();
    const forger = { ...issuerOf(bench.safe.read().customerCa), sign: (tbs: Uint8Array) => signRaw(tbs, own) };
    return { request: { cardCa: cardCaBy(bench, forger) } };
  }),
  on('CARD_CA_AUTHORITY', 'customer with authorities of his own below the card', (bench) => ({
    request: { cardCa: cardCaWith(bench, replacing(extensions.authority(null))) },
  })),
  on('CARD_CA_POLICY', 'certificate of the customer signing CA that was made for something else', (bench) => ({
    request: { cardCa: cardCaWith(bench, replacing(extensions.policies(OID.policyEnforcementDevice))) },
  })),
  on('CARD_CA_NAMES', 'customer who certifies for other customers', (bench) => ({
    request: { cardCa: cardCaWith(bench, (genuine) => genuine.filter((one) => one.oid !== OID.nameConstraints)) },
  })),
];

/** s replaced by n - s: a second valid signature that the card never made. */
function flipped(signature: Uint8Array): Uint8Array {
  const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const s = n - BigInt(`0x${Buffer.from(signature.slice(32)).toString('hex')}`);
  return concat(signature.slice(0, 32), Uint8Array.from(Buffer.from(s.toString(16).padStart(64, '0'), 'hex')));
}

/** The certificate that the card made, with another signature under it. */
function resigned(bench: ModuleBench, sign: (tbs: Uint8Array, genuine: Uint8Array) => Uint8Array): InstallChange {
  const honest = bench.installation(bench.makeKey());
  const { tbs, signature } = orThrow(parseCertificate(honest.certificate));
  return { request: { certificate: assemble(tbs, sign(tbs, signature)), stationStatement: honest.stationStatement } };
}

export const installAttacks: readonly Attack<ModuleLaws>[] = [
  on('CARD_OTHER_DEPLOYMENT', 'a test deployment of the same bank', (bench) => ({
    request: { cardCa: bench.newCustomer({ key: bench.customer.key }).cardCa },
  })),
  on('CARD_OTHER_KEY', 'two cards on one order', (bench) => {
    const second = bench.newCustomer({ genesis: bench.customer.genesis });
    const { keyId: issuerKeyId, name: issuerName } = bench.cardAuthority(second.cardCa);
    return { signer: second.key, operation: { issuerKeyId, issuerName }, request: { cardCa: second.cardCa } };
  }),
  on('CRL_SIGNATURE', 'thief of a revoked card with a list of his own', (bench) => {
    bench.manufacturer.revokeCard(bench.customer.cardCa, 'keyCompromise');
    const own = newSigningKey();
    return {
      request: { crl: listBy({ ...issuerOf(bench.safe.read().customerCa), sign: (tbs) => signRaw(tbs, own) }, 9) },
    };
  }),
  on('CRL_OLD', 'thief of a revoked card with the list of before', (bench) => {
    const before = bench.manufacturer.issueList();
    bench.manufacturer.revokeCard(bench.customer.cardCa, 'keyCompromise');
    bench.image.write({ ...bench.image.read(), crlNumber: 2 }); // seen at an earlier personalization
    return { request: { crl: before } };
  }),
  on('CARD_REVOKED', 'thief of a revoked card', (bench) => {
    bench.manufacturer.revokeCard(bench.customer.cardCa, 'keyCompromise');
    return {};
  }),
  on('CHAIN_ENDED', 'finder of a card that expired', (bench) => {
    bench.image.write({ ...bench.image.read(), floor: BENCH_NOW + 20 * YEAR });
    return {};
  }),
  on('CERTIFICATE_SIGNATURE', 'hostile unit that leaves a certificate nobody will accept', (bench) =>
    resigned(bench, (tbs) => signRaw(tbs, newSigningKey())),
  ),
  on('CERTIFICATE_HIGH_S', 'maker of a second valid signature', (bench) =>
    resigned(bench, (_tbs, genuine) => flipped(genuine)),
  ),
  on('CERTIFICATE_OTHER_ISSUER', 'card that hides behind another name', () => ({
    operation: { issuerKeyId: randomOctets(20) },
  })),
  on('CERTIFICATE_OTHER_CUSTOMER', 'card that certifies for another bank', () => ({
    operation: { organization: 'Other Bank' },
  })),
  on('CERTIFICATE_OTHER_ORDER', 'unit that orders on one card', () => ({ operation: { orderHash: randomOctets(32) } })),
  on('CERTIFICATE_OTHER_KEY', 'unit that swaps the module key', () => ({
    operation: { spki: spkiOfPrivate(newSigningKey()) },
  })),
  on('CERTIFICATE_OTHER_MODULE', 'relay between two modules', () => ({ operation: { moduleSerial: 'SM-000014' } })),
  on('CERTIFICATE_OTHER_EPOCH', 'keeper of a certificate of an earlier epoch', () => ({ operation: { epoch: 7 } })),
  on('CERTIFICATE_OTHER_ENFORCEMENT', 'token that claims to be a card', (bench) => {
    const { genesis, key } = bench.customer;
    const { cardCa } = bench.newCustomer({ genesis, key, enforcement: 'host' });
    return { operation: { enforcement: 'device' }, request: { cardCa } };
  }),
  on('STATION_STATEMENT', 'unit that swaps the next key of the station', (bench) => {
    const honest = bench.installation(bench.makeKey());
    const stationNextKey = keyHashOf(newSigningKey());
    return {
      request: { certificate: honest.certificate, stationStatement: { ...honest.stationStatement, stationNextKey } },
    };
  }),
  on('STATION_OTHER_KEY', 'unit that swaps the station behind the card', () => ({
    statementStation: keyHashOf(newSigningKey()),
  })),
];
