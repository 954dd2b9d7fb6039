/** What happened, in one sentence per type of event, from its data; and what a row of it concerns. */
import { type Json, isObject, parseCanonical } from '../checks/canonical.ts';

export type Data = Readonly<Record<string, Json>>;

export function dataOf(text: string): Data {
  const value = parseCanonical(text);
  return isObject(value ?? undefined) ? (value as Data) : {};
}

export function said(data: Data, name: string): string {
  const value = data[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

interface Told {
  readonly type: string;
  readonly actor: string;
  readonly serial: string | null;
  readonly order: string | null;
  readonly data: Data;
}

type Sentence = (event: Told, by: string) => string;

const amount = (data: Data): string => `${(Number(data['amount']) / 100).toFixed(2)} ${said(data, 'currency')}`;

const SENTENCES: Readonly<Record<string, Sentence>> = {
  DeploymentFounded: ({ data }) => `The deployment was founded for ${said(data, 'customer')}; its hash is its name.`,
  CheckpointKeyIntroduced: () => 'Another key signs the checkpoints from now on.',
  WitnessAdmitted: ({ data }) =>
    `Another witness cosigns the log${data['instead'] === null ? '' : `, in the place of ${said(data, 'instead')}`}.`,
  ApproverSetAdopted: ({ data }) => `Version ${said(data, 'version')} of the approver set says who may approve.`,
  OrderRequested: ({ data }) => `${said(data, 'requester')} asked, and signed what is asked for.`,
  OrderApproved: ({ data }) => `${said(data, 'person')} approved with a key of class ${said(data, 'class')}.`,
  OrderDeclined: ({ data }) => `${said(data, 'person')} declined.`,
  OrderWithdrawn: ({ data }) => `${said(data, 'person')} withdrew the order.`,
  OrderExpired: () => 'The time to use the order ran out.',
  OrderTaken: ({ data }) => `Unit ${said(data, 'unit')} took the order for module ${said(data, 'serial')}.`,
  OrderSpent: () => 'What the order allowed was done; it cannot be done again.',
  OrderOverdue: ({ data }) => `Nothing was reported of module ${said(data, 'serial')} in time.`,
  UnitEnrolled: ({ data }) => `Personalization unit ${said(data, 'unit')} was enrolled.`,
  UnitWithdrawn: () => 'The unit was withdrawn.',
  LineAttached: ({ data }) =>
    `Technician ${said(data, 'technician')} plugged the line into the machine of ${said(data, 'serial')}.`,
  LineDetached: ({ data }) => `The line to ${said(data, 'serial')} was cleared.`,
  StationRegistered: ({ data }) => `Station ${said(data, 'station')} was registered.`,
  StationKeyIntroduced: () => 'The station introduced its key and announced the next.',
  StationKeyRetired: () => 'A key of the station was retired.',
  CardIssued: ({ data }) => `Chip card ${said(data, 'card')} was issued, enforcement ${said(data, 'enforcement')}.`,
  SigningKeyCertified: () => 'The signing key was born inside the card, and the manufacturer certified it.',
  CardActivated: () => 'The card checked its own order and its approvals, and is active.',
  CardUsed: ({ data }) => `The card signed for ${said(data, 'serial')}, entry ${said(data, 'number')} of its own log.`,
  CardLogRead: () => "The card's own log was read and held against the record.",
  CardLogDiverged: () => "The card's own log and the record disagree.",
  CardLogHealed: () => 'A missing entry of the card came in and fits.',
  SigningKeySuspended: () =>
    'The signing key was suspended: it signs nothing, and stations let none of its modules in.',
  SuspensionReviewed: () => 'The suspension was reviewed.',
  SigningKeyCompromised: () => 'The signing key was declared compromised, for ever.',
  CardRetired: () => 'The card was retired for good.',
  ModuleInitialized: ({ data }) => `Module ${said(data, 'serial')} arrived from its manufacturer.`,
  ModuleDelivered: ({ data }) => `The module was delivered to ${said(data, 'to')}.`,
  ModulePlaced: ({ data }) => `The module stands at ${said(data, 'site')}.`,
  ModuleMoved: ({ data }) =>
    `The module was moved from ${said(data, 'from')} to ${said(data, 'to')} while it was in operation.`,
  PersonalizationReserved: ({ data }) => `The module is reserved for unit ${said(data, 'unit')}.`,
  PersonalizationReleased: () => 'The reservation ended.',
  ModuleEnteredOperation: ({ data }) => `The module operates, in epoch ${said(data, 'epoch')}.`,
  ModuleReset: ({ data }) => `The module erased its key of epoch ${said(data, 'epoch')}.`,
  ModuleRetired: () => 'The module was retired for good.',
  PersonalizationStarted: ({ data }) => `Unit ${said(data, 'unit')} began with module ${said(data, 'serial')}.`,
  ModuleIdentified: () => 'The module proved who it is.',
  ModuleKeyReceived: ({ data }) => `The module made its key of epoch ${said(data, 'epoch')} inside, and attested it.`,
  CertificateIssued: ({ data, serial }) =>
    `Card ${said(data, 'card')} certified the key of ${serial ?? 'the module'}, entry ${said(data, 'number')} of its log.`,
  CertificateInstalled: () => 'The module signed that it holds exactly this certificate.',
  PersonalizationCompleted: () => 'The line was cleared; the personalization is done.',
  PersonalizationFailed: ({ data }) => `${said(data, 'code')}: ${said(data, 'message')}`,
  PersonalizationOverdue: () => 'The unit did not report in time.',
  CertificateRecorded: ({ data }) =>
    `The certificate of ${said(data, 'serial')} for ${said(data, 'station')} is valid.`,
  CertificateRevoked: ({ data }) => `The certificate was revoked: ${said(data, 'reason')}.`,
  SigningKeyTrusted: () => 'The station is told to trust the signing key.',
  SigningKeyDisabled: ({ data }) => `The station is told that the signing key is ${said(data, 'to')}.`,
  TrustListPublished: ({ data }) =>
    `Version ${said(data, 'version')} of the trust list has ${said(data, 'entries')} entries.`,
  TrustListEnforced: ({ data }) => `The station has version ${said(data, 'version')} in force.`,
  SessionEstablished: ({ data }) => `${said(data, 'serial')} and station ${said(data, 'station')} checked each other.`,
  SessionRefused: ({ data }) => `Station ${said(data, 'station')} refused ${said(data, 'serial') || 'a caller'}.`,
  TransactionAuthorized: ({ data }) => `The station said: pay ${amount(data)}.`,
  TransactionRefused: ({ data }) => `The station refused transaction ${said(data, 'counter')}.`,
  SessionClosed: ({ data }) => `The session ended: ${said(data, 'reason')}.`,
  SignedIn: ({ data }) => `${said(data, 'operator')} signed in.`,
  SignedOut: ({ data }) => `${said(data, 'by')} ended the session.`,
  ReportAccepted: ({ data }) => `The report of ${said(data, 'fact')} was judged, and holds.`,
  ReportContested: ({ data }) => `The report of ${said(data, 'fact')} was judged, and is contested.`,
  OperationRefused: ({ data }) => said(data, 'message') || `${said(data, 'operation')} was refused.`,
};

export function sentenceOf(event: Told): string {
  return SENTENCES[event.type]?.(event, nameOf(event.actor)) ?? '';
}

export const EVENT_TYPES: readonly string[] = Object.keys(SENTENCES);

/** `person:P-ANNA` is P-ANNA; what the platform does by itself is the platform. */
export function nameOf(actor: string): string {
  const [kind = '', ...rest] = actor.split(':');
  return kind === 'reaction' || rest.length === 0 ? 'platform' : rest.join(':');
}
