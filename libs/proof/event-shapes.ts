/**
 * The shape of every event there is, room by room: closed templates, so that nothing else can lie in an event. A room's
 * table must name each of its events, or it does not compile. What was read through it may be trusted as that type.
 */
import type { EventOf, RoomName } from '#libs/domain/rooms.ts';
import { proof } from '#libs/kernel/detached-jws.ts';
import type { Json } from '#libs/kernel/canonical-json.ts';
import { operator } from '#libs/kernel/operator.ts';
import { SERIALS_MAX } from '#libs/kernel/serials.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import * as cardLog from './card-log-shapes.ts';
import {
  deactivation,
  disabledKey,
  flag,
  judgements,
  jwk,
  keyOrder,
  names,
  nothing,
  octets,
  orNull,
  refused,
  retirement,
  signature,
  stream,
  time,
  word,
  words,
  yes,
} from './shape-parts.ts';
import { OPERATOR_SHAPES, SIGN_IN_SHAPES } from './operator-shapes.ts';
import { type Template, closed, hash, integer, list, name, oneOf, text } from '#libs/kernel/template.ts';

type Shapes<Name extends RoomName> = { readonly [Type in EventOf<Name>['type']]: Template<object> };

const log: Shapes<'log'> = {
  DeploymentFounded: closed({
    name: words,
    customer: words,
    demo: flag,
    manufacturerRoot: octets,
    cardMakerRoot: octets,
    leaseKey: jwk,
    trustListKey: jwk,
    logKey: words,
    witnessPolicy: closed({ quorum: integer(0, 64), witnesses: list(words, 0, 64) }),
    approverSet: text(65_536),
    operators: list(operator, 0, 64),
  }),
  CheckpointKeyIntroduced: closed({ logKey: words }),
  WitnessAdmitted: closed({ witness: words, instead: orNull(name), order: hash }),
};

const approverSet: Shapes<'approver-set'> = {
  ApproverSetAdopted: closed({
    version: integer(1),
    hash,
    previous: hash,
    document: text(65_536),
    order: orNull(hash),
  }),
};

const order: Shapes<'order'> = {
  OrderRequested: closed({
    bytes: text(4096),
    requester: name,
    approval: proof,
    persons: integer(1, 16),
    classA: integer(0, 16),
    serials: list(name, 0, SERIALS_MAX.inTree),
  }),
  OrderApproved: closed({ person: name, kid: hash, class: oneOf('A', 'B'), proof, at: integer(0) }),
  OrderDeclined: closed({ person: name, proof }),
  OrderWithdrawn: closed({ person: name, proof }),
  OrderExpired: closed({ at: integer(0) }),
  OrderTaken: closed({ unit: name, serial: name }),
  OrderSpent: closed({ serial: orNull(name), by: stream }),
  OrderOverdue: closed({ serial: name }),
};

const manufacturer: Shapes<'manufacturer'> = {
  ManufacturerKeyRegistered: closed({ manufacturer: name, root: hash, certificate: octets, order: hash }),
  ManufacturerKeyWithdrawn: closed({ root: hash, order: hash, reason: name }),
};

const unit: Shapes<'unit'> = {
  UnitEnrolled: closed({ unit: name, credential: jwk, order: hash }),
  UnitWithdrawn: nothing,
  LineAttached: closed({ order: hash, serial: name, link: name, technician: name }),
  LineDetached: closed({ order: hash, serial: name }),
  ...judgements,
};

const station: Shapes<'station'> = {
  StationRegistered: closed({ station: name, credential: jwk, order: hash }),
  StationKeyIntroduced: closed({ stationKey: hash, spki: octets, nextKey: hash }),
  StationKeyRetired: closed({ stationKey: hash }),
};

const chipCard: Shapes<'chip-card'> = {
  CardIssued: closed({
    card: name,
    deviceCertificate: signature,
    deviceKey: octets,
    custodians: names,
    enforcement: oneOf('device', 'host'),
    order: hash,
  }),
  SigningKeyCertified: closed({
    cardKey: hash,
    spki: octets,
    birth: octets,
    birthSignature: signature,
    customerCa: octets,
    cardCa: octets,
  }),
  CardActivated: closed({ approverSet: hash, cardKey: hash }),
  CardUsed: closed({ number: integer(1), head: hash, order: hash, serial: name }),
  CardLogRead: cardLog.readingShape,
  FieldLeaseGiven: cardLog.fieldLeaseShape,
  CardLogDiverged: cardLog.divergenceShape,
  CardLogHealed: cardLog.healedShape,
  SigningKeySuspended: keyOrder,
  SuspensionReviewed: closed({ cardKey: hash, by: hash }),
  SigningKeyDeactivated: deactivation,
  SigningKeyCompromised: keyOrder,
  SuspensionOverdue: closed({ cardKey: hash, order: hash }),
  DivergenceReviewed: cardLog.reviewShape,
  DivergenceOverdue: cardLog.alarmShape,
  CardRetired: retirement,
  ...judgements,
};

const securityModule: Shapes<'security-module'> = {
  ModuleInitialized: closed({ serial: name, moduleClass: name, identityCertificate: octets, identityCa: octets }),
  ModuleDelivered: closed({ to: words }),
  ModulePlaced: closed({ site: name }),
  ModuleMoved: closed({ from: name, to: name }),
  PersonalizationReserved: closed({ order: hash, unit: name, until: integer(0) }),
  PersonalizationReleased: closed({ order: hash }),
  ModuleEnteredOperation: closed({ order: hash, fingerprint: hash, epoch: integer(0), statement: octets, signature }),
  ModuleReset: closed({ epoch: integer(1), order: hash, transferredTo: orNull(hash), statement: octets, signature }),
  ModuleRetired: retirement,
  ...judgements,
};

const personalization: Shapes<'personalization'> = {
  PersonalizationStarted: closed({ order: hash, serial: name, unit: name, technician: name }),
  ModuleIdentified: closed({ identity: hash, exporter: hash, unitTime: integer(0) }),
  ModuleKeyReceived: closed({
    spki: octets,
    salt: hash,
    epoch: integer(0),
    birth: oneOf('personalization', 'manufacture'),
    attestation: octets,
    attestationSignature: octets,
  }),
  CertificateIssued: closed({ card: name, cardKey: hash, number: integer(1), entry: octets, fingerprint: hash }),
  CertificateInstalled: closed({ fingerprint: hash, statement: octets, signature: octets }),
  PersonalizationCompleted: closed({ lineCleared: yes }),
  PersonalizationFailed: closed({ code: word, message: words }),
  PersonalizationOverdue: closed({ at: time }),
  ...judgements,
};

const certificate: Shapes<'certificate'> = {
  CertificateRecorded: closed({
    fingerprint: hash,
    order: hash,
    serial: name,
    card: name,
    cardKey: hash,
    station: name,
    personalization: stream,
  }),
  CertificateRevoked: closed({ reason: words, order: orNull(hash) }),
};

const trustList: Shapes<'trust-list'> = {
  SigningKeyTrusted: closed({ cardKey: hash, order: hash }),
  SigningKeyDisabled: disabledKey,
  TrustListPublished: closed({ version: integer(1), hash, entries: integer(0) }),
  TrustListEnforced: closed({ version: integer(1), hash }),
  ...judgements,
};

const session: Shapes<'session'> = {
  SessionEstablished: closed({ station: name, serial: name, fingerprint: hash, exporter: hash }),
  SessionRefused: closed({ station: name, serial: orNull(name), code: word }),
  TransactionAuthorized: closed({
    counter: integer(1),
    account: hash,
    amount: integer(1),
    currency: text(3, /^[A-Z]{3}$/),
    authorization: octets,
    authorizationSignature: octets,
    instruction: octets,
    instructionSignature: octets,
  }),
  TransactionRefused: closed({ counter: integer(1), code: word }),
  SessionClosed: closed({ reason: text(64) }),
  ...judgements,
};

const SHAPES: { readonly [Name in RoomName]: Shapes<Name> } = {
  log,
  'approver-set': approverSet,
  order,
  manufacturer,
  unit,
  station,
  'chip-card': chipCard,
  'security-module': securityModule,
  personalization,
  certificate,
  'trust-list': trustList,
  session,
  operator: OPERATOR_SHAPES,
  'sign-in': SIGN_IN_SHAPES,
};

/** Every type that may be stored, and in how many versions, each judged by its own shape. */
export function storedVersions(): Readonly<Record<string, number>> {
  const types = Object.values(SHAPES).flatMap((shapes) => Object.keys(shapes));
  return { ...Object.fromEntries(types.map((type) => [type, 1])), OperationRefused: refused.length };
}

export type ReadEvent = Readonly<{ room: RoomName | 'refusal'; type: string; schemaVersion: number; data: unknown }>;

type Versions = Readonly<Record<string, Template<object> | readonly Template<object>[]>>;
/** Whether the event is one of its room's, in the shape of its version: EVENT_UNKNOWN, EVENT_SHAPE, or null. */
export function judgeShape({ room, type, schemaVersion, data }: ReadEvent): Refusal | null {
  const table: Versions = room === 'refusal' ? { OperationRefused: refused } : SHAPES[room];
  const versions = Object.hasOwn(table, type) ? [table[type] ?? []].flat() : [];
  const template = versions[schemaVersion - 1];
  if (template === undefined)
    return refuse('EVENT_UNKNOWN', `No event of this type and version stands in the room ${room}.`);
  const read = template(data as Json, type); // parsed from JSON when it was read
  return isRefusal(read)
    ? refuse('EVENT_SHAPE', `What the event holds has not the shape of its type: ${read.message}`)
    : null;
}
