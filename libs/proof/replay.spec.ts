/** Every check of the walk broken once, by whoever owns the platform, its log key and, where the row says so, a device. */
import { type KeyObject, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseCardAuthority } from '#libs/certificates/authority.ts';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import { type LogEntry, encodeLogEntry, headAfter } from '#libs/chip-card-protocol/log-entry.ts';
import { type Birth, decodeBirth, encodeBirth } from '#libs/chip-card-protocol/statements.ts';
import { ascii, concat, toBase64url } from '#libs/kernel/bytes.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import { type StatementType, signDetached } from '#libs/kernel/detached-jws.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { hashId, publicJwk, sha256, thumbprint } from '#libs/kernel/hash.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { proofText } from '#libs/kernel/report.ts';
import { signInText } from '#libs/kernel/sign-in.ts';
import { encodeResetDone } from '#libs/personalization-protocol/reset-ticket.ts';
import { decodeAttestation, encodeAttestation } from '#libs/personalization-protocol/attestation.ts';
import { privateKey } from '#module-emulator/chip-card/memory.ts';
import type { CardRequest } from '#module-emulator/manufacturer/manufacturer.ts';
import { KeyHandle } from '#module-emulator/security-module/key-memory.ts';
import {
  type Data,
  type Log,
  type Signing,
  altered,
  dataOf,
  entryIn,
  fingerprintOfEntry,
  highS,
  inserted,
  nth,
  numbered,
  octets,
  reissued,
  reportedAnew,
  signedEntry,
  without,
} from '#test/journeys/forgery.ts';
import { type StoryRecord, storyRecord } from '#test/journeys/story-record.ts';
import { blastRadius } from './blast-radius.ts';
import { certifiedLaw } from './chip-cards.ts';
import { certificateLaw, entryLaw } from './issue.ts';
import { moduleKeyLaw } from './modules.ts';
import { resetLaw } from './module-reset.ts';
import { Replay, isFinding, replay } from './replay.ts';
import { transactionLaw } from './transactions.ts';

let record: StoryRecord;
let log: Log;

beforeAll(async () => {
  record = await storyRecord();
  log = record.events;
}, 180_000);

afterAll(() => record?.drop());

const otherKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const change = (type: string, members: Data | ((data: Data) => Data), n = 0): Log =>
  altered(log, nth(log, type, n), (data) => ({
    ...data,
    ...(typeof members === 'function' ? members(data) : members),
  }));
/** Without the events of these types, so that what would refuse earlier is out of the way. */
const dropped = (from: Log, ...drop: readonly ((event: StoredEvent) => boolean)[]): Log =>
  from.filter((event) => !drop.some((one) => one(event)));

const flipped = (text: unknown): string => {
  const bytes = octets(text);
  bytes[bytes.length - 1]! ^= 1;
  return toBase64url(bytes);
};

/** Stream of the order that was carried out, and the run under it. */
const issuedEvent = (): StoredEvent => nth(log, 'CertificateIssued');
const run = (): string => issuedEvent().stream;
const orderStream = (): string => `order-${run().slice(16, 59)}`;
const ordered = (): Data => JSON.parse(String(dataOf(log.find((one) => one.stream === orderStream())!).bytes)) as Data;

const signing = (changes: Partial<Signing> = {}): Signing => ({
  key: record.cardKey,
  cardCa: octets(dataOf(nth(log, 'SigningKeyCertified')).cardCa),
  spki: octets(dataOf(nth(log, 'ModuleKeyReceived')).spki),
  stationNextKey: String(ordered().stationNextKey),
  ...changes,
});

/** Another entry, signed by whoever has the card's key. */
const withEntry = (members: Partial<LogEntry>, changes: Partial<Signing> = {}): Log =>
  reissued(log, signedEntry({ ...entryIn(issuedEvent()), ...members }, signing(changes)));

/** An ending of the order that was carried out, signed by a person. */
const ending = (type: 'OrderDeclined' | 'OrderWithdrawn', who: 'anna' | 'bo', statement: StatementType) => {
  const bytes = ascii(String(dataOf(log.find((one) => one.stream === orderStream())!).bytes));
  const proof = signDetached(statement, bytes, record.personKey(who));
  return { stream: orderStream(), type, data: { person: `P-${who.toUpperCase()}`, proof } };
};
const withdrawal = () => ending('OrderWithdrawn', 'anna', 'keyledger-withdrawal+jws');

/** The attestation altered and signed again with the identity key of a module. */
const reattested = (members: Data, identityKey = record.module.identityKey): Log =>
  change('ModuleKeyReceived', (data) => {
    const attested = decodeAttestation(octets(data.attestation));
    if (isRefusal(attested)) throw new Error(attested.code);
    const bytes = encodeAttestation({ ...attested, ...members });
    return {
      attestation: toBase64url(bytes),
      attestationSignature: toBase64url(KeyHandle.open(identityKey).sign(bytes)),
    };
  });

/** A message of the transaction altered and signed again, by its own end. */
const resigned = (which: 'authorization' | 'instruction', members: Data, key: KeyObject): Log =>
  change('TransactionAuthorized', (data) => {
    const prefix = 'keyledger message v1\n';
    const message = JSON.parse(Buffer.from(octets(data[which])).toString('latin1').slice(prefix.length)) as Data;
    const bytes = ascii(`${prefix}${canonicalJson({ ...message, ...members })}`);
    return { [which]: toBase64url(bytes), [`${which}Signature`]: toBase64url(signRaw(bytes, key)) };
  });

/** What the manufacturer would certify if he were asked for something else. */
const recertified = (members: Partial<CardRequest>): Log => {
  const authority = parseCardAuthority(signing().cardCa);
  if (isRefusal(authority)) throw new Error(authority.code);
  const { organization, spki, genesis, enforcement, notBefore, notAfter } = authority;
  const asked = {
    organization,
    card: record.card.card,
    spki,
    genesis,
    enforcement,
    notBefore,
    notAfter,
    checkBirth: () => null,
  };
  const cardCa = record.manufacturer.certifyCard({ ...asked, ...members });
  if (isRefusal(cardCa)) throw new Error(cardCa.code);
  return change('SigningKeyCertified', { cardCa: toBase64url(cardCa) });
};

/** The birth statement altered and signed again with the device key of the card. */
const reborn = (members: Partial<Birth>): Log =>
  change('SigningKeyCertified', (data) => {
    const birth = decodeBirth(octets(data.birth));
    if (isRefusal(birth)) throw new Error(birth.code);
    const bytes = encodeBirth({ ...birth, ...members });
    return {
      birth: toBase64url(bytes),
      birthSignature: toBase64url(signRaw(bytes, privateKey(record.card.deviceKey))),
    };
  });

const isOf =
  (...types: readonly string[]) =>
  (event: StoredEvent): boolean =>
    types.includes(event.type);
const inStream =
  (stream: string, type: string) =>
  (event: StoredEvent): boolean =>
    event.stream === stream && event.type === type;

/** The run told again for the module that stayed in its box, which the order does not name. */
function runOfSpare(): Log {
  const { serial } = record.spareModule;
  const moved = run().replace(record.module.serial, serial);
  const identity = record.spareModule.identity!;
  const attested = reattested({ serial }, record.spareModule.identityKey);
  const made = signedEntry({ ...entryIn(issuedEvent()), serial }, signing());
  const told = reissued(attested, made);
  const spare = {
    serial,
    moduleClass: 'ATM-SM-1',
    identityCertificate: identity.certificate,
    identityCa: identity.identityCa,
  };
  const registered = inserted(told, nth(told, 'OrderTaken'), {
    stream: `security-module-${serial}`,
    type: 'ModuleInitialized',
    data: spare,
  });
  const identified = altered(registered, nth(registered, 'ModuleIdentified'), (data) => ({
    ...data,
    identity: hashId(octets(identity.certificate)),
  }));
  return identified.map((one) => (one.stream === run() ? { ...one, stream: moved } : one));
}

/** One more issue under one more order, to the same module, as the next entry of the card's log or another one. */
function secondIssue(members: (first: LogEntry, head: Uint8Array) => Partial<LogEntry>): Log {
  const bytes = canonicalJson({ ...ordered(), nonce: 'BBBBBBBBBBBBBBBBBBBBBA' });
  const id = hashId(ascii(bytes));
  const [stream, order] = [`personalization-${id}-${record.module.serial}`, `order-${id}`];
  const proofOf = (who: 'clara' | 'anna' | 'bo') =>
    signDetached('keyledger-approval+jws', ascii(bytes), record.personKey(who));
  const again = (type: string, data: Data = {}) => ({
    stream,
    type,
    data: { ...dataOf(log.find((one) => one.stream === run() && one.type === type)!), ...data },
  });
  const accepted = (fact: string) => ({ stream, type: 'ReportAccepted', data: { fact } });
  const people = log.filter((one) => one.stream === orderStream() && one.type === 'OrderApproved').map(dataOf);
  const attested = decodeAttestation(octets(dataOf(nth(log, 'ModuleKeyReceived')).attestation));
  if (isRefusal(attested)) throw new Error(attested.code);
  const attestation = encodeAttestation({ ...attested, orderHash: sha256(ascii(bytes)) });
  const first = entryIn(issuedEvent());
  const head = headAfter(octets(dataOf(issuedEvent()).entry));
  const entry = { ...first, orderHash: sha256(ascii(bytes)), ...members(first, head) };
  const made = signedEntry(entry, signing());
  const issue = { entry: toBase64url(made.entry), fingerprint: made.fingerprint, number: entry.number };
  const requested = dataOf(log.find((one) => one.stream === orderStream() && one.type === 'OrderRequested')!);
  const key = {
    attestation: toBase64url(attestation),
    attestationSignature: toBase64url(KeyHandle.open(record.module.identityKey).sign(attestation)),
  };
  return inserted(
    log,
    null,
    { stream: order, type: 'OrderRequested', data: { ...requested, bytes, approval: proofOf('clara') } },
    ...people.map((data) => ({
      stream: order,
      type: 'OrderApproved',
      data: { ...data, proof: proofOf(data.person === 'P-BO' ? 'bo' : 'anna') },
    })),
    again('PersonalizationStarted', { order: id }),
    accepted('PersonalizationStarted'),
    again('ModuleIdentified'),
    accepted('ModuleIdentified'),
    again('ModuleKeyReceived', key),
    accepted('ModuleKeyReceived'),
    again('CertificateIssued', issue),
    accepted('CertificateIssued'),
  );
}

/** Code, the type of the event that must be named, and the forged log. */
type Row = readonly [code: string, type: string, forge: () => Log];

const founding: readonly Row[] = [
  ['GENESIS_MISSING', 'SignedIn', () => log.slice(1)],
  [
    'ALREADY_FOUNDED',
    'DeploymentFounded',
    () => inserted(log, log[4]!, { ...log[0]!, data: { ...dataOf(log[0]!), name: 'Other' } }),
  ],
  [
    'GENESIS_ROOT',
    'DeploymentFounded',
    () => change('DeploymentFounded', { manufacturerRoot: dataOf(nth(log, 'SigningKeyCertified')).customerCa }),
  ],
  ['GENESIS_KEY', 'DeploymentFounded', () => change('DeploymentFounded', { cardMakerRoot: 'AAAA' })],
  [
    'ORDER_OTHER_DEPLOYMENT',
    'OrderRequested',
    () => dropped(change('DeploymentFounded', { name: 'Other' }), ({ type }) => type === 'SignedIn'),
  ],
  ['SET_NOT_APPROVED', 'ApproverSetAdopted', () => inserted(log, log[4]!, rogueSet())],
  [
    'STREAM_UNKNOWN',
    'OperationRefused',
    () => inserted(log, log[4]!, { stream: 'nowhere', type: 'OperationRefused', data: {} }),
  ],
  ['EVENT_UNKNOWN', 'KeyGiven', () => inserted(log, log[4]!, { stream: 'unit-U-7', type: 'KeyGiven', data: {} })],
  ['EVENT_SHAPE', 'UnitEnrolled', () => change('UnitEnrolled', { note: 'more' })],
];

/** The first sign-in, Clara's, as she would have signed something else; or somebody with another key. */
const signedAnew = (members: Data, key = record.signInKey('clara')): Log => {
  const event = nth(log, 'SignedIn');
  const data = { ...dataOf(event), ...members };
  const session = event.stream.slice('sign-in-'.length);
  const statement = { ...data, session, genesis: hashId(ascii(canonicalJson(log[0]!.data))) };
  const proof = proofText(signDetached('keyledger-sign-in+jws', ascii(signInText(statement as never)), key));
  return log.map((one) => (one === event ? { ...one, data, metadata: { ...one.metadata, proof } } : one));
};
const signedOut = (by: string, stream = nth(log, 'SignedIn').stream): Log =>
  inserted(log, null, { stream, type: 'SignedOut', data: { by } });
const secondOperator = (members: (first: Data) => Data) => (data: Data) => {
  const operators = data.operators as readonly Data[];
  return { operators: [operators[0], { ...operators[1], ...members(operators[0]!) }, ...operators.slice(2)] };
};

const signInRows: readonly Row[] = [
  ['SIGN_IN_BY_STRANGER', 'SignedIn', () => change('SignedIn', { operator: 'P-BO' })],
  ['SIGN_IN_BY_STRANGER', 'SignedIn', () => signedAnew({ operator: 'P-EVE' })],
  ['SIGN_IN_BY_STRANGER', 'SignedIn', () => signedAnew({}, record.personKey('clara'))],
  ['SIGN_IN_ROLE', 'SignedIn', () => signedAnew({ roles: ['administrator'] })],
  ['SIGN_IN_TOO_LONG', 'SignedIn', () => signedAnew({ until: Number(dataOf(nth(log, 'SignedIn')).until) + 7200 })],
  ['SIGN_IN_TOO_LONG', 'SignedIn', () => signedAnew({ until: 1 })],
  ['SIGN_IN_TOKEN_USED', 'SignedIn', () => inserted(log, null, nth(log, 'SignedIn'))],
  ['SIGN_OUT_BY_STRANGER', 'SignedOut', () => signedOut('P-BO')],
  ['SIGN_IN_UNKNOWN', 'SignedOut', () => signedOut('P-ADA', `sign-in-${'A'.repeat(43)}`)],
  [
    'OPERATOR_TWICE',
    'DeploymentFounded',
    () =>
      change(
        'DeploymentFounded',
        secondOperator(({ id }) => ({ id })),
      ),
  ],
  [
    'KEY_TWICE',
    'DeploymentFounded',
    () =>
      change(
        'DeploymentFounded',
        secondOperator(({ credential }) => ({ credential })),
      ),
  ],
  [
    'SIGN_IN_KEY_APPROVES',
    'DeploymentFounded',
    () =>
      change(
        'DeploymentFounded',
        secondOperator(() => ({ credential: publicOf(record.personKey('bo')) })),
      ),
  ],
];

const publicOf = (key: KeyObject) => publicJwk(createPublicKey(key));

const rogueSet = () => {
  const document = String(dataOf(log[0]!).approverSet).replace('"P-EMIL"', '"P-MALLORY"');
  const data = { version: 1, hash: hashId(ascii(document)), previous: 'A'.repeat(43), document, order: null };
  return { stream: 'approver-set', type: 'ApproverSetAdopted', data };
};

const orderRows: readonly Row[] = [
  ['NOT_CANONICAL', 'OrderRequested', () => change('OrderRequested', ({ bytes }) => ({ bytes: `${String(bytes)} ` }))],
  [
    'ORDER_OTHER_ID',
    'OrderRequested',
    () =>
      log.map((one) =>
        one.stream === nth(log, 'OrderRequested').stream ? { ...one, stream: `order-${'A'.repeat(43)}` } : one,
      ),
  ],
  [
    'APPROVAL_SIGNATURE',
    'OrderRequested',
    () =>
      change('OrderRequested', ({ approval }) => ({
        approval: { ...(approval as Data), signature: flipped((approval as Data).signature) },
      })),
  ],
  ['REQUESTER_ALTERED', 'OrderRequested', () => change('OrderRequested', { requester: 'P-BO' })],
  ['ORDER_ALTERED', 'OrderRequested', () => change('OrderRequested', { persons: 1, classA: 1 })],
  [
    'APPROVAL_SIGNATURE',
    'OrderApproved',
    () =>
      change('OrderApproved', ({ proof }) => ({
        proof: { ...(proof as Data), signature: flipped((proof as Data).signature) },
      })),
  ],
  [
    'APPROVAL_SIGNATURE',
    'OrderApproved',
    () => altered(log, nth(log, 'OrderApproved', 2), () => dataOf(nth(log, 'OrderApproved', 0))),
  ],
  ['APPROVER_ALTERED', 'OrderApproved', () => change('OrderApproved', { person: 'P-EMIL' })],
  ['APPROVER_ALTERED', 'OrderApproved', () => change('OrderApproved', { class: 'B' })],
  ['EVENT_NOT_DECIDED', 'OrderApproved', () => inserted(log, nth(log, 'UnitEnrolled'), nth(log, 'OrderApproved'))],
  [
    'APPROVAL_KEY_UNKNOWN',
    'OrderWithdrawn',
    () => inserted(log, issuedEvent(), ending('OrderWithdrawn', 'anna', 'keyledger-decline+jws')),
  ],
  [
    'SIGNER_ALTERED',
    'OrderWithdrawn',
    () => inserted(log, issuedEvent(), { ...withdrawal(), data: { ...withdrawal().data, person: 'P-BO' } }),
  ],
  [
    'ORDER_NOT_OPEN',
    'OrderDeclined',
    () => inserted(log, issuedEvent(), ending('OrderDeclined', 'anna', 'keyledger-decline+jws')),
  ],
  ['ORDER_WITHDRAWN', 'OrderTaken', () => inserted(log, nth(log, 'OrderTaken'), withdrawal())],
  [
    'NOT_EXPIRED',
    'OrderExpired',
    () => inserted(log, issuedEvent(), { stream: orderStream(), type: 'OrderExpired', data: { at: 1 } }),
  ],
  ['SPENT_BY_NOTHING', 'OrderSpent', () => without(log, nth(log, 'UnitEnrolled'))],
  [
    'SPENT_BY_NOTHING',
    'OrderSpent',
    () => altered(log, log.find(inStream(orderStream(), 'OrderSpent'))!, (data) => ({ ...data, by: 'unit-U-7' })),
  ],
];

/** The order of an act shown by its stream: the second of its two approvals is taken out, or an order of another kind is named. */
const oneApprovalLess = (act: string): Log => {
  const data = dataOf(nth(log, act));
  const approvals = log.filter(inStream(`order-${String(data.order)}`, 'OrderApproved'));
  return without(log, approvals.at(-1)!);
};
const byAnotherOrder = (act: string): Log => change(act, { order: dataOf(nth(log, 'UnitEnrolled')).order });
const ACTS = [
  'UnitEnrolled',
  'StationRegistered',
  'CardIssued',
  'SigningKeyTrusted',
  'SigningKeySuspended',
  'SigningKeyCompromised',
  'PersonalizationReserved',
];

const actRows: readonly Row[] = [
  ...ACTS.map((act): Row => ['QUORUM_PERSONS', act, () => oneApprovalLess(act)]),
  ...ACTS.filter((act) => act !== 'UnitEnrolled').map((act): Row => [
    'ORDER_OTHER_KIND',
    act,
    () => byAnotherOrder(act),
  ]),
  ['ORDER_UNKNOWN', 'UnitEnrolled', () => change('UnitEnrolled', { order: 'A'.repeat(43) })],
  ['ORDER_ENDED', 'PersonalizationReserved', () => inserted(log, nth(log, 'PersonalizationReserved'), withdrawal())],
  [
    'ACT_OTHER_THAN_ORDERED',
    'UnitEnrolled',
    () => change('UnitEnrolled', { credential: dataOf(nth(log, 'StationRegistered')).credential }),
  ],
  [
    'ACT_OTHER_THAN_ORDERED',
    'StationRegistered',
    () => change('StationRegistered', { credential: dataOf(nth(log, 'UnitEnrolled')).credential }),
  ],
  ['ACT_OTHER_THAN_ORDERED', 'StationKeyIntroduced', () => change('StationKeyIntroduced', { nextKey: 'A'.repeat(43) })],
  [
    'STATION_KEY_HASH',
    'StationKeyIntroduced',
    () => change('StationKeyIntroduced', ({ spki }) => ({ spki: flipped(spki) })),
  ],
  ['STATION_UNKNOWN', 'StationKeyIntroduced', () => without(log, nth(log, 'StationRegistered'))],
  ['ACT_OTHER_THAN_ORDERED', 'CardIssued', () => change('CardIssued', { custodians: ['P-DORA', 'P-CLARA'] })],
  [
    'DEVICE_UNKNOWN',
    'CardIssued',
    () => change('CardIssued', ({ deviceCertificate }) => ({ deviceCertificate: flippedSignature(deviceCertificate) })),
  ],
  ['ACT_OTHER_THAN_ORDERED', 'SigningKeyTrusted', () => change('SigningKeyTrusted', { cardKey: 'A'.repeat(43) })],
  [
    'KEY_DISABLED',
    'SigningKeyTrusted',
    () =>
      inserted(
        without(log, nth(log, 'SigningKeyTrusted')),
        nth(log, 'SigningKeyDisabled'),
        nth(log, 'SigningKeyTrusted'),
      ),
  ],
  ['ACT_OTHER_THAN_ORDERED', 'SigningKeySuspended', () => change('SigningKeySuspended', { reason: 'drill2' })],
  ['ACT_OTHER_THAN_ORDERED', 'SigningKeyDisabled', () => change('SigningKeyDisabled', { to: 'compromised' })],
  [
    'ORDER_OTHER_KIND',
    'SuspensionReviewed',
    () => inserted(log, nth(log, 'SigningKeyCompromised'), reviewBy('SigningKeySuspended')),
  ],
  ['ACT_OTHER_THAN_ORDERED', 'PersonalizationReserved', () => change('PersonalizationReserved', { unit: 'U-8' })],
  [
    'ORDER_OTHER_KIND',
    'ModuleReset',
    () => ended('ModuleReset', { ...resetWord(), order: dataOf(nth(log, 'UnitEnrolled')).order }),
  ],
];

/** An order of a kind that ends a life, requested and approved at the end of the log by as many as are named. */
const endingOrder = (
  own: Data,
  who: readonly ('anna' | 'bo')[] = ['anna', 'bo'],
  rule: Data = { persons: 2, classA: 2 },
) => {
  const { genesis, approverSet, site, moduleClass, nonce, notBefore, notAfter, reportBy, domain } = ordered();
  const common = { genesis, approverSet, site, moduleClass, nonce, notBefore, notAfter, reportBy, domain };
  const bytes = canonicalJson({ ...common, requester: 'P-CLARA', ...own });
  const [id, signed] = [hashId(ascii(bytes)), 'keyledger-approval+jws'] as const;
  const proofOf = (by: 'clara' | 'anna' | 'bo') => signDetached(signed, ascii(bytes), record.personKey(by));
  const requested = { bytes, requester: 'P-CLARA', approval: proofOf('clara'), ...rule, serials: [] };
  const approvals = who.map((by) => {
    const kid = thumbprint(publicJwk(createPublicKey(record.personKey(by))));
    const data = { person: `P-${by.toUpperCase()}`, kid, class: 'A', proof: proofOf(by), at: Number(notBefore) + 1 };
    return { stream: `order-${id}`, type: 'OrderApproved', data };
  });
  return { id, events: [{ stream: `order-${id}`, type: 'OrderRequested', data: requested }, ...approvals] };
};

const ordersReset = (own: Data = {}) => {
  const { cardKey, unit } = ordered();
  return { kind: 'reset', cardKey, unit, serial: record.module.serial, epoch: 1, ...own };
};

/** What a module says, by whichever identity key. */
const resetWord = (members: Data = {}, identityKey = record.module.identityKey): Data => {
  const said = { serial: record.module.serial, epoch: 1, orderHash: new Uint8Array(32), genesis: new Uint8Array(32) };
  const statement = encodeResetDone({ ...said, ...members });
  const signature = toBase64url(KeyHandle.open(identityKey).sign(statement));
  return { epoch: 1, order: '', transferredTo: null, statement: toBase64url(statement), signature };
};

const ended = (type: string, data: Data, stream = `security-module-${record.module.serial}`): Log =>
  inserted(log, null, { stream, type, data });

/** A reset that the record tells, under an order of its own. */
const resetTold = (
  order: ReturnType<typeof endingOrder>,
  { said = {}, data = {}, key = record.module.identityKey }: { said?: Data; data?: Data; key?: string } = {},
): Log => {
  const genesis = octets(ordered().genesis);
  const word = resetWord({ orderHash: octets(order.id), genesis, ...said }, key);
  const event = { stream: `security-module-${record.module.serial}`, type: 'ModuleReset' };
  return inserted(log, null, ...order.events, { ...event, data: { ...word, order: order.id, ...data } });
};

const retiredTold = (own: Data, data: Data): Log => {
  const order = endingOrder(own);
  const [type, stream] =
    own.kind === 'retire-card'
      ? (['CardRetired', `card-${record.card.card}`] as const)
      : (['ModuleRetired', `security-module-${record.module.serial}`] as const);
  return inserted(log, null, ...order.events, { stream, type, data: { order: order.id, reason: 'drill', ...data } });
};
const retiresModule = { kind: 'retire-module', serial: 'ATM-000013', reason: 'drill' };
const retiresCard = { kind: 'retire-card', card: 'C-0042', reason: 'drill' };

const revoked = (order: string | null) => {
  const stream = `certificate-${String(dataOf(nth(log, 'CertificateIssued')).fingerprint)}`;
  return { stream, type: 'CertificateRevoked', data: { reason: 'reset', order } };
};

const endingRows: readonly Row[] = [
  ['QUORUM_PERSONS', 'ModuleReset', () => resetTold(endingOrder(ordersReset(), ['anna']))],
  ['RESET_OTHER_THAN_ORDERED', 'ModuleReset', () => resetTold(endingOrder(ordersReset({ serial: 'ATM-000099' })))],
  [
    'OTHER_EPOCH',
    'ModuleReset',
    () => resetTold(endingOrder(ordersReset({ epoch: 2 })), { data: { epoch: 2 }, said: { epoch: 2 } }),
  ],
  ['RESET_OTHER_THAN_ORDERED', 'ModuleReset', () => resetTold(endingOrder(ordersReset({ epoch: 2 })))],
  [
    'RESET_OTHER_THAN_ORDERED',
    'ModuleReset',
    () => resetTold(endingOrder(ordersReset()), { data: { transferredTo: 'A'.repeat(43) } }),
  ],
  ['RESET_STATEMENT', 'ModuleReset', () => resetTold(endingOrder(ordersReset()), { said: { epoch: 2 } })],
  [
    'RESET_STATEMENT',
    'ModuleReset',
    () => resetTold(endingOrder(ordersReset()), { said: { genesis: new Uint8Array(32) } }),
  ],
  [
    'RESET_STATEMENT',
    'ModuleReset',
    () =>
      resetTold(endingOrder({ ...ordersReset(), kind: 'transfer', newGenesis: 'A'.repeat(43) }), {
        said: { genesis: octets(ordered().genesis) },
        data: { transferredTo: 'A'.repeat(43) },
      }),
  ],
  [
    'RESET_STATEMENT_SIGNATURE',
    'ModuleReset',
    () => resetTold(endingOrder(ordersReset()), { key: record.spareModule.identityKey }),
  ],
  [
    'REVOKED_BY_NOTHING',
    'CertificateRevoked',
    () => inserted(log, null, ...endingOrder(ordersReset()).events, revoked(endingOrder(ordersReset()).id)),
  ],
  ['REVOKED_BY_NOTHING', 'CertificateRevoked', () => inserted(log, null, revoked(null))],
  ['ACT_OTHER_THAN_ORDERED', 'ModuleRetired', () => retiredTold({ ...retiresModule, serial: 'ATM-000099' }, {})],
  ['ACT_OTHER_THAN_ORDERED', 'ModuleRetired', () => retiredTold(retiresModule, { reason: 'lost' })],
  ['ACT_OTHER_THAN_ORDERED', 'CardRetired', () => retiredTold({ ...retiresCard, card: 'C-0043' }, {})],
  [
    'ORDER_UNKNOWN',
    'CardRetired',
    () => ended('CardRetired', { order: 'A'.repeat(43), reason: 'drill' }, 'card-C-0042'),
  ],
];

/** A key disabled in good order, as the log tells it in front of its suspension: under orders of its own, or else. */
const disables = (own: Data = {}): Data => {
  const { cardKey } = ordered();
  return { kind: 'disable-signing-key', cardKey, mode: 'strict', modules: 1, reason: 'lost', ...own };
};
const ALONE = { persons: 1, classA: 1 };
const MOMENT = { size: 9, root: 'A'.repeat(43) };
const FROM = { mode: 'from-checkpoint', checkpoint: MOMENT, modules: 0 };
const disabledTold = (...orders: readonly (readonly [ReturnType<typeof endingOrder>, Data?])[]): Log => {
  const { cardKey } = ordered();
  const events = orders.flatMap(([{ id, events: asked }, said = {}]) => {
    const data = { cardKey, order: id, reason: 'lost', modules: 1, from: null, ...said };
    return [...asked, { stream: 'card-C-0042', type: 'SigningKeyDeactivated', data }];
  });
  return inserted(log, nth(log, 'SigningKeySuspended'), ...events);
};
const alone = (own: Data = {}) => endingOrder(disables(own), ['anna'], ALONE);
const fromMoment = () => endingOrder(disables(FROM), ['anna', 'bo'], { persons: 2, classA: 1 });
const ofCard = (type: string, data: Data): Log => inserted(log, null, { stream: 'card-C-0042', type, data });
const alarm = { kind: 'cloned-card', number: 1, head: 'A'.repeat(43) };

const disablingRows: readonly Row[] = [
  ['KEY_DISABLED', 'SigningKeySuspended', () => disabledTold([alone()])],
  ['ORDER_UNKNOWN', 'SigningKeyDeactivated', () => disabledTold([{ ...alone(), events: [] }])],
  ['QUORUM_PERSONS', 'SigningKeyDeactivated', () => disabledTold([endingOrder(disables(), [], ALONE)])],
  [
    'QUORUM_PERSONS',
    'SigningKeyDeactivated',
    () => disabledTold([endingOrder(disables({ modules: 17 }), ['bo'], { persons: 2, classA: 1 }), { modules: 17 }]),
  ],
  ['ORDER_ALTERED', 'OrderRequested', () => disabledTold([alone({ modules: 17 }), { modules: 17 }])],
  ['ORDER_ALTERED', 'OrderRequested', () => disabledTold([alone(FROM)])],
  ['BLAST_RADIUS_OTHER', 'SigningKeyDeactivated', () => disabledTold([alone({ modules: 0 }), { modules: 0 }])],
  ['BLAST_RADIUS_OTHER', 'SigningKeyDeactivated', () => disabledTold([fromMoment(), { modules: 0 }])],
  ['CEILING_REACHED', 'SigningKeyDeactivated', () => disabledTold([alone()], [alone({ reason: 'drill' })])],
  ['ACT_OTHER_THAN_ORDERED', 'SigningKeyDeactivated', () => disabledTold([alone(), { modules: 2 }])],
  ['ACT_OTHER_THAN_ORDERED', 'SigningKeyDeactivated', () => disabledTold([alone(), { reason: 'drill' }])],
  [
    'ACT_OTHER_THAN_ORDERED',
    'SigningKeyDeactivated',
    () => disabledTold([alone(), { from: { ...MOMENT, note: 'no note' } }]),
  ],
  ['ACT_OTHER_THAN_ORDERED', 'SigningKeyDisabled', () => change('SigningKeyDisabled', { to: 'deactivated' })],
  ['ACT_OTHER_THAN_ORDERED', 'SigningKeyDisabled', () => change('SigningKeyDisabled', { from: MOMENT })],
  [
    'REVIEW_NOT_DUE',
    'SuspensionOverdue',
    () => {
      const { cardKey, order } = dataOf(nth(log, 'SigningKeySuspended'));
      return inserted(log, nth(log, 'SigningKeyCompromised'), {
        stream: 'card-C-0042',
        type: 'SuspensionOverdue',
        data: { cardKey, order },
      });
    },
  ],
  ['REVIEW_NOT_DUE', 'DivergenceOverdue', () => ofCard('DivergenceOverdue', alarm)],
  [
    'ORDER_UNKNOWN',
    'DivergenceReviewed',
    () => ofCard('DivergenceReviewed', { ...alarm, reason: 'drill', order: 'A'.repeat(43) }),
  ],
];

const flippedSignature = (text: unknown): string => {
  const bytes = octets(text);
  bytes[5]! ^= 1;
  return toBase64url(bytes);
};
const reviewBy = (act: string) => {
  const { cardKey, order: by } = dataOf(nth(log, act));
  return { stream: nth(log, act).stream, type: 'SuspensionReviewed', data: { cardKey, by } };
};

const deviceRows: readonly Row[] = [
  ['CARD_UNKNOWN', 'SigningKeyCertified', () => dropped(log, isOf('CardIssued', 'OrderSpent'))],
  [
    'BIRTH_SIGNATURE',
    'SigningKeyCertified',
    () => change('SigningKeyCertified', ({ birthSignature }) => ({ birthSignature: flippedSignature(birthSignature) })),
  ],
  ['SIGNING_KEY_THUMBPRINT', 'SigningKeyCertified', () => change('SigningKeyCertified', { cardKey: 'A'.repeat(43) })],
  [
    'CARD_CA_SIGNATURE',
    'SigningKeyCertified',
    () => change('SigningKeyCertified', ({ cardCa }) => ({ cardCa: brokenSignature(cardCa) })),
  ],
  [
    'CARD_CA_OTHER_KEY',
    'SigningKeyCertified',
    () => recertified({ spki: octets(dataOf(nth(log, 'StationKeyIntroduced')).spki) }),
  ],
  ['CARD_CA_OTHER_DEPLOYMENT', 'SigningKeyCertified', () => recertified({ genesis: new Uint8Array(32) })],
  ['CARD_CA_OTHER_DEPLOYMENT', 'SigningKeyCertified', () => recertified({ organization: 'Other Bank' })],
  ['CARD_OTHER_ENFORCEMENT', 'SigningKeyCertified', () => recertified({ enforcement: 'host' })],
  ['CARD_OTHER_APPROVER_SET', 'SigningKeyCertified', () => reborn({ approverSet: new Uint8Array(32) })],
  ['BIRTH_OTHER_DEPLOYMENT', 'SigningKeyCertified', () => reborn({ genesis: new Uint8Array(32) })],
  ['CARD_OTHER_APPROVER_SET', 'CardActivated', () => change('CardActivated', { approverSet: 'A'.repeat(43) })],
  ['OTHER_SIGNING_KEY', 'CardActivated', () => change('CardActivated', { cardKey: 'A'.repeat(43) })],
  [
    'IDENTITY_SIGNATURE',
    'ModuleInitialized',
    () =>
      change('ModuleInitialized', ({ identityCertificate }) => ({
        identityCertificate: brokenSignature(identityCertificate),
      })),
  ],
  ['IDENTITY_OTHER_MODULE', 'ModuleInitialized', () => change('ModuleInitialized', { moduleClass: 'ATM-SM-2' })],
  ['ATTESTATION_SIGNATURE', 'ModuleKeyReceived', () => reattested({}, record.spareModule.identityKey)],
  [
    'IDENTITY_OTHER',
    'ModuleIdentified',
    () =>
      without(log, nth(log, 'ModuleInitialized'), ...log.filter(isOf('ModuleDelivered', 'PersonalizationReserved'))),
  ],
  ['ATTESTATION_OTHER_MODULE', 'ModuleKeyReceived', () => reattested({ serial: 'ATM-000099' })],
  ['ATTESTATION_OTHER_ORDER', 'ModuleKeyReceived', () => reattested({ orderHash: new Uint8Array(32) })],
  ['ATTESTATION_OTHER_ORDER', 'ModuleKeyReceived', () => reattested({ cardKey: new Uint8Array(32) })],
  ['ATTESTATION_OTHER_ORDER', 'ModuleKeyReceived', () => reattested({ genesis: new Uint8Array(32) })],
  ['ATTESTATION_OTHER_KEY', 'ModuleKeyReceived', () => change('ModuleKeyReceived', { epoch: 2 })],
  ['ATTESTATION_OTHER_BIRTH', 'ModuleKeyReceived', () => change('ModuleKeyReceived', { birth: 'manufacture' })],
  [
    'ATTESTATION_MALFORMED',
    'ModuleKeyReceived',
    () =>
      change('ModuleKeyReceived', ({ attestation }) => ({
        attestation: toBase64url(concat(octets(attestation), Uint8Array.of(0))),
      })),
  ],
];

/** A certificate whose last octet, in its signature, is another one. */
const brokenSignature = (text: unknown): string => flipped(text);

const withoutQuorum = (): Log => {
  const approvals = log.filter(inStream(orderStream(), 'OrderApproved'));
  return dropped(without(log, approvals.at(-1)!), isOf('OrderTaken', 'PersonalizationReserved'));
};

const issueRows: readonly Row[] = [
  ['AFTER_WITHDRAWAL', 'CertificateIssued', () => inserted(log, issuedEvent(), withdrawal())],
  ['ISSUE_WITHOUT_QUORUM', 'CertificateIssued', withoutQuorum],
  ['SERIAL_NOT_IN_ORDER', 'CertificateIssued', runOfSpare],
  ['ISSUE_OTHER_CARD', 'CertificateIssued', () => change('CertificateIssued', { cardKey: 'A'.repeat(43) })],
  ['CARD_UNKNOWN', 'CertificateIssued', () => change('CertificateIssued', { card: 'C-0043' })],
  ['ENTRY_OTHER_RUN', 'CertificateIssued', () => change('CertificateIssued', { number: 2 })],
  ['ENTRY_OTHER_RUN', 'CertificateIssued', () => withEntry({ orderHash: new Uint8Array(32) })],
  ['ENTRY_OTHER_RUN', 'CertificateIssued', () => withEntry({ serial: 'ATM-000099' })],
  ['ENTRY_OTHER_KEY', 'CertificateIssued', () => withEntry({ epoch: 9 })],
  ['ENTRY_OTHER_KEY', 'CertificateIssued', () => withEntry({ spkiHash: new Uint8Array(32) })],
  ['ENTRY_OTHER_ORDERED', 'CertificateIssued', () => withEntry({ notAfter: 2_000_000_000 })],
  ['ENTRY_OTHER_ORDERED', 'CertificateIssued', () => withEntry({ stationKeyHash: new Uint8Array(32) })],
  ['ENTRY_OUT_OF_TIME', 'CertificateIssued', () => withEntry({ cardTime: 1 })],
  ['ENFORCEMENT_FORBIDDEN', 'CertificateIssued', () => withEntry({ enforcement: 'host' })],
  ['ENTRY_OTHER_LAW', 'CertificateIssued', () => withEntry({ approverSetVersion: 2 })],
  ['ENTRY_OTHER_LAW', 'CertificateIssued', () => withEntry({ assurance: 'plausibility' })],
  [
    'ENTRY_APPROVERS',
    'CertificateIssued',
    () => withEntry({ approvers: entryIn(issuedEvent()).approvers.slice(0, 1) }),
  ],
  [
    'ENTRY_APPROVERS',
    'CertificateIssued',
    () => withEntry({ approvers: [new Uint8Array(32), ...entryIn(issuedEvent()).approvers] }),
  ],
  ['CARD_LOG_ENTRY_MALFORMED', 'CertificateIssued', () => change('CertificateIssued', { entry: 'AAAA' })],
  ['CERTIFICATE_OTHER', 'CertificateIssued', () => change('CertificateIssued', { fingerprint: 'A'.repeat(43) })],
  ['CERTIFICATE_SIGNATURE', 'CertificateIssued', () => withEntry({}, { key: otherKey() })],
  ['CERTIFICATE_SIGNATURE', 'CertificateIssued', secondForm],
  ['STATION_STATEMENT', 'CertificateIssued', () => withEntry({}, { stationNextKey: 'A'.repeat(43) })],
  ['CARD_LOG_CHAIN', 'CertificateIssued', () => withEntry({ previousHead: new Uint8Array(32).fill(7) })],
  [
    'CARD_LOG_CHAIN',
    'CertificateIssued',
    () => secondIssue(() => ({ number: 2, previousHead: new Uint8Array(32).fill(7) })),
  ],
  ['CARD_LOG_FORK', 'CertificateIssued', () => secondIssue(() => ({}))],
  [
    'CARD_LOG_GAP',
    'CertificateIssued',
    () => secondIssue(() => ({ number: 3, previousHead: new Uint8Array(32).fill(7) })),
  ],
  ['SECOND_CERTIFICATE', 'CertificateIssued', anotherForSameRun],
  ['USE_UNKNOWN', 'CardUsed', () => change('CardUsed', { head: 'A'.repeat(43) })],
  ['CERTIFICATE_NOT_ISSUED', 'CertificateRecorded', () => change('CertificateRecorded', { station: 'ST-2' })],
];

/** The certificate with the other valid form of its signature: a second valid certificate with another fingerprint. */
function secondForm(): Log {
  const entry = entryIn(issuedEvent());
  const high = { ...entry, signature: highS(entry.signature) };
  return reissued(log, { entry: encodeLogEntry(high), fingerprint: fingerprintOfEntry(high, signing()) });
}

function anotherForSameRun(): Log {
  const made = signedEntry(entryIn(issuedEvent()), signing());
  const data = { ...dataOf(issuedEvent()), entry: toBase64url(made.entry), fingerprint: made.fingerprint };
  const stream = run();
  return inserted(
    log,
    null,
    { stream, type: 'CertificateIssued', data },
    { stream, type: 'ReportAccepted', data: { fact: 'CertificateIssued' } },
  );
}

const operationRows: readonly Row[] = [
  [
    'INSTALLED_OTHER',
    'CertificateInstalled',
    () => change('CertificateInstalled', ({ statement }) => ({ statement: flipped(statement) })),
  ],
  [
    'INSTALLED_SIGNATURE',
    'CertificateInstalled',
    () => change('CertificateInstalled', ({ signature }) => ({ signature: flippedSignature(signature) })),
  ],
  ['OTHER_CERTIFICATE', 'CertificateInstalled', () => change('CertificateInstalled', { fingerprint: 'A'.repeat(43) })],
  [
    'INSTALLED_SIGNATURE',
    'ModuleEnteredOperation',
    () => change('ModuleEnteredOperation', ({ signature }) => ({ signature: flippedSignature(signature) })),
  ],
  ['OPERATION_OTHER_CERTIFICATE', 'ModuleEnteredOperation', () => change('ModuleEnteredOperation', { epoch: 2 })],
  [
    'SESSION_OTHER_CERTIFICATE',
    'SessionEstablished',
    () => change('SessionEstablished', { fingerprint: 'A'.repeat(43) }),
  ],
  ['AUTHORIZATION_SIGNATURE', 'TransactionAuthorized', () => resigned('authorization', {}, otherKey())],
  ['INSTRUCTION_SIGNATURE', 'TransactionAuthorized', () => resigned('instruction', {}, record.moduleKey)],
  [
    'TRANSACTION_OTHER_SESSION',
    'TransactionAuthorized',
    () => change('SessionEstablished', { exporter: 'A'.repeat(43) }),
  ],
  [
    'TRANSACTION_OTHER_ANSWER',
    'TransactionAuthorized',
    () => resigned('instruction', { pay: 'no' }, record.stationKey),
  ],
  ['TRANSACTION_OTHER_AMOUNT', 'TransactionAuthorized', () => change('TransactionAuthorized', { amount: 1 })],
  [
    'TRANSACTION_OTHER_AMOUNT',
    'TransactionAuthorized',
    () => resigned('instruction', { amount: 7 }, record.stationKey),
  ],
  ['MESSAGE_MALFORMED', 'TransactionAuthorized', () => change('TransactionAuthorized', { instruction: 'AAAA' })],
  ['COUNTER_NOT_NEXT', 'TransactionAuthorized', () => change('TransactionAuthorized', { counter: 2 })],
];

const sequenceRows: readonly Row[] = [
  ['EVENT_NOT_OWED', 'ReportAccepted', () => without(log, nth(log, 'LineAttached'))],
  ['EVENT_LEFT_OUT', 'PersonalizationStarted', () => log.slice(0, log.indexOf(nth(log, 'PersonalizationStarted')) + 1)],
  ['EVENT_LEFT_OUT', 'ModuleIdentified', () => without(log, log[log.indexOf(nth(log, 'PersonalizationStarted')) + 1]!)],
  ['REPORTED_TWICE', 'CertificateInstalled', installedAgain],
  ['VERSION_NOT_NEXT', 'TrustListPublished', () => change('TrustListPublished', { version: 2 })],
  ['OUT_OF_ORDER', 'CertificateInstalled', () => without(log, ...issueAndWhatFollows())],
  ['SECRET_KEY', 'OperationRefused', () => change('OperationRefused', { message: '-----BEGIN PRIVATE KEY-----' })],
  ['SECRET_KEY', 'OperationRefused', () => change('OperationRefused', { message: `key ${record.module.identityKey}` })],
  [
    'ACCOUNT_NUMBER',
    'OperationRefused',
    () => change('OperationRefused', { message: 'of PL61109010140000071219812874' }),
  ],
  ['CARD_NUMBER', 'OperationRefused', () => change('OperationRefused', { message: 'card 4111111111111111 swallowed' })],
];

function installedAgain(): Log {
  const { stream, type, data } = nth(log, 'CertificateInstalled');
  const accepted = { stream, type: 'ReportAccepted', data: { fact: type } };
  return inserted(log, nth(log, 'PersonalizationCompleted'), { stream, type, data }, accepted);
}

const issueAndWhatFollows = (): StoredEvent[] => {
  const issued = issuedEvent();
  const accepted = log
    .slice(log.indexOf(issued))
    .find((one) => one.stream === issued.stream && one.type === 'ReportAccepted')!;
  const spent = log.find(inStream(orderStream(), 'OrderSpent'))!;
  return [issued, accepted, spent, nth(log, 'CardUsed'), nth(log, 'CertificateRecorded')];
};

const reportRows: readonly Row[] = [
  ['REPORT_SIGNATURE', 'SessionRefused', () => change('SessionRefused', { code: 'SIGNING_KEY_UNKNOWN' })],
  ['REPORT_SIGNATURE', 'LineAttached', () => change('LineAttached', { technician: 'T-EVE' })],
  ['REPORT_BY_STRANGER', 'LineAttached', () => by('LineAttached', 'unit:U-8')],
  ['REPORT_BY_STRANGER', 'LineAttached', () => by('LineAttached', 'reaction:line-attached')],
  ['IDENTITY_OTHER', 'ModuleIdentified', () => change('ModuleIdentified', { identity: 'A'.repeat(43) })],
];

/** The log with another reporter of a fact, in whose name the platform writes it. */
function by(type: string, actor: string): Log {
  return log.map((one) => (one === nth(log, type) ? { ...one, metadata: { ...one.metadata, actor } } : one));
}

/** A log as an engine would give it, every report signed by its device once more. */
const whole = (forged: Log): Log => numbered(reportedAnew(forged, record.credentials));

const ALL: readonly Row[] = [
  ...reportRows,
  ...founding,
  ...signInRows,
  ...orderRows,
  ...actRows,
  ...endingRows,
  ...disablingRows,
  ...deviceRows,
  ...issueRows,
  ...operationRows,
  ...sequenceRows,
];

describe('the walk over a log', () => {
  test('S01a holds for a genuine one, and counts what it holds', async () => {
    expect(await replay(log)).toMatchObject({
      demo: true,
      events: log.length,
      orders: 9,
      certificates: 1,
      transactions: 1,
    });
  });

  test.each(ALL)('S29b names what does not hold: %s at %s', async (code, type, forge) => {
    const forged = code.startsWith('REPORT_') ? numbered(forge()) : whole(forge());
    const result = await replay(forged);
    if (!isFinding(result)) throw new Error(`held, and should say ${code}`);
    expect([result.code, result.type]).toEqual([code, type]);
    expect(forged.find(({ position }) => position === result.position)?.type).toBe(type);
    expect(result.why).toMatch(/\.$/);
  });

  test('a report that was contested is believed by nobody, and stops nobody', async () => {
    const accepted = log[log.indexOf(nth(log, 'TransactionAuthorized')) + 1]!;
    const contested = { fact: 'TransactionAuthorized', code: 'SOME_REASON', message: 'Nobody believes it.' };
    const forged = change('TransactionAuthorized', { amount: 1 }).map((one) =>
      one === accepted ? { ...one, type: 'ReportContested', data: contested } : one,
    );
    expect(await replay(whole(forged))).toMatchObject({ certificates: 1, transactions: 0 });
  });

  test('a reset and a retirement that were ordered hold', async () => {
    for (const told of [
      resetTold(endingOrder(ordersReset())),
      retiredTold(retiresModule, {}),
      retiredTold(retiresCard, {}),
    ])
      expect(await replay(whole(told))).toMatchObject({ events: log.length + 4, orders: 10 });
    const order = endingOrder(ordersReset());
    const taken = inserted(resetTold(order), null, revoked(order.id));
    expect(await replay(whole(taken))).toMatchObject({ events: log.length + 5 });
    for (const orderHash of [new Uint8Array(32), octets(dataOf(nth(log, 'CertificateIssued')).fingerprint)]) {
      const otherwise = resetTold(endingOrder(ordersReset()), { said: { orderHash } }); // a jumper, an order that ended
      expect(await replay(whole(otherwise))).toMatchObject({ orders: 10 });
    }
  });

  test('S29c what hangs on a signing key is counted by the walk: neither erased nor retired, nor sealed before', () => {
    const { cardKey } = ordered();
    const radiusIn = (told: Log, from: number | null = null) => {
      const walk = new Replay();
      for (const event of whole(told)) walk.step(event);
      return blastRadius(walk.known, String(cardKey), from);
    };
    const all = { certificates: 1, modules: [record.module.serial] };
    expect(radiusIn(log)).toEqual(all);
    expect(radiusIn(retiredTold(retiresCard, {}))).toEqual(all);
    expect(radiusIn(resetTold(endingOrder(ordersReset())))).toEqual({ certificates: 1, modules: [] });
    expect(radiusIn(retiredTold(retiresModule, {}))).toEqual({ certificates: 1, modules: [] });
    const recorded = log.indexOf(nth(log, 'CertificateRecorded'));
    expect(radiusIn(log, recorded)).toEqual(all);
    expect(radiusIn(log, recorded + 1).modules).toEqual([]);
    expect(radiusIn(without(log, nth(log, 'CertificateRecorded')), log.length).modules).toEqual(all.modules);
    const notInstalled = log.slice(0, log.indexOf(nth(log, 'CertificateInstalled')));
    expect(radiusIn(notInstalled).modules).toEqual([]);
  });

  test('the next entry of the card holds, also when it was reported late', async () => {
    const next = secondIssue((_first, head) => ({ number: 2, previousHead: head }));
    expect(await replay(whole(next))).toMatchObject({ certificates: 2 });
  });

  test('every line of its laws stands in the table above', () => {
    const codes = new Set(ALL.map(([code]) => code));
    const laws = [entryLaw, certificateLaw, moduleKeyLaw, transactionLaw, certifiedLaw, resetLaw].flat();
    expect(laws.map(({ code }) => code).filter((code) => !codes.has(code))).toEqual([]);
  });
});
