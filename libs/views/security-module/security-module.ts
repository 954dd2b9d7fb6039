/** Security modules: where each is in its life, who holds it, what it operates with, and how far its personalization has come. */
import type { PersonalizationEvent } from '#libs/domain/personalization/personalization.ts';
import type { KnownModule, SecurityModuleEvent } from '#libs/domain/security-module/security-module.ts';
import { fromBase64url } from '#libs/kernel/bytes.ts';
import { rfc3339Of } from '#libs/kernel/clock.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { statedBy } from '../certificate/certificate.ts';
import { isRun, runOf } from '../run.ts';
import { type Moved, type Row, begun, behind, viewOf } from '../view.ts';

export interface SecurityModuleRow extends Row {
  readonly id: string;
  readonly since: number;
  readonly state: KnownModule['is'];
  readonly moduleClass: string;
  readonly identity: string;
  readonly deliveredTo: string | null;
  readonly site: string | null;
  /** Order that reserved it or under which it operates. */
  readonly orderId: string | null;
  readonly unit: string | null;
  readonly reservedUntil: string | null;
  /** Of the certificate with which it operates. */
  readonly fingerprint: string | null;
  readonly epoch: number;
  readonly lastReset: string | null;
  /** Last event of a personalization that counts. */
  readonly step: string | null;
  readonly stepOrder: string | null;
  readonly failure: string | null;
  /** How sure the last issue was of the module. */
  readonly assurance: string | null;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly position: string;
}

const FREE = { orderId: null, unit: null, reservedUntil: null } as const;

export const securityModuleView = viewOf<SecurityModuleRow, SecurityModuleEvent | PersonalizationEvent>({
  name: 'security_module',
  columns: [
    'id',
    'since',
    'state',
    'moduleClass',
    'identity',
    'deliveredTo',
    'site',
    'orderId',
    'unit',
    'reservedUntil',
    'fingerprint',
    'epoch',
    'lastReset',
    'step',
    'stepOrder',
    'failure',
    'assurance',
    'firstAt',
    'lastAt',
    'position',
  ],
  types: [
    'ModuleInitialized',
    'ModuleDelivered',
    'ModulePlaced',
    'ModuleMoved',
    'PersonalizationReserved',
    'PersonalizationReleased',
    'ModuleEnteredOperation',
    'ModuleReset',
    'ModuleRetired',
    'PersonalizationStarted',
    'ModuleIdentified',
    'ModuleKeyReceived',
    'CertificateIssued',
    'CertificateInstalled',
    'PersonalizationCompleted',
    'PersonalizationFailed',
    'PersonalizationOverdue',
  ],
  keysOf: (_fact, { stream }) => [isRun(stream) ? runOf(stream).serial : behind('security-module-', stream)],
  apply: (row, moved) => {
    const { fact, stream, at } = moved;
    if (fact.type === 'ModuleInitialized') return initialized(moved, fact.data);
    if (row === null) return null;
    if (isRun(stream)) {
      const failure = fact.type === 'PersonalizationFailed' ? fact.data.code : null;
      const assurance = fact.type === 'CertificateIssued' ? statedBy(fact.data.entry).assurance : row.assurance;
      return { ...row, step: fact.type, stepOrder: runOf(stream).order, failure, assurance, ...at };
    }
    return { ...row, ...changed(fact), ...at };
  },
});

function initialized(
  moved: Moved<unknown>,
  { moduleClass, identityCertificate }: Extract<SecurityModuleEvent, { type: 'ModuleInitialized' }>['data'],
): SecurityModuleRow {
  const identity = hashId(fromBase64url(identityCertificate) ?? new Uint8Array());
  return {
    ...begun(moved),
    state: 'initialized',
    moduleClass,
    identity,
    deliveredTo: null,
    site: null,
    ...FREE,
    fingerprint: null,
    epoch: 0,
    lastReset: null,
    step: null,
    stepOrder: null,
    failure: null,
    assurance: null,
  };
}

function changed(fact: SecurityModuleEvent | PersonalizationEvent): Partial<SecurityModuleRow> {
  switch (fact.type) {
    case 'ModuleDelivered':
      return { state: 'delivered', deliveredTo: fact.data.to };
    case 'ModulePlaced':
      return { site: fact.data.site };
    case 'ModuleMoved':
      return { site: fact.data.to };
    case 'PersonalizationReserved': {
      const { order, unit, until } = fact.data;
      return { state: 'reserved', orderId: order, unit, reservedUntil: rfc3339Of(until) };
    }
    case 'PersonalizationReleased':
      return { state: 'delivered', ...FREE };
    case 'ModuleEnteredOperation': {
      const { order, fingerprint, epoch } = fact.data;
      return { state: 'operating', ...FREE, orderId: order, fingerprint, epoch };
    }
    case 'ModuleReset':
      return { state: 'delivered', ...FREE, fingerprint: null, assurance: null, lastReset: fact.data.order };
    case 'ModuleRetired':
      return { state: 'retired', unit: null, reservedUntil: null };
    default:
      return {};
  }
}
