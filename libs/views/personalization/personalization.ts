/** Personalizations, each run from its start to its end, step by step, as the unit reported it and it was accepted. */
import type { PersonalizationEvent } from '#libs/domain/personalization/personalization.ts';
import { isRun, runOf } from '../run.ts';
import { type Row, begun, viewOf, withOne } from '../view.ts';

export interface PersonalizationRow extends Row {
  /** Its stream. */
  readonly id: string;
  readonly since: number;
  readonly state: 'running' | 'completed' | 'failed' | 'overdue';
  readonly serial: string;
  readonly orderId: string;
  readonly unit: string | null;
  readonly technician: string | null;
  /** Known once it has signed. */
  readonly card: string | null;
  readonly fingerprint: string | null;
  /** Type of the last step. */
  readonly step: string;
  /** Every step with its times. */
  readonly steps: string;
  /** Code of a failure. */
  readonly code: string | null;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly position: string;
}

/** One step; `at` by the record, `occurredAt` by the unit, RFC 3339. */
export interface StepCell {
  readonly step: string;
  readonly at: string;
  readonly occurredAt: string;
  readonly position: string;
}

export const personalizationView = viewOf<PersonalizationRow, PersonalizationEvent>({
  name: 'personalization',
  columns: [
    'id',
    'since',
    'state',
    'serial',
    'orderId',
    'unit',
    'technician',
    'card',
    'fingerprint',
    'step',
    'steps',
    'code',
    'firstAt',
    'lastAt',
    'position',
  ],
  types: [
    'PersonalizationStarted',
    'ModuleIdentified',
    'ModuleKeyReceived',
    'CertificateIssued',
    'CertificateInstalled',
    'PersonalizationCompleted',
    'PersonalizationFailed',
    'PersonalizationOverdue',
  ],
  keysOf: (_fact, { stream }) => (isRun(stream) ? [stream] : []),
  apply: (row, moved) => {
    const { fact, stream, at, occurredAt } = moved;
    const { order: orderId, serial } = runOf(stream);
    const nothing = { unit: null, technician: null, card: null, fingerprint: null, code: null, steps: '[]' };
    const before = row ?? { ...begun(moved), state: 'running' as const, serial, orderId, step: '', ...nothing };
    const step = { step: fact.type, at: at.lastAt, occurredAt, position: at.position };
    return { ...before, ...changed(fact), step: fact.type, steps: withOne(before.steps, step), ...at };
  },
});

function changed(fact: PersonalizationEvent): Partial<PersonalizationRow> {
  switch (fact.type) {
    case 'PersonalizationStarted':
      return { state: 'running', unit: fact.data.unit, technician: fact.data.technician, code: null };
    case 'CertificateIssued':
      return { card: fact.data.card, fingerprint: fact.data.fingerprint };
    case 'PersonalizationCompleted':
      return { state: 'completed' };
    case 'PersonalizationFailed':
      return { state: 'failed', code: fact.data.code };
    case 'PersonalizationOverdue':
      return { state: 'overdue' };
    default:
      return {};
  }
}
