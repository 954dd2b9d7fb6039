/**
 * Events as OCSF 1.5 (schema.ocsf.io) has them: class and activity of each, who acted, whether it succeeded. One table, with
 * a row for every event there is; what stands in an event beside that goes along under `unmapped`.
 */
import { type RoomEvent, roomOfStream } from '#libs/domain/rooms.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';

export const OCSF_VERSION = '1.5.0';

/** class_uid and category_uid. */
const CLASSES = {
  finding: { class_uid: 2004, category_uid: 2 },
  account: { class_uid: 3001, category_uid: 3 },
  authentication: { class_uid: 3002, category_uid: 3 },
  entity: { class_uid: 3004, category_uid: 3 },
  api: { class_uid: 6003, category_uid: 6 },
} as const;

export type OcsfClass = keyof typeof CLASSES;

/** severity_id. */
const SEVERITY = { info: 1, low: 2, medium: 3, high: 4, critical: 5 } as const;

interface Meaning {
  readonly class: OcsfClass;
  /** activity_id of the class. */
  readonly activity: number;
  readonly severity: keyof typeof SEVERITY;
  readonly failed?: true;
}

type Severity = Meaning['severity'];

const finding = (severity: Severity): Meaning => ({ class: 'finding', activity: 1, severity });
const account = (activity: number, severity: Severity = 'low'): Meaning => ({ class: 'account', activity, severity });
const logon = (activity: 1 | 2): Meaning => ({ class: 'authentication', activity, severity: 'info' });
const created = (severity: Severity = 'info'): Meaning => ({ class: 'entity', activity: 1, severity });
const read: Meaning = { class: 'entity', activity: 2, severity: 'info' };
const updated = (severity: Severity = 'info'): Meaning => ({ class: 'entity', activity: 3, severity });
const ended = (severity: Severity = 'info'): Meaning => ({ class: 'entity', activity: 4, severity });
/** Entity Management: 9 Activate. */
const activated: Meaning = { class: 'entity', activity: 9, severity: 'info' };
const call = (activity: number, severity: Severity = 'info'): Meaning => ({ class: 'api', activity, severity });
const refused = (it: Meaning): Meaning => ({ ...it, severity: 'medium', failed: true });

type EventType = RoomEvent['type'] | 'OperationRefused';

export const MEANINGS: Readonly<Record<EventType, Meaning>> = {
  DeploymentFounded: created('medium'),
  CheckpointKeyIntroduced: created('medium'),
  WitnessAdmitted: created('high'),
  ApproverSetAdopted: updated('high'),
  OrderRequested: call(1),
  OrderApproved: call(3),
  OrderDeclined: call(3, 'low'),
  OrderWithdrawn: call(4, 'low'),
  OrderExpired: call(4, 'low'),
  OrderTaken: call(3),
  OrderSpent: call(3),
  OrderOverdue: finding('medium'),
  ManufacturerKeyRegistered: created('high'),
  ManufacturerKeyWithdrawn: ended('high'),
  UnitEnrolled: created('low'),
  UnitWithdrawn: ended('low'),
  LineAttached: logon(1),
  LineDetached: logon(2),
  StationRegistered: created('low'),
  StationKeyIntroduced: updated('low'),
  StationKeyRetired: updated('low'),
  CardIssued: created('low'),
  SigningKeyCertified: created('low'),
  CardActivated: activated,
  CardUsed: read,
  CardLogRead: read,
  CardLogDiverged: finding('high'),
  CardLogHealed: finding('low'),
  DivergenceReviewed: call(3),
  DivergenceOverdue: finding('high'),
  SigningKeySuspended: updated('high'),
  SigningKeyCompromised: ended('critical'),
  SigningKeyDeactivated: ended('high'),
  SuspensionReviewed: updated('low'),
  SuspensionOverdue: finding('high'),
  CardRetired: ended('low'),
  FieldLeaseGiven: updated('low'),
  ModuleInitialized: created(),
  ModuleDelivered: updated(),
  ModulePlaced: updated(),
  ModuleMoved: updated('high'),
  PersonalizationReserved: updated(),
  PersonalizationReleased: updated(),
  ModuleEnteredOperation: activated,
  ModuleReset: updated('medium'),
  ModuleRetired: ended('low'),
  PersonalizationStarted: call(1),
  ModuleIdentified: call(2),
  ModuleKeyReceived: call(1),
  CertificateIssued: created(),
  CertificateInstalled: updated(),
  PersonalizationCompleted: call(3),
  PersonalizationFailed: refused(call(3)),
  PersonalizationOverdue: finding('medium'),
  CertificateRecorded: created(),
  CertificateRevoked: ended('medium'),
  SigningKeyTrusted: updated('medium'),
  SigningKeyDisabled: updated('high'),
  TrustListPublished: updated(),
  TrustListEnforced: updated(),
  SessionEstablished: logon(1),
  SessionRefused: refused(logon(1)),
  SessionClosed: logon(2),
  TransactionAuthorized: call(3),
  TransactionRefused: refused(call(3)),
  OperatorEnrolled: account(1, 'medium'),
  CredentialAdded: account(99, 'medium'),
  ProviderLinked: account(99, 'medium'),
  CredentialWithdrawn: account(99),
  RoleGranted: account(7, 'medium'),
  RoleWithdrawn: account(8),
  OperatorSuspended: account(9, 'medium'),
  OperatorWithdrawn: account(5),
  OperatorErased: account(6),
  SignedIn: logon(1),
  SignedOut: logon(2),
  ReportAccepted: call(3),
  ReportContested: finding('high'),
  OperationRefused: refused(call(99)),
};

export interface OcsfEvent {
  readonly class_uid: number;
  readonly [member: string]: unknown;
}

/** What was contested or is of no known type is a finding: somebody should look. */
function meaningOf(type: string): Meaning {
  return Object.hasOwn(MEANINGS, type) ? MEANINGS[type as EventType] : finding('medium');
}

/** `log` is the identity of the log. */
export function ocsfOf(event: StoredEvent, log: string): OcsfEvent {
  const { class: name, activity, severity, failed } = meaningOf(event.type);
  const { class_uid, category_uid } = CLASSES[name];
  const actor = event.metadata.actor ?? 'unknown';
  const { code, message } = (event.data ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  return {
    activity_id: activity,
    category_uid,
    class_uid,
    type_uid: class_uid * 100 + activity,
    severity_id: SEVERITY[severity],
    time: Date.parse(event.occurredAt),
    status_id: failed === true ? 2 : 1,
    ...(typeof code === 'string' ? { status_code: code } : {}),
    ...(typeof message === 'string' ? { status_detail: message } : {}),
    message: event.type,
    actor: { user: { name: actor.replace(/^[a-z]+:/, ''), uid: actor, type_id: actor.startsWith('person:') ? 1 : 3 } },
    ...ofClass(name, event),
    metadata: {
      version: OCSF_VERSION,
      product: { name: 'Keyledger', vendor_name: 'Keyledger' },
      uid: event.id,
      log_name: log,
      event_code: event.type,
      sequence: Number(event.position),
      logged_time: Date.parse(event.recordedAt),
      original_time: event.occurredAt,
      correlation_uid: event.metadata.command,
    },
    unmapped: {
      stream: event.stream,
      revision: Number(event.revision),
      position: event.position,
      schemaVersion: event.schemaVersion,
      data: event.data,
    },
  };
}

/** What each class demands beside the base. */
function ofClass(name: OcsfClass, { stream, type, id, metadata }: StoredEvent): object {
  const entity = { type: roomOfStream(stream) ?? 'refusal', uid: stream, name: stream };
  switch (name) {
    case 'finding':
      return { finding_info: { uid: id, title: type, desc: `${type} in ${stream}` } };
    case 'account':
      return { user: { uid: stream, name: stream.replace(/^operator-/, '') } };
    case 'authentication':
      return {
        user: { uid: metadata.actor ?? 'unknown', name: (metadata.actor ?? 'unknown').replace(/^[a-z]+:/, '') },
      };
    case 'entity':
      return { entity };
    case 'api':
      return { api: { operation: type }, resources: [entity] };
  }
}
