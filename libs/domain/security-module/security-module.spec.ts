import { describe, test } from '@jest/globals';
import { refuse } from '#libs/kernel/refusal.ts';
import { given } from '#test/kit/given.ts';
import { lifecycle } from '#test/kit/lifecycle.ts';
import { accepted, contested, report } from '#test/kit/reports.ts';
import { judged } from '../report.ts';
import {
  type Initialization,
  type ModuleEnteredOperation,
  type SecurityModuleEvent,
  type SecurityModuleState,
  securityModuleDecider,
} from './security-module.ts';

const identity = { identityCertificate: 'identity', identityCa: 'identity ca' };
const initialization: Initialization = { serial: 'ATM-1', moduleClass: 'atm', ...identity };
const initialize = { do: 'InitializeModule', initialization } as const;
const deliver = { do: 'DeliverModule', to: 'bank' } as const;
const place = { do: 'PlaceModule', site: 'hamburg' } as const;
const reserve = (order: string, now = 100, until = 200) =>
  ({ do: 'ReservePersonalization', order, unit: 'unit-1', until, now }) as const;
const release = (order: string) => ({ do: 'ReleasePersonalization', order }) as const;
const word = { transferredTo: null, statement: 'statement', signature: 'signature' } as const;
const reset = (order = 'order-r', epoch = 1) => ({ do: 'ResetModule', epoch, order, ...word }) as const;

const initialized: SecurityModuleEvent = { type: 'ModuleInitialized', data: initialization };
const delivered: SecurityModuleEvent = { type: 'ModuleDelivered', data: { to: 'bank' } };
const placed: SecurityModuleEvent = { type: 'ModulePlaced', data: { site: 'hamburg' } };
const reserved = (order: string, until = 200): SecurityModuleEvent => ({
  type: 'PersonalizationReserved',
  data: { order, unit: 'unit-1', until },
});
const released = (order: string): SecurityModuleEvent => ({ type: 'PersonalizationReleased', data: { order } });
const entered = (order: string, epoch = 1, fingerprint = `print-${order}`): ModuleEnteredOperation => ({
  type: 'ModuleEnteredOperation',
  data: { order, fingerprint, epoch, statement: 'statement', signature: 'signature' },
});
const ending = { order: 'order-end', reason: 'broken' } as const;
const wasReset: SecurityModuleEvent = { type: 'ModuleReset', data: { epoch: 1, order: 'order-r', ...word } };
const retired: SecurityModuleEvent = { type: 'ModuleRetired', data: ending };

const inPlace = [initialized, delivered, placed] as const;
const operating = [...inPlace, reserved('order-a'), ...accepted(entered('order-a'))] as const;

describe('a security module comes to its place', () => {
  test('made once', () => {
    given(securityModuleDecider).when(initialize).then(initialized);
    given(securityModuleDecider, initialized).when(initialize).nothing();
    const other = { ...initialization, identityCertificate: 'other' };
    given(securityModuleDecider, initialized)
      .when({ ...initialize, initialization: other })
      .refused('MODULE_INITIALIZED');
  });

  test('delivered once, then placed', () => {
    given(securityModuleDecider).when(deliver).refused('MODULE_UNKNOWN');
    given(securityModuleDecider, initialized).when(deliver).then(delivered);
    given(securityModuleDecider, initialized, delivered).when(deliver).nothing();
    given(securityModuleDecider, initialized, delivered)
      .when({ ...deliver, to: 'other' })
      .refused('MODULE_DELIVERED');
    given(securityModuleDecider, initialized).when(place).refused('MODULE_NOT_DELIVERED');
    given(securityModuleDecider, initialized, delivered).when(place).then(placed);
    given(securityModuleDecider, ...inPlace)
      .when(place)
      .nothing();
  });

  test('and placed elsewhere before it is personalized; moved in operation is another thing, and seen (S08d)', () => {
    const there = { do: 'PlaceModule', site: 'kiel' } as const;
    given(securityModuleDecider, ...inPlace)
      .when(there)
      .then({ type: 'ModulePlaced', data: { site: 'kiel' } });
    given(securityModuleDecider, ...operating)
      .when(there)
      .then({ type: 'ModuleMoved', data: { from: 'hamburg', to: 'kiel' } });
  });
});

describe('a module is held by one order at a time', () => {
  test('while its reservation lasts', () => {
    given(securityModuleDecider, ...inPlace)
      .when(reserve('order-a'))
      .then(reserved('order-a'));
    given(securityModuleDecider, ...inPlace, reserved('order-a'))
      .when(reserve('order-b'))
      .refused('MODULE_RESERVED');
    given(securityModuleDecider, ...inPlace, reserved('order-a'))
      .when(reserve('order-b', 200, 300))
      .refused('MODULE_RESERVED');
    given(securityModuleDecider, ...inPlace, reserved('order-a'))
      .when(reserve('order-b', 201, 300))
      .then(reserved('order-b', 300));
  });

  test('which its holder may ask for again, and lengthen', () => {
    given(securityModuleDecider, ...inPlace, reserved('order-a'))
      .when(reserve('order-a'))
      .nothing();
    given(securityModuleDecider, ...inPlace, reserved('order-a'))
      .when(reserve('order-a', 150, 400))
      .then(reserved('order-a', 400));
    given(securityModuleDecider, ...inPlace, reserved('order-a'))
      .when({ ...reserve('order-a', 150, 400), unit: 'unit-2' })
      .refused('MODULE_RESERVED');
    given(securityModuleDecider, ...inPlace)
      .when(reserve('order-a', 200, 200))
      .refused('RESERVATION_OVER');
  });

  test('until it is released by that order', () => {
    const held = [...inPlace, reserved('order-a')] as const;
    given(securityModuleDecider, ...held)
      .when(release('order-a'))
      .then(released('order-a'));
    given(securityModuleDecider, ...held)
      .when(release('order-b'))
      .refused('MODULE_RESERVED');
    given(securityModuleDecider, ...held, released('order-a'))
      .when(release('order-a'))
      .nothing();
    given(securityModuleDecider, ...held, released('order-a'))
      .when(reserve('order-b'))
      .then(reserved('order-b'));
  });

  test('and not at its manufacturer', () => {
    given(securityModuleDecider, initialized).when(reserve('order-a')).refused('MODULE_NOT_DELIVERED');
  });

  test('S26c a module in operation is not reserved for a further personalization', () => {
    given(securityModuleDecider, ...operating)
      .when(reserve('order-b'))
      .refused('MODULE_OPERATING');
  });
});

describe('a module has one valid certificate', () => {
  const held = [...inPlace, reserved('order-a')] as const;

  test('that of the order which held it', () => {
    given(securityModuleDecider, ...held)
      .when(report(entered('order-a')))
      .then(...accepted(entered('order-a')));
    given(securityModuleDecider, ...operating)
      .when(report(entered('order-a')))
      .nothing();
    given(securityModuleDecider, ...inPlace)
      .when(report(entered('order-a')))
      .then(...contested(entered('order-a'), 'NOT_RESERVED'));
    given(securityModuleDecider, ...held)
      .when(report(entered('order-b')))
      .then(...contested(entered('order-b'), 'NOT_RESERVED'));
    given(securityModuleDecider)
      .when(report(entered('order-a')))
      .then(...contested(entered('order-a'), 'MODULE_UNKNOWN'));
    given(securityModuleDecider, ...held, retired)
      .when(report(entered('order-a')))
      .then(...contested(entered('order-a'), 'MODULE_RETIRED'));
  });

  test('another one is recorded and contested', () => {
    given(securityModuleDecider, ...operating)
      .when(report(entered('order-b', 2)))
      .then(...contested(entered('order-b', 2), 'SECOND_CERTIFICATE'));
    const second = entered('order-a', 2, 'another certificate');
    given(securityModuleDecider, ...operating)
      .when(report(second))
      .then(...contested(second, 'SECOND_CERTIFICATE'));
  });

  test('what the witness contests does not put it into operation', () => {
    const finding = refuse('BAD_SIGNATURE', 'The signature does not hold.');
    const forged = judged(entered('order-a'), finding);
    given(securityModuleDecider, ...held)
      .when({ ...report(entered('order-a')), contest: finding })
      .then(...forged);
    given(securityModuleDecider, ...operating)
      .when({ ...report(entered('order-a')), contest: finding })
      .then(...forged);
    given(securityModuleDecider, ...held, ...forged)
      .when(report(entered('order-a')))
      .then(...accepted(entered('order-a')));
  });

  test('after a reset a new one, of a higher epoch', () => {
    given(securityModuleDecider, ...operating)
      .when(reset())
      .then(wasReset);
    given(securityModuleDecider, ...operating)
      .when(reset('order-r', 2))
      .refused('OTHER_EPOCH');
    given(securityModuleDecider, ...operating, wasReset)
      .when(reset())
      .nothing();
    given(securityModuleDecider, ...held)
      .when(reset())
      .refused('MODULE_NOT_OPERATING');
    const again = [...operating, wasReset, reserved('order-b')] as const;
    given(securityModuleDecider, ...operating, wasReset)
      .when(reserve('order-b'))
      .then(reserved('order-b'));
    given(securityModuleDecider, ...again)
      .when(report(entered('order-b', 1)))
      .then(...contested(entered('order-b', 1), 'EPOCH_NOT_RISEN'));
    given(securityModuleDecider, ...again)
      .when(report(entered('order-b', 3)))
      .then(...accepted(entered('order-b', 3)));
    given(securityModuleDecider, ...again, ...accepted(entered('order-b', 2)))
      .when(reset())
      .nothing();
  });
});

describe('a module that was transferred', () => {
  test('S26e belongs to another deployment, and is not heard of here any more', () => {
    const { do: _, ...data } = { ...reset(), transferredTo: 'genesis-2' };
    given(securityModuleDecider, ...operating)
      .when({ ...reset(), transferredTo: 'genesis-2' })
      .then({ type: 'ModuleReset', data });
    const gone: SecurityModuleEvent = { type: 'ModuleReset', data };
    given(securityModuleDecider, ...operating, gone)
      .when({ ...reset(), transferredTo: 'genesis-2' })
      .nothing();
    given(securityModuleDecider, ...operating, gone)
      .when(reserve('order-b'))
      .refused('MODULE_RETIRED');
    given(securityModuleDecider, ...operating, gone)
      .when(reset('order-s'))
      .refused('MODULE_RETIRED');
  });
});

describe('a retired module', () => {
  test('does nothing any more', () => {
    given(securityModuleDecider, ...operating)
      .when({ do: 'RetireModule', ...ending })
      .then(retired);
    given(securityModuleDecider, ...operating, retired)
      .when({ do: 'RetireModule', ...ending })
      .nothing();
    for (const command of [deliver, place, reserve('order-b'), release('order-b'), reset()])
      given(securityModuleDecider, ...operating, retired)
        .when(command)
        .refused('MODULE_RETIRED');
  });
});

test('lifecycle of a security module', () => {
  const words = (state: SecurityModuleState): string => {
    if (state.is === 'unknown') return state.is;
    const order = state.reservation?.order ?? state.operation?.order ?? 'no order';
    return `${state.is} for ${order}, site ${state.site ?? '-'}, epoch ${state.epoch}, last reset ${state.lastReset ?? '-'}`;
  };
  lifecycle(securityModuleDecider, {
    golden: new URL('./security-module.lifecycle.txt', import.meta.url),
    commands: {
      initialize,
      deliver,
      place,
      'reserve for a': reserve('order-a'),
      'reserve for b': reserve('order-b'),
      'reserve for b after the end of a': reserve('order-b', 201, 300),
      'release a': release('order-a'),
      'enter operation under a, epoch 1': report(entered('order-a', 1)),
      'enter operation under b, epoch 2': report(entered('order-b', 2)),
      'reset epoch 1': reset(),
      retire: { do: 'RetireModule', ...ending },
    },
    sees: (state) => state.room,
    shows: ({ room }) => words(room),
  });
});
