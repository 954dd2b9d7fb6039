import { describe, test } from '@jest/globals';
import { refuse } from '#libs/kernel/refusal.ts';
import {
  activated,
  active,
  certified,
  compromised,
  diverged,
  issued,
  read,
  retired,
  suspended,
  use,
  used,
} from '#test/kit/card-examples.ts';
import { given } from '#test/kit/given.ts';
import { accepted, contested, report } from '#test/kit/reports.ts';
import { judged } from '../report.ts';
import { chipCardDecider } from './chip-card.ts';

describe('every use of a chip card is recorded', () => {
  test('in dense numbers', () => {
    given(chipCardDecider, ...active)
      .when(use(1))
      .then(used(1));
    given(chipCardDecider, ...active, used(1))
      .when(use(2))
      .then(used(2));
    given(chipCardDecider, ...active, used(1))
      .when(use(1))
      .nothing();
    given(chipCardDecider, ...active)
      .when(use(0))
      .refused('BAD_NUMBER');
    given(chipCardDecider).when(use(1)).refused('CARD_UNKNOWN');
  });

  test('a gap shows, and may be filled later', () => {
    given(chipCardDecider, ...active)
      .when(use(2))
      .then(used(2), diverged(2, 'gap'));
    given(chipCardDecider, ...active, used(2), diverged(2, 'gap'))
      .when(use(1))
      .then(used(1));
  });

  test('one number with two heads shows a clone', () => {
    given(chipCardDecider, ...active, used(1))
      .when(use(1, 'head-x'))
      .then(used(1, 'head-x'), diverged(1, 'fork'));
    given(chipCardDecider, ...active, used(1), used(1, 'head-x'))
      .when(use(1, 'head-x'))
      .nothing();
  });

  test.each([
    ['before its activation', []],
    ['while it is suspended', [activated, suspended]],
    ['after it was compromised', [activated, compromised]],
    ['after it was retired', [activated, retired]],
  ] as const)('also %s, and that shows', (_when, events) => {
    given(chipCardDecider, issued, certified, ...events)
      .when(use(1))
      .then(used(1), diverged(1, 'used-while-disabled'));
  });

  test('a reading of its log must agree with the uses', () => {
    const twice = [...active, used(1), used(2)] as const;
    given(chipCardDecider, ...twice)
      .when(report(read(2)))
      .then(...accepted(read(2)));
    given(chipCardDecider, ...twice, ...accepted(read(2)))
      .when(report(read(2)))
      .nothing();
    given(chipCardDecider, ...twice)
      .when(report(read(2, 'head-x')))
      .then(...accepted(read(2, 'head-x')), diverged(2, 'fork', null));
    given(chipCardDecider, ...twice)
      .when(report(read(1)))
      .then(...accepted(read(1)), diverged(1, 'rolled-back', null));
  });

  test('a reading may be ahead of the reports, which must then agree with it', () => {
    const ahead = [...active, ...accepted(read(2))] as const;
    given(chipCardDecider, ...active)
      .when(report(read(2)))
      .then(...accepted(read(2)));
    given(chipCardDecider, ...ahead, used(1))
      .when(use(2))
      .then(used(2));
    given(chipCardDecider, ...ahead, used(1))
      .when(use(2, 'head-x'))
      .then(used(2, 'head-x'), diverged(2, 'fork'));
    given(chipCardDecider, ...ahead)
      .when(report(read(1)))
      .then(...accepted(read(1)), diverged(1, 'rolled-back', null));
  });

  test('a reading that the witness contests accuses nobody', () => {
    const finding = refuse('BAD_SIGNATURE', 'The signature does not hold.');
    given(chipCardDecider, ...active, used(1))
      .when({ ...report(read(1, 'head-x')), contest: finding })
      .then(...judged(read(1, 'head-x'), finding));
    given(chipCardDecider)
      .when(report(read(1)))
      .then(...contested(read(1), 'CARD_UNKNOWN'));
    given(chipCardDecider, issued)
      .when(report(read(1)))
      .then(...contested(read(1), 'NO_SIGNING_KEY'));
  });
});
