import { describe, expect, test } from '@jest/globals';
import { fold } from '#libs/kernel/decider.ts';
import { refuse } from '#libs/kernel/refusal.ts';
import { given } from '#test/kit/given.ts';
import { lifecycle } from '#test/kit/lifecycle.ts';
import { accepted, contested, report } from '#test/kit/reports.ts';
import { judged } from '../report.ts';
import {
  type PersonalizationEvent,
  type PersonalizationReport,
  type PersonalizationState,
  personalizationDecider,
  personalizationStream,
} from './personalization.ts';

const started = (unit = 'unit-1'): PersonalizationReport => ({
  type: 'PersonalizationStarted',
  data: { order: 'order-a', serial: 'ATM-1', unit, technician: 'tom' },
});
const identified = (identity = 'identity'): PersonalizationReport => ({
  type: 'ModuleIdentified',
  data: { identity, exporter: 'exporter', unitTime: 1500 },
});
const keyed = (spki = 'spki', salt = 'salt'): PersonalizationReport => ({
  type: 'ModuleKeyReceived',
  data: {
    spki,
    salt,
    epoch: 1,
    birth: 'personalization',
    attestation: 'attestation',
    attestationSignature: 'signature',
  },
});
const issued = (fingerprint = 'print'): PersonalizationReport => ({
  type: 'CertificateIssued',
  data: { card: 'card-1', cardKey: 'key-1', number: 1, entry: 'entry', fingerprint },
});
const installed = (fingerprint = 'print'): PersonalizationReport => ({
  type: 'CertificateInstalled',
  data: { fingerprint, statement: 'statement', signature: 'signature' },
});
const completed: PersonalizationReport = { type: 'PersonalizationCompleted', data: { lineCleared: true } };
const failed = (code = 'CARD_PIN_BLOCKED'): PersonalizationReport => ({
  type: 'PersonalizationFailed',
  data: { code, message: 'The card is blocked.' },
});
const isOverdue: PersonalizationEvent = { type: 'PersonalizationOverdue', data: { at: '2026-01-01T00:00:00Z' } };
const markOverdue = { do: 'MarkOverdue', at: '2026-01-01T00:00:00Z' } as const;

const after = (...facts: readonly PersonalizationReport[]) => facts.flatMap((fact) => accepted(fact));
const run = [started(), identified(), keyed(), issued(), installed(), completed];
const is = (...facts: readonly PersonalizationReport[]) => fold(personalizationDecider, after(...facts)).room.is;

const takes = (before: readonly PersonalizationReport[], fact: PersonalizationReport) => {
  given(personalizationDecider, ...after(...before))
    .when(report(fact))
    .then(...accepted(fact));
};
const contests = (before: readonly PersonalizationReport[], fact: PersonalizationReport, code: string) => {
  given(personalizationDecider, ...after(...before))
    .when(report(fact))
    .then(...contested(fact, code));
};
const knows = (before: readonly PersonalizationReport[], fact: PersonalizationReport) => {
  given(personalizationDecider, ...after(...before))
    .when(report(fact))
    .nothing();
};

describe('a personalization goes step by step', () => {
  test('to its completion', () => {
    run.forEach((fact, at) => {
      takes(run.slice(0, at), fact);
    });
    expect(is(...run)).toBe('completed');
    expect(personalizationStream('order-a', 'ATM-1')).toBe('personalization-order-a-ATM-1');
  });

  test('S18a the module key comes after the module is identified on the secure line', () => {
    contests([started()], keyed(), 'OUT_OF_ORDER');
  });

  test('and no step without the one before it', () => {
    for (const fact of run.slice(1)) contests([], fact, 'OUT_OF_ORDER');
    contests(run.slice(0, 2), issued(), 'OUT_OF_ORDER');
    contests(run.slice(0, 3), installed(), 'OUT_OF_ORDER');
    contests(run.slice(0, 4), completed, 'OUT_OF_ORDER');
    contests(run.slice(0, 3), identified(), 'OUT_OF_ORDER');
    contests(run.slice(0, 5), keyed(), 'OUT_OF_ORDER');
  });

  test('with one certificate, the one that is installed', () => {
    contests(run.slice(0, 4), issued('another'), 'SECOND_CERTIFICATE');
    contests(run, issued('another'), 'SECOND_CERTIFICATE');
    contests(run.slice(0, 4), installed('another'), 'OTHER_CERTIFICATE');
  });

  test('and nothing after its end', () => {
    for (const fact of [started(), identified(), keyed(), failed()]) contests(run, fact, 'AFTER_END');
    for (const fact of [started(), identified(), keyed(), issued(), installed(), completed, failed('OTHER')])
      contests([started(), failed()], fact, 'AFTER_END');
  });

  test('what was said before is not said twice', () => {
    knows(run.slice(0, 4), issued());
    knows(run, installed());
    knows(run, completed);
    knows([started(), failed()], failed());
  });

  test('a contested step moves nothing', () => {
    const finding = refuse('ATTESTATION', 'The attestation does not hold.');
    const forged = judged(keyed(), finding);
    const upTo = after(started(), identified());
    given(personalizationDecider, ...upTo)
      .when({ ...report(keyed()), contest: finding })
      .then(...forged);
    given(personalizationDecider, ...upTo, ...forged)
      .when(report(issued()))
      .then(...contested(issued(), 'OUT_OF_ORDER'));
    expect(fold(personalizationDecider, [...upTo, ...forged]).contested).toBe(1);
    given(personalizationDecider, ...after(...run))
      .when({ ...report(completed), contest: finding })
      .then(...judged(completed, finding));
  });
});

describe('after an interruption', () => {
  const interrupted = [...run.slice(0, 4), started(), identified()];

  test('the same unit starts again with the same module', () => {
    run.slice(0, 5).forEach((_fact, at) => {
      takes(run.slice(0, at + 1), started());
    });
    contests(run.slice(0, 2), started('unit-2'), 'OTHER_UNIT');
    contests([...run.slice(0, 2), started()], identified('another module'), 'OTHER_MODULE');
  });

  test('the key may be another one only where no certificate was issued', () => {
    takes([...run.slice(0, 3), started(), identified()], keyed('another spki'));
    takes(run.slice(0, 3), keyed('spki', 'another salt'));
    takes(interrupted, keyed('spki', 'another salt'));
    contests(interrupted, keyed('another spki'), 'OTHER_KEY');
  });

  test('the stored answer of the card is known, and is installed', () => {
    knows([...interrupted, keyed()], issued());
    contests(interrupted, issued('another'), 'SECOND_CERTIFICATE');
    takes([...interrupted, keyed()], installed());
  });

  test('a report that was lost may follow in the next attempt', () => {
    takes([...run.slice(0, 3), started()], issued());
    takes([...run.slice(0, 4), started()], installed());
    contests([...run.slice(0, 4), started()], installed('another'), 'OTHER_CERTIFICATE');
    takes([...run.slice(0, 5), started()], completed);
  });

  test('nothing is certified that was not received, and nothing completed that was not installed', () => {
    contests([...run.slice(0, 2), started(), identified()], issued(), 'OUT_OF_ORDER');
    contests([...run.slice(0, 3), started(), identified()], installed(), 'OUT_OF_ORDER');
    contests(interrupted, completed, 'OUT_OF_ORDER');
    contests([...run.slice(0, 5), started(), identified()], keyed(), 'OUT_OF_ORDER');
  });

  test('what was installed needs only to be completed', () => {
    takes([...run.slice(0, 5), started(), identified()], completed);
    knows([...run.slice(0, 5), started()], installed());
  });
});

describe('an overdue personalization', () => {
  test('is marked once, while it is under way', () => {
    given(personalizationDecider).when(markOverdue).refused('NOT_OVERDUE');
    given(personalizationDecider, ...after(started()))
      .when(markOverdue)
      .then(isOverdue);
    given(personalizationDecider, ...after(started()), isOverdue)
      .when(markOverdue)
      .nothing();
    given(personalizationDecider, ...after(...run))
      .when(markOverdue)
      .refused('NOT_OVERDUE');
    given(personalizationDecider, ...after(started(), failed()))
      .when(markOverdue)
      .refused('NOT_OVERDUE');
  });

  test('may still be completed, and stays known as late', () => {
    const late = [...after(...run.slice(0, 5)), isOverdue];
    given(personalizationDecider, ...late)
      .when(report(completed))
      .then(...accepted(completed));
    expect(fold(personalizationDecider, [...late, ...accepted(completed)]).room).toMatchObject({
      is: 'completed',
      wasOverdue: true,
    });
  });
});

test('lifecycle of a personalization', () => {
  const words = (state: PersonalizationState): string => {
    if (state.is === 'none') return state.is;
    const known =
      [state.identity, state.spki, state.fingerprint].filter((one) => one !== null).join(' ') || 'nothing yet';
    return `${state.is}, knows ${known}${state.installed ? ', installed' : ''}${state.wasOverdue ? ', was overdue' : ''}`;
  };
  lifecycle(personalizationDecider, {
    golden: new URL('./personalization.lifecycle.txt', import.meta.url),
    commands: {
      start: report(started()),
      identify: report(identified()),
      'receive key': report(keyed()),
      'issue certificate': report(issued()),
      install: report(installed()),
      complete: report(completed),
      fail: report(failed()),
      'mark overdue': markOverdue,
    },
    variants: {
      'start with another unit': report(started('unit-2')),
      'receive another key': report(keyed('spki-2')),
      'issue another certificate': report(issued('print-2')),
    },
    sees: (state) => state.room,
    shows: ({ room }) => words(room),
  });
});
