/** Which check each event type has beside its shape and its room: one row per type. Reports have theirs when they are judged. */
import type { RoomEvent } from '#libs/domain/rooms.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import type { Refusal } from '#libs/kernel/refusal.ts';
import * as acts from './acts.ts';
import * as disabling from './disabling.ts';
import * as reviews from './reviews.ts';
import { cardUsed } from './card-log.ts';
import { cardLogDiverged, cardLogHealed, cardLogRead } from './card-logs.ts';
import { certificateContested, certificateIssued, certificateRecorded, certificateRevoked } from './certificates.ts';
import { cardActivated, signingKeyCertified } from './chip-cards.ts';
import { adopted } from './approver-sets.ts';
import { fieldLeaseGiven } from './field-leases.ts';
import { checkpointKeyIntroduced, founded } from './genesis.ts';
import type { Known } from './known.ts';
import { manufacturerRegistered, manufacturerWithdrawn } from './manufacturers.ts';
import {
  certificateInstalled,
  installedContested,
  moduleEnteredOperation,
  moduleIdentified,
  moduleInitialized,
  moduleKeyReceived,
} from './modules.ts';
import { operatorChanged, operatorErased } from './operators.ts';
import * as orders from './orders.ts';
import { signedIn, signedOut } from './sign-ins.ts';
import { sessionEstablished, transactionAuthorized } from './transactions.ts';
import { witnessAdmitted } from './witnesses.ts';

/** Judges an event by what is known, and then remembers it. */
export type Subject = (known: Known, event: StoredEvent) => Refusal | null;

type Rows = Readonly<Partial<Record<RoomEvent['type'], Subject>>>;

export const SUBJECTS: Rows = {
  DeploymentFounded: founded,
  CheckpointKeyIntroduced: checkpointKeyIntroduced,
  WitnessAdmitted: witnessAdmitted,
  ApproverSetAdopted: adopted,
  OrderRequested: orders.requested,
  OrderApproved: orders.approved,
  OrderDeclined: orders.declined,
  OrderWithdrawn: orders.withdrawn,
  OrderExpired: orders.expired,
  OrderSpent: orders.spent,
  ManufacturerKeyRegistered: manufacturerRegistered,
  ManufacturerKeyWithdrawn: manufacturerWithdrawn,
  UnitEnrolled: acts.unitEnrolled,
  StationRegistered: acts.stationRegistered,
  StationKeyIntroduced: acts.stationKeyIntroduced,
  CardIssued: acts.cardIssued,
  SigningKeyCertified: signingKeyCertified,
  CardActivated: cardActivated,
  CardUsed: cardUsed,
  CardLogDiverged: cardLogDiverged,
  CardLogHealed: cardLogHealed,
  SigningKeySuspended: disabling.signingKeySuspended,
  SuspensionReviewed: disabling.suspensionReviewed,
  SigningKeyDeactivated: disabling.signingKeyDeactivated,
  SuspensionOverdue: reviews.suspensionOverdue,
  DivergenceReviewed: reviews.divergenceReviewed,
  DivergenceOverdue: reviews.divergenceOverdue,
  SigningKeyCompromised: disabling.signingKeyCompromised,
  SigningKeyTrusted: acts.signingKeyTrusted,
  SigningKeyDisabled: disabling.signingKeyDisabled,
  ModuleInitialized: moduleInitialized,
  PersonalizationReserved: acts.personalizationReserved,
  ModuleReset: acts.moduleReset,
  ModuleRetired: acts.moduleRetired,
  CardRetired: acts.cardRetired,
  CertificateRecorded: certificateRecorded,
  OperatorEnrolled: operatorChanged,
  CredentialAdded: operatorChanged,
  ProviderLinked: operatorChanged,
  CredentialWithdrawn: operatorChanged,
  RoleGranted: operatorChanged,
  RoleWithdrawn: operatorChanged,
  OperatorSuspended: operatorChanged,
  OperatorWithdrawn: operatorChanged,
  OperatorErased: operatorErased,
  CertificateRevoked: certificateRevoked,
  SignedIn: signedIn,
  SignedOut: signedOut,
};

export const ACCEPTED: Rows = {
  ModuleIdentified: moduleIdentified,
  ModuleKeyReceived: moduleKeyReceived,
  CertificateIssued: certificateIssued,
  CertificateInstalled: certificateInstalled,
  CardLogRead: cardLogRead,
  FieldLeaseGiven: fieldLeaseGiven,
  ModuleEnteredOperation: moduleEnteredOperation,
  SessionEstablished: sessionEstablished,
  TransactionAuthorized: transactionAuthorized,
};

/** What is kept of a report that was contested; nothing of it is believed. */
export const CONTESTED: Rows = {
  CertificateInstalled: installedContested,
  CertificateIssued: certificateContested,
};

export function subjectOf(rows: Rows, type: string): Subject | null {
  return Object.hasOwn(rows, type) ? (rows[type as keyof Rows] ?? null) : null;
}
