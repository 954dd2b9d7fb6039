import { describe, test } from '@jest/globals';
import { refuse } from '#libs/kernel/refusal.ts';
import { given } from '#test/kit/given.ts';
import { lifecycle } from '#test/kit/lifecycle.ts';
import { accepted, contested, report } from '#test/kit/reports.ts';
import { judged } from '../report.ts';
import { type SessionEvent, sessionDecider } from './session.ts';

const established: SessionEvent = {
  type: 'SessionEstablished',
  data: { station: 'north', serial: 'ATM-1', fingerprint: 'print', exporter: 'exporter' },
};
const sessionRefused: SessionEvent = {
  type: 'SessionRefused',
  data: { station: 'north', serial: null, code: 'KEY_COMPROMISED' },
};
const authorized = (counter: number, amount = 5000): SessionEvent => ({
  type: 'TransactionAuthorized',
  data: {
    counter,
    account: 'account hmac',
    amount,
    currency: 'EUR',
    authorization: 'authorization',
    authorizationSignature: 'signature',
    instruction: 'instruction',
    instructionSignature: 'signature',
  },
});
const refused = (counter: number): SessionEvent => ({
  type: 'TransactionRefused',
  data: { counter, code: 'NO_COVER' },
});
const closed: SessionEvent = { type: 'SessionClosed', data: { reason: 'done' } };

const after = (...facts: readonly SessionEvent[]) => facts.flatMap((fact) => accepted(fact));
const takes = (before: readonly SessionEvent[], fact: SessionEvent) => {
  given(sessionDecider, ...after(...before))
    .when(report(fact))
    .then(...accepted(fact));
};
const contests = (before: readonly SessionEvent[], fact: SessionEvent, code: string) => {
  given(sessionDecider, ...after(...before))
    .when(report(fact))
    .then(...contested(fact, code));
};

describe('a session', () => {
  test('is established or refused, once', () => {
    takes([], established);
    takes([], sessionRefused);
    contests([established], sessionRefused, 'SESSION_EXISTS');
    contests([sessionRefused], established, 'SESSION_WAS_REFUSED');
    contests([sessionRefused], authorized(1), 'SESSION_WAS_REFUSED');
  });

  test('has to be established before anything happens in it', () => {
    for (const fact of [authorized(1), refused(1), closed]) contests([], fact, 'NO_SESSION');
  });

  test('counts its transactions one by one', () => {
    takes([established], authorized(1));
    takes([established, authorized(1)], refused(2));
    contests([established], authorized(2), 'COUNTER_NOT_NEXT');
    contests([established, authorized(1), refused(2)], authorized(1), 'COUNTER_NOT_NEXT');
  });

  test('knows its last transaction again, but not an altered one', () => {
    given(sessionDecider, ...after(established, authorized(1)))
      .when(report(authorized(1)))
      .nothing();
    contests([established, authorized(1)], authorized(1, 9999), 'COUNTER_NOT_NEXT');
  });

  test('is over when it is closed', () => {
    takes([established], closed);
    for (const fact of [established, authorized(1), refused(1)])
      contests([established, closed], fact, 'SESSION_CLOSED');
    given(sessionDecider, ...after(established, closed))
      .when(report(closed))
      .nothing();
  });

  test('a transaction that the witness contests does not count', () => {
    const finding = refuse('BAD_SIGNATURE', 'The signature does not hold.');
    const forged = judged(authorized(1), finding);
    given(sessionDecider, ...after(established))
      .when({ ...report(authorized(1)), contest: finding })
      .then(...forged);
    given(sessionDecider, ...after(established, authorized(1)))
      .when({ ...report(authorized(1)), contest: finding })
      .then(...forged);
    given(sessionDecider, ...after(established), ...forged)
      .when(report(authorized(1)))
      .then(...accepted(authorized(1)));
  });

  test('lifecycle', () => {
    lifecycle(sessionDecider, {
      golden: new URL('./session.lifecycle.txt', import.meta.url),
      commands: {
        establish: report(established),
        refuse: report(sessionRefused),
        'authorize 1': report(authorized(1)),
        'refuse transaction 2': report(refused(2)),
        close: report(closed),
      },
      variants: {
        'authorize 1 altered': report(authorized(1, 9999)),
      },
      sees: (state) => state.room,
      shows: ({ room }) => (room.is === 'open' ? `open, last transaction ${room.counter}` : room.is),
    });
  });
});
