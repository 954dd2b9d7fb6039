/** Which keys a fact brings: by its type, with their names, holders and first states. */
import type { ApproverSetEvent } from '#libs/domain/approver-set/approver-set.ts';
import type { ChipCardEvent } from '#libs/domain/chip-card/chip-card.ts';
import type { LogEvent } from '#libs/domain/log/log.ts';
import type { ManufacturerEvent } from '#libs/domain/manufacturer/manufacturer.ts';
import type { OperatorEvent } from '#libs/domain/operator/operator.ts';
import type { PersonalizationEvent } from '#libs/domain/personalization/personalization.ts';
import type { SecurityModuleEvent } from '#libs/domain/security-module/security-module.ts';
import type { StationEvent } from '#libs/domain/station/station.ts';
import type { UnitEvent } from '#libs/domain/unit/unit.ts';
import { approvalJwk } from '#libs/kernel/approver-set.ts';
import { fromBase64url } from '#libs/kernel/bytes.ts';
import { hashId, thumbprint } from '#libs/kernel/hash.ts';
import type { KeyState } from '#libs/kernel/key-state.ts';
import { signInJwk } from '#libs/kernel/operator.ts';
import { parsedSet } from '../persons.ts';
import { isRun, runOf } from '../run.ts';
import { behind } from '../view.ts';

export type KeyFact =
  | LogEvent
  | ApproverSetEvent
  | ManufacturerEvent
  | Extract<UnitEvent, { type: 'UnitEnrolled' | 'UnitWithdrawn' }>
  | StationEvent
  | Exclude<
      ChipCardEvent,
      {
        type:
          | 'CardUsed'
          | 'FieldLeaseGiven'
          | 'CardLogRead'
          | 'CardLogDiverged'
          | 'CardLogHealed'
          | 'DivergenceReviewed'
          | 'DivergenceOverdue'
          | 'SuspensionOverdue';
      }
    >
  | Extract<
      SecurityModuleEvent,
      { type: 'ModuleInitialized' | 'ModuleEnteredOperation' | 'ModuleReset' | 'ModuleRetired' }
    >
  | Extract<PersonalizationEvent, { type: 'ModuleKeyReceived' }>
  | Extract<
      OperatorEvent,
      {
        type:
          'OperatorEnrolled' | 'CredentialAdded' | 'CredentialWithdrawn' | 'OperatorSuspended' | 'OperatorWithdrawn';
      }
    >;

export type KeyKind =
  | 'approval-key'
  | 'sign-in-credential'
  | 'lease-key'
  | 'trust-list-key'
  | 'log-key'
  | 'manufacturer-root'
  | 'card-maker-root'
  | 'unit-credential'
  | 'station-credential'
  | 'station-key'
  | 'device-key'
  | 'signing-key'
  | 'identity-key'
  | 'module-key';

export interface Known {
  readonly id: string;
  readonly kind: KeyKind;
  readonly name: string;
  readonly holder: string;
  readonly state: KeyState;
  readonly epoch?: number;
  readonly order?: string;
}

export function keyId(kind: KeyKind, name: string): string {
  return `${kind}:${name}`;
}

/** Of a module's own stream or of a personalization's. */
export function serialOf(stream: string): string {
  return isRun(stream) ? runOf(stream).serial : behind('security-module-', stream);
}

export function keysIn(fact: KeyFact, stream: string): readonly Known[] {
  switch (fact.type) {
    case 'DeploymentFounded':
      return ofFounding(fact.data);
    case 'CheckpointKeyIntroduced':
      return [key('log-key', fact.data.logKey, 'deployment')];
    case 'ApproverSetAdopted':
      return ofPersons(fact.data.document);
    case 'OperatorEnrolled':
    case 'CredentialAdded': {
      const { credential, order } = fact.data;
      return [{ ...key('sign-in-credential', thumbprint(credential), `person:${behind('operator-', stream)}`), order }];
    }
    case 'ManufacturerKeyRegistered': {
      const { manufacturer, root, order } = fact.data;
      return [{ ...key('manufacturer-root', root, `manufacturer:${manufacturer}`), order }];
    }
    case 'UnitEnrolled': {
      const { unit, credential, order } = fact.data;
      return [{ ...key('unit-credential', thumbprint(credential), `unit:${unit}`), order }];
    }
    case 'StationRegistered': {
      const { station, credential, order } = fact.data;
      return [{ ...key('station-credential', thumbprint(credential), `station:${station}`), order }];
    }
    case 'StationKeyIntroduced': {
      const holder = `station:${behind('station-', stream)}`;
      const { stationKey, nextKey } = fact.data;
      return [key('station-key', stationKey, holder), key('station-key', nextKey, holder, 'pre-active')];
    }
    case 'CardIssued': {
      const { card, deviceKey, order } = fact.data;
      return [{ ...key('device-key', hashOf(deviceKey), `card:${card}`), order }];
    }
    case 'SigningKeyCertified':
      return [key('signing-key', fact.data.cardKey, `card:${behind('card-', stream)}`, 'pre-active')];
    case 'ModuleInitialized':
      return [key('identity-key', hashOf(fact.data.identityCertificate), `module:${serialOf(stream)}`)];
    case 'ModuleKeyReceived':
      return [moduleKey(fact.data, stream)];
    default:
      return [];
  }
}

function key(...[kind, name, holder, state = 'active']: [KeyKind, string, string, KeyState?]): Known {
  return { id: keyId(kind, name), kind, name, holder, state };
}

function hashOf(base64url: string): string {
  return hashId(fromBase64url(base64url) ?? new Uint8Array());
}

function moduleKey({ spki, epoch }: { readonly spki: string; readonly epoch: number }, stream: string): Known {
  const { serial, order } = runOf(stream);
  const id = keyId('module-key', `${serial}:${epoch}`);
  return { ...key('module-key', hashOf(spki), `module:${serial}`, 'pre-active'), id, epoch, order };
}

function ofFounding(it: Extract<KeyFact, { type: 'DeploymentFounded' }>['data']): readonly Known[] {
  return [
    key('manufacturer-root', hashOf(it.manufacturerRoot), 'manufacturer'),
    key('card-maker-root', hashOf(it.cardMakerRoot), 'manufacturer'),
    key('lease-key', thumbprint(it.leaseKey), 'headquarters'),
    key('trust-list-key', thumbprint(it.trustListKey), 'deployment'),
    key('log-key', it.logKey, 'deployment'),
    ...ofPersons(it.approverSet),
    ...it.operators.map((one) => key('sign-in-credential', thumbprint(signInJwk(one)), `person:${one.id}`)),
  ];
}

function ofPersons(document: string): readonly Known[] {
  return parsedSet(document).persons.flatMap((person) =>
    person.keys.map((one) => key('approval-key', thumbprint(approvalJwk(one)), `person:${person.id}`)),
  );
}
