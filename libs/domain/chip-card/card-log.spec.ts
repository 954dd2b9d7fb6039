import { describe, test } from '@jest/globals';
import { refuse } from '#libs/kernel/refusal.ts';
import {
  activated,
  active,
  certified,
  compromised,
  diverged,
  divergence,
  issued,
  read,
  recordDivergences,
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

  test('whatever its number and head, and whatever the state of the key: it is a fact', () => {
    given(chipCardDecider, ...active)
      .when(use(2))
      .then(used(2));
    given(chipCardDecider, ...active, used(2))
      .when(use(1))
      .then(used(1));
    given(chipCardDecider, ...active, used(1))
      .when(use(1, 'head-x'))
      .then(used(1, 'head-x'));
    for (const events of [[], [activated, suspended], [activated, compromised], [activated, retired]])
      given(chipCardDecider, issued, certified, ...events)
        .when(use(1))
        .then(used(1));
  });

  test('a reading of its log is recorded once', () => {
    const once = [...active, used(1), ...accepted(read(1))] as const;
    given(chipCardDecider, ...active, used(1))
      .when(report(read(1)))
      .then(...accepted(read(1)));
    given(chipCardDecider, ...once)
      .when(report(read(1)))
      .nothing();
    given(chipCardDecider, ...once)
      .when(report(read(1, 'head-x')))
      .then(...accepted(read(1, 'head-x')));
  });

  test('S29a a disagreement is recorded once, however often it is found', () => {
    const [clone, rogue] = [divergence(1, 'cloned-card', 'head-x'), divergence(2, 'rogue-signature')];
    given(chipCardDecider, ...active, used(1))
      .when(recordDivergences(clone, clone, rogue))
      .then(diverged(1, 'cloned-card', 'head-x'), diverged(2, 'rogue-signature'));
    given(chipCardDecider, ...active, diverged(1, 'cloned-card', 'head-x'))
      .when(recordDivergences(clone, rogue))
      .then(diverged(2, 'rogue-signature'));
    given(chipCardDecider, ...active, diverged(1, 'cloned-card', 'head-x'))
      .when(recordDivergences(clone))
      .nothing();
    given(chipCardDecider, issued).when(recordDivergences(clone)).refused('NO_SIGNING_KEY');
  });

  test('S29a an upload that was missing and came is said to have come, once', () => {
    const came = { number: 1, head: 'head-1' };
    const missing = [...active, diverged(1, 'missing-upload')] as const;
    const heal = { ...recordDivergences(), healed: [came] };
    const healed = { type: 'CardLogHealed', data: came } as const;
    given(chipCardDecider, ...active)
      .when(heal)
      .nothing();
    given(chipCardDecider, ...missing)
      .when(heal)
      .then(healed);
    given(chipCardDecider, ...missing, healed)
      .when(heal)
      .nothing();
    given(chipCardDecider, ...active)
      .when({ ...heal, divergences: [divergence(1, 'missing-upload')] })
      .then(diverged(1, 'missing-upload'), healed);
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

describe('S29a an alarm of a card is somebody’s to look at', () => {
  const alarm = { kind: 'cloned-card', number: 1, head: 'head-1' } as const;
  const review = (order = 'order-r') =>
    ({ do: 'ReviewDivergence', review: { ...alarm, reason: 'known-copy', order } }) as const;
  const due = { do: 'MarkDivergenceOverdue', alarm } as const;
  const reviewed = { type: 'DivergenceReviewed', data: review().review } as const;
  const overdue = { type: 'DivergenceOverdue', data: alarm } as const;
  const cloned = [...active, diverged(1, 'cloned-card')] as const;

  test('once, by an order', () => {
    given(chipCardDecider, ...cloned)
      .when(review())
      .then(reviewed);
    given(chipCardDecider, ...cloned, reviewed)
      .when(review())
      .nothing();
    given(chipCardDecider, ...cloned, reviewed)
      .when(review('order-r2'))
      .refused('ALARM_REVIEWED');
    given(chipCardDecider, ...active)
      .when(review())
      .refused('ALARM_UNKNOWN');
    given(chipCardDecider, ...active, diverged(1, 'lost-tail'))
      .when(review())
      .refused('ALARM_UNKNOWN');
    given(chipCardDecider, issued).when(review()).refused('NO_SIGNING_KEY');
  });

  test('and said to be overdue once, unless somebody looked', () => {
    given(chipCardDecider, ...cloned)
      .when(due)
      .then(overdue);
    given(chipCardDecider, ...cloned, overdue)
      .when(due)
      .nothing();
    given(chipCardDecider, ...cloned, overdue)
      .when(review())
      .then(reviewed);
    given(chipCardDecider, ...cloned, reviewed)
      .when(due)
      .refused('ALARM_REVIEWED');
    given(chipCardDecider, ...active)
      .when(due)
      .refused('ALARM_UNKNOWN');
  });

  test('a missing upload is none', () => {
    const missing = { kind: 'missing-upload', number: 1, head: 'head-1' } as const;
    given(chipCardDecider, ...active, diverged(1, 'missing-upload'))
      .when({ do: 'MarkDivergenceOverdue', alarm: missing })
      .refused('ALARM_UNKNOWN');
  });
});
