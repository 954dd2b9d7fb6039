/** What each octet of a module's certificate follows from: the order, the card's log, a key, the signature, or the profile alone. */
import { type Der, oidOf, readDer } from './der.ts';
import type { Octets } from './octets.ts';

export type Source = 'order' | 'cardLog' | 'cardKey' | 'moduleKey' | 'signature' | 'profile';

/** Ours, under one UUID arc (ITU-T X.667). */
const ORDER_EVIDENCE = /^2\.25\.\d+\.1\.1$/;
const OIDS = {
  organization: '2.5.4.10',
  serialNumber: '2.5.4.5',
  subjectKeyId: '2.5.29.14',
  authorityKeyId: '2.5.29.35',
  policies: '2.5.29.32',
} as const;

export function isEvidence({ inner }: Der): boolean {
  return inner[0] !== undefined && ORDER_EVIDENCE.test(oidOf(inner[0]));
}

function parts(element: Der | undefined): readonly Der[] {
  return element?.inner ?? [];
}

export interface Fields {
  readonly serial: Der;
  readonly issuer: Der | undefined;
  readonly validity: Der | undefined;
  readonly subject: Der | undefined;
  readonly spki: Der;
  readonly extensions: readonly Der[];
  readonly signature: Der;
}

const EVIDENCE_SOURCES: readonly Source[] = ['order', 'order', 'order', 'cardLog', 'cardLog', 'cardLog', 'cardLog'];

/** What is named nowhere here follows from the profile alone: tags, lengths, algorithms, usages. */
export function sourcesOf(der: Octets, it: Fields): readonly Source[] {
  const sources: Source[] = Array.from(der, () => 'profile');
  const paint = (source: Source, from: number, to: number): void => void sources.fill(source, from, to);
  paint('order', it.serial.from + 1, it.serial.from + 12);
  paint('cardLog', it.serial.from + 12, it.serial.to);
  if (it.issuer !== undefined) paint('cardKey', it.issuer.from, it.issuer.to);
  for (const time of parts(it.validity)) paint('order', time.from, time.to);
  for (const set of parts(it.subject)) {
    const [oid, value] = parts(parts(set)[0]);
    if (oid === undefined || value === undefined) continue;
    if (oidOf(oid) === OIDS.serialNumber) paint('order', value.from, value.to);
    if (oidOf(oid) === OIDS.organization) paint('cardKey', value.from, value.to);
  }
  const point = parts(it.spki)[1];
  if (point !== undefined) paint('moduleKey', point.from + 1, point.to);
  for (const extension of it.extensions) paintExtension(extension, paint);
  paint('signature', it.signature.from + 1, it.signature.to);
  return sources;
}

function paintExtension(extension: Der, paint: (source: Source, from: number, to: number) => void): void {
  const [oid] = extension.inner;
  const wrapped = extension.inner.at(-1);
  if (oid === undefined || wrapped === undefined) return;
  const value = readDer(wrapped.content)[0];
  const shift = wrapped.from;
  if (value === undefined) return;
  if (oidOf(oid) === OIDS.subjectKeyId) paint('moduleKey', shift + value.from, shift + value.to);
  const keyId = parts(value)[0];
  if (oidOf(oid) === OIDS.authorityKeyId && keyId !== undefined) paint('cardKey', shift + keyId.from, shift + keyId.to);
  if (oidOf(oid) === OIDS.policies) paint('cardLog', shift + value.to - 1, shift + value.to);
  if (!isEvidence(extension)) return;
  for (const [at, field] of parts(value).entries())
    paint(EVIDENCE_SOURCES[at] ?? 'profile', shift + field.from, shift + field.to);
}
