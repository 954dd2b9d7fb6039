import { describe, test } from '@jest/globals';
import { given } from '#test/kit/given.ts';
import { lifecycle } from '#test/kit/lifecycle.ts';
import { type ManufacturerEvent, manufacturerDecider } from './manufacturer.ts';

const key = { manufacturer: 'maker-2', root: 'root-2', certificate: 'der', order: 'order-a' } as const;
const register = { do: 'RegisterManufacturerKey', founded: false, ...key } as const;
const registered: ManufacturerEvent = { type: 'ManufacturerKeyRegistered', data: key };
const why = { root: 'root-2', order: 'order-b', reason: 'stolen' } as const;
const withdraw = { do: 'WithdrawManufacturerKey', founded: false, ...why } as const;
const withdrawn: ManufacturerEvent = { type: 'ManufacturerKeyWithdrawn', data: why };

describe('S24c a manufacturer root', () => {
  test('is registered once, and not where it stands in the founding', () => {
    given(manufacturerDecider).when(register).then(registered);
    given(manufacturerDecider, registered).when(register).nothing();
    given(manufacturerDecider, registered)
      .when({ ...register, order: 'order-x' })
      .refused('MANUFACTURER_KNOWN');
    given(manufacturerDecider)
      .when({ ...register, founded: true })
      .refused('MANUFACTURER_KNOWN');
  });

  test('is withdrawn for ever, that of the founding too', () => {
    given(manufacturerDecider).when(withdraw).refused('MANUFACTURER_UNKNOWN');
    given(manufacturerDecider, registered).when(withdraw).then(withdrawn);
    given(manufacturerDecider, registered, withdrawn).when(withdraw).nothing();
    given(manufacturerDecider)
      .when({ ...withdraw, founded: true })
      .then(withdrawn);
    given(manufacturerDecider, withdrawn)
      .when({ ...register, founded: true })
      .refused('MANUFACTURER_WITHDRAWN');
  });

  test('lifecycle', () => {
    lifecycle(manufacturerDecider, {
      golden: new URL('./manufacturer.lifecycle.txt', import.meta.url),
      commands: { register, withdraw },
      variants: {
        'register by another order': { ...register, order: 'order-x' },
        'register the founded': { ...register, order: 'order-y', founded: true },
        'withdraw by another order': { ...withdraw, order: 'order-z' },
      },
      shows: ({ is }) => is,
    });
  });
});
