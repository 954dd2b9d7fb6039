/** Every event turned back into the command behind it, room by room; who signed what is judged elsewhere (`orders.ts`). */
import { type ApproverSetCommand, approverSetDecider } from '#libs/domain/approver-set/approver-set.ts';
import { type CertificateCommand, certificateDecider } from '#libs/domain/certificate/certificate.ts';
import { type ChipCardCommand, type ChipCardEvent, chipCardDecider } from '#libs/domain/chip-card/chip-card.ts';
import { type LogCommand, logDecider } from '#libs/domain/log/log.ts';
import { type PersonalizationCommand, personalizationDecider } from '#libs/domain/personalization/personalization.ts';
import type { Judgement } from '#libs/domain/report.ts';
import type { RoomName } from '#libs/domain/rooms.ts';
import {
  type SecurityModuleCommand,
  type SecurityModuleEvent,
  securityModuleDecider,
} from '#libs/domain/security-module/security-module.ts';
import { sessionDecider } from '#libs/domain/session/session.ts';
import { type SignInCommand, signInDecider } from '#libs/domain/sign-in/sign-in.ts';
import { type StationCommand, stationDecider } from '#libs/domain/station/station.ts';
import { type TrustListCommand, trustListDecider } from '#libs/domain/trust-list/trust-list.ts';
import { type UnitCommand, unitDecider } from '#libs/domain/unit/unit.ts';
import { never } from '#libs/kernel/refusal.ts';
import { manufacturerLife } from './manufacturers.ts';
import { operatorLife } from './retrace-operators.ts';
import { orderLife } from './retrace-orders.ts';
import { type StreamLife, lifeOf } from './stream-life.ts';

const reported = <Reported>(fact: Reported) => ({ do: 'Report', fact, contest: null }) as const;

const logLife = lifeOf(logDecider, (event): LogCommand => {
  switch (event.type) {
    case 'DeploymentFounded':
      return { do: 'Found', founding: event.data };
    case 'CheckpointKeyIntroduced':
      return { do: 'IntroduceCheckpointKey', logKey: event.data.logKey };
    case 'WitnessAdmitted':
      return { do: 'AdmitWitness', ...event.data };
    default:
      return never(event);
  }
});

const approverSetLife = lifeOf(approverSetDecider, ({ data }): ApproverSetCommand => ({
  do: 'AdoptApproverSet',
  ...data,
}));

const unitLife = lifeOf(unitDecider, (event): UnitCommand | null => {
  switch (event.type) {
    case 'UnitEnrolled':
      return { do: 'EnrolUnit', ...event.data };
    case 'UnitWithdrawn':
      return { do: 'WithdrawUnit' };
    case 'LineAttached':
    case 'LineDetached':
      return reported(event);
    case 'ReportAccepted':
    case 'ReportContested':
      return null;
    default:
      return never(event);
  }
});

/** A station's first key comes with its registration and is held against the order there; each later one was announced. */
const stationLife = lifeOf(stationDecider, (event, { state }): StationCommand | null => {
  switch (event.type) {
    case 'StationRegistered':
      return { do: 'RegisterStation', registration: event.data, key: { stationKey: '', spki: '', nextKey: '' } };
    case 'StationKeyIntroduced':
      return state.is === 'registered' && state.keys.length === 0
        ? null
        : { do: 'IntroduceStationKey', key: event.data };
    case 'StationKeyRetired':
      return { do: 'RetireStationKey', stationKey: event.data.stationKey };
    default:
      return never(event);
  }
});

const chipCardLife = lifeOf(chipCardDecider, cardCommand);

function cardCommand(event: ChipCardEvent | Judgement): ChipCardCommand | null {
  switch (event.type) {
    case 'CardIssued':
      return { do: 'IssueCard', issue: event.data };
    case 'SigningKeyCertified':
      return { do: 'CertifySigningKey', certified: event.data };
    case 'CardActivated':
      return { do: 'ActivateCard', ...event.data };
    case 'CardUsed':
      return { do: 'RecordUse', use: event.data };
    case 'CardLogRead':
    case 'FieldLeaseGiven':
      return reported(event);
    case 'SigningKeySuspended':
      return { do: 'SuspendSigningKey', ...event.data };
    case 'SuspensionReviewed':
      return { do: 'TrustAgain', cardKey: event.data.cardKey, order: event.data.by };
    case 'SigningKeyDeactivated':
      return { do: 'DeactivateSigningKey', ...event.data };
    case 'SigningKeyCompromised':
      return { do: 'CompromiseSigningKey', ...event.data };
    case 'SuspensionOverdue':
      return { do: 'MarkSuspensionOverdue', ...event.data };
    case 'DivergenceReviewed':
      return { do: 'ReviewDivergence', review: event.data };
    case 'DivergenceOverdue':
      return { do: 'MarkDivergenceOverdue', alarm: event.data };
    case 'CardRetired':
      return { do: 'RetireCard', ...event.data };
    case 'CardLogDiverged':
      return { do: 'RecordDivergences', divergences: [event.data], healed: [] };
    case 'CardLogHealed':
      return { do: 'RecordDivergences', divergences: [], healed: [event.data] };
    case 'ReportAccepted':
    case 'ReportContested':
      return null;
    default:
      return never(event);
  }
}

const securityModuleLife = lifeOf(securityModuleDecider, moduleCommand);

function moduleCommand(event: SecurityModuleEvent | Judgement): SecurityModuleCommand | null {
  switch (event.type) {
    case 'ModuleInitialized':
      return { do: 'InitializeModule', initialization: event.data };
    case 'ModuleDelivered':
      return { do: 'DeliverModule', to: event.data.to };
    case 'ModulePlaced':
      return { do: 'PlaceModule', site: event.data.site };
    case 'ModuleMoved':
      return { do: 'PlaceModule', site: event.data.to };
    case 'PersonalizationReserved':
      return { do: 'ReservePersonalization', ...event.data, now: event.data.until - 1 }; // the latest it can have been
    case 'PersonalizationReleased':
      return { do: 'ReleasePersonalization', order: event.data.order };
    case 'ModuleEnteredOperation':
      return reported(event);
    case 'ModuleReset':
      return { do: 'ResetModule', ...event.data };
    case 'ModuleRetired':
      return { do: 'RetireModule', ...event.data };
    case 'ReportAccepted':
    case 'ReportContested':
      return null;
    default:
      return never(event);
  }
}

const personalizationLife = lifeOf(personalizationDecider, (event): PersonalizationCommand | null => {
  switch (event.type) {
    case 'ReportAccepted':
    case 'ReportContested':
      return null;
    case 'PersonalizationOverdue':
      return { do: 'MarkOverdue', at: event.data.at };
    case 'PersonalizationStarted':
    case 'ModuleIdentified':
    case 'ModuleKeyReceived':
    case 'CertificateIssued':
    case 'CertificateInstalled':
    case 'PersonalizationCompleted':
    case 'PersonalizationFailed':
      return reported(event);
    default:
      return never(event);
  }
});

const certificateLife = lifeOf(certificateDecider, (event): CertificateCommand => {
  switch (event.type) {
    case 'CertificateRecorded':
      return { do: 'RecordCertificate', record: event.data };
    case 'CertificateRevoked':
      return { do: 'RevokeCertificate', ...event.data };
    default:
      return never(event);
  }
});

const trustListLife = lifeOf(trustListDecider, (event): TrustListCommand | null => {
  switch (event.type) {
    case 'SigningKeyTrusted':
      return { do: 'TrustSigningKey', ...event.data };
    case 'SigningKeyDisabled':
      return { do: 'DisableSigningKey', ...event.data };
    case 'TrustListPublished':
      return { do: 'PublishTrustList', ...event.data };
    case 'TrustListEnforced':
      return reported(event);
    case 'ReportAccepted':
    case 'ReportContested':
      return null;
    default:
      return never(event);
  }
});

const sessionLife = lifeOf(sessionDecider, (event) =>
  event.type === 'ReportAccepted' || event.type === 'ReportContested' ? null : reported(event),
);

const signInLife = lifeOf(signInDecider, (event): SignInCommand =>
  event.type === 'SignedIn' ? { do: 'SignIn', signIn: event.data } : { do: 'SignOut', by: event.data.by },
);

/** How a stream of each room begins its second life. */
export const LIVES: Readonly<Record<RoomName, () => StreamLife>> = {
  log: logLife,
  'approver-set': approverSetLife,
  order: orderLife,
  manufacturer: manufacturerLife,
  unit: unitLife,
  station: stationLife,
  'chip-card': chipCardLife,
  'security-module': securityModuleLife,
  personalization: personalizationLife,
  certificate: certificateLife,
  'trust-list': trustListLife,
  session: sessionLife,
  operator: operatorLife,
  'sign-in': signInLife,
};
