/** A manufacturer, a customer's chip card and one module for the specs: real keys, fixed times. */
import { type KeyObject, generateKeyPairSync } from 'node:crypto';
import { NO_END } from '#libs/kernel/order.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { spkiOf } from '#libs/kernel/hash.ts';
import {
  type AuthorityKind,
  type CardIssue,
  type Issuer,
  issueAuthority,
  issueCardAuthority,
  issueIdentity,
  issueRoot,
} from './authority.ts';
import { signRaw } from './ecdsa.ts';
import { type ModuleOperation, assemble, buildTbs } from './module-operation.ts';
import { nameDer } from './names.ts';
import { keyIdOf } from './x509.ts';

/** 2026-01-01T00:00:00Z and 2056-01-01T00:00:00Z. */
export const WINDOW = { notBefore: 1_767_225_600, notAfter: 2_713_910_400 } as const;

export interface Pair {
  readonly spki: Uint8Array;
  readonly privateKey: KeyObject;
  readonly sign: (octets: Uint8Array) => Uint8Array;
}

export function newPair(): Pair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { spki: spkiOf(publicKey), privateKey, sign: (octets) => signRaw(octets, privateKey) };
}

export function got<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(`${value.code}: ${value.message}`);
  return value;
}

/** The code of a refusal, or what came instead of one. */
export function codeOf(value: unknown): unknown {
  return isRefusal(value) ? value.code : value;
}

export const octets = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);

/** Subject and key of an issuer. */
export function issuer(pair: Pair, organization: string, commonName: string): Issuer {
  return { name: nameDer({ organization, commonName }), keyId: keyIdOf(pair.spki), sign: pair.sign };
}

export const MAKER = 'Example Modules';
export const CUSTOMER = 'Example Bank';
export const keys = {
  root: newPair(),
  identityCa: newPair(),
  customerCa: newPair(),
  card: newPair(),
  identity: newPair(),
  module: newPair(),
};

const rootIssuer = issuer(keys.root, MAKER, 'Manufacturer Root');
export const root = issueRoot({ ...WINDOW, organization: MAKER, spki: keys.root.spki, sign: keys.root.sign });

export function authority(kind: AuthorityKind, pair: Pair, by: Issuer = rootIssuer): Uint8Array {
  return issueAuthority({ ...WINDOW, kind, organization: MAKER, spki: pair.spki, issuer: by });
}

export const identityCa = authority('module-identity', keys.identityCa);
export const customerCa = authority('customer-signing', keys.customerCa);
export const identityIssuer = issuer(keys.identityCa, MAKER, 'Module Identity CA');
export const customerIssuer = issuer(keys.customerCa, MAKER, 'Customer Signing CA');

export function cardAuthority(changed: Partial<CardIssue> = {}): Uint8Array {
  const card: CardIssue = {
    ...WINDOW,
    organization: CUSTOMER,
    card: 'card-1',
    spki: keys.card.spki,
    genesis: octets(32, 7),
    enforcement: 'device',
    issuer: customerIssuer,
  };
  return issueCardAuthority({ ...card, ...changed });
}

export function identity(by: Issuer = identityIssuer): Uint8Array {
  return issueIdentity({
    organization: MAKER,
    moduleSerial: 'EPS-0001',
    moduleClass: 'eps',
    spki: keys.identity.spki,
    notBefore: WINDOW.notBefore,
    issuer: by,
  });
}

export const cardIssuer = issuer(keys.card, CUSTOMER, 'card-1');

export const operation: ModuleOperation = {
  orderHash: octets(32, 1),
  spki: keys.module.spki,
  logNumber: 1,
  previousLogHead: octets(32, 0),
  issuerName: cardIssuer.name,
  issuerKeyId: cardIssuer.keyId,
  notBefore: WINDOW.notBefore,
  notAfter: NO_END,
  organization: CUSTOMER,
  profile: 'module-operation-1',
  moduleSerial: 'EPS-0001',
  enforcement: 'device',
  stationKeyHash: octets(32, 2),
  approverSetVersion: 3,
  epoch: 1,
  assurance: 'manufacturer-anchored',
};

/** A module certificate, DER. */
export function moduleCertificate(changed: Partial<ModuleOperation> = {}): Uint8Array {
  const tbs = buildTbs({ ...operation, ...changed });
  return assemble(tbs, keys.card.sign(tbs));
}
