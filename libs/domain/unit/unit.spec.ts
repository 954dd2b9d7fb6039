import { describe, test } from '@jest/globals';
import { refuse } from '#libs/kernel/refusal.ts';
import { given } from '#test/kit/given.ts';
import { lifecycle } from '#test/kit/lifecycle.ts';
import { accepted, contested, report } from '#test/kit/reports.ts';
import { judged } from '../report.ts';
import { type LineAttached, type LineDetached, type UnitEnrolled, unitDecider } from './unit.ts';

const credential = { crv: 'P-256', kty: 'EC', x: 'x', y: 'y' } as const;
const enrol = { do: 'EnrolUnit', unit: 'unit-1', credential, order: 'order-a' } as const;
const enrolled: UnitEnrolled = { type: 'UnitEnrolled', data: { unit: 'unit-1', credential, order: 'order-a' } };
const withdrawn = { type: 'UnitWithdrawn', data: {} } as const;
const attached = (serial: string): LineAttached => ({
  type: 'LineAttached',
  data: { order: 'order-b', serial, link: 'v24', technician: 'tom' },
});
const detached = (serial: string): LineDetached => ({ type: 'LineDetached', data: { order: 'order-b', serial } });

describe('a personalization unit', () => {
  test('is enrolled once, by one order', () => {
    given(unitDecider).when(enrol).then(enrolled);
    given(unitDecider, enrolled).when(enrol).nothing();
    given(unitDecider, enrolled)
      .when({ ...enrol, order: 'order-x' })
      .refused('UNIT_ENROLLED');
  });

  test('is withdrawn for good', () => {
    given(unitDecider).when({ do: 'WithdrawUnit' }).refused('UNIT_UNKNOWN');
    given(unitDecider, enrolled).when({ do: 'WithdrawUnit' }).then(withdrawn);
    given(unitDecider, enrolled, withdrawn).when({ do: 'WithdrawUnit' }).nothing();
    given(unitDecider, enrolled, withdrawn).when(enrol).refused('UNIT_WITHDRAWN');
  });

  test('has one line, which it may attach again to the same module', () => {
    const atOne = [enrolled, ...accepted(attached('ATM-1'))] as const;
    given(unitDecider, enrolled)
      .when(report(attached('ATM-1')))
      .then(...accepted(attached('ATM-1')));
    given(unitDecider, ...atOne)
      .when(report(attached('ATM-1')))
      .then(...accepted(attached('ATM-1')));
    given(unitDecider, ...atOne)
      .when(report(attached('ATM-2')))
      .then(...contested(attached('ATM-2'), 'LINE_BUSY'));
    given(unitDecider, ...atOne)
      .when(report(detached('ATM-2')))
      .then(...contested(detached('ATM-2'), 'NO_SUCH_LINE'));
    given(unitDecider, ...atOne, ...accepted(detached('ATM-1')))
      .when(report(attached('ATM-2')))
      .then(...accepted(attached('ATM-2')));
  });

  test('reports late after its withdrawal: contested, never refused', () => {
    given(unitDecider, enrolled, withdrawn)
      .when(report(attached('ATM-1')))
      .then(...contested(attached('ATM-1'), 'UNIT_WITHDRAWN'));
    given(unitDecider)
      .when(report(attached('ATM-1')))
      .then(...contested(attached('ATM-1'), 'UNIT_UNKNOWN'));
  });

  test("is contested first by the witness's finding", () => {
    const finding = refuse('BAD_SIGNATURE', 'The signature does not hold.');
    given(unitDecider, enrolled)
      .when({ ...report(attached('ATM-1')), contest: finding })
      .then(...judged(attached('ATM-1'), finding));
  });

  test('lifecycle', () => {
    lifecycle(unitDecider, {
      golden: new URL('./unit.lifecycle.txt', import.meta.url),
      commands: {
        enrol,
        'attach ATM-1': report(attached('ATM-1')),
        'detach ATM-1': report(detached('ATM-1')),
        withdraw: { do: 'WithdrawUnit' },
      },
      variants: {
        'enrol by another order': { ...enrol, order: 'order-x' },
        'attach ATM-2': report(attached('ATM-2')),
        'detach ATM-2': report(detached('ATM-2')),
      },
      sees: (state) => state.room,
      shows: ({ room }) => (room.is === 'enrolled' ? `enrolled, line ${room.line?.serial ?? 'free'}` : room.is),
    });
  });
});
