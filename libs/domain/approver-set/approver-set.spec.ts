import { describe, test } from '@jest/globals';
import { NO_PREVIOUS_SET } from '#libs/kernel/approver-set.ts';
import { given } from '#test/kit/given.ts';
import { lifecycle } from '#test/kit/lifecycle.ts';
import { type Adoption, type ApproverSetAdopted, approverSetDecider } from './approver-set.ts';

const first: Adoption = {
  version: 1,
  hash: 'set-1',
  previous: NO_PREVIOUS_SET,
  document: '{"version":1}',
  order: null,
};
const second: Adoption = { version: 2, hash: 'set-2', previous: 'set-1', document: '{"version":2}', order: 'order-a' };
const adopted = (data: Adoption): ApproverSetAdopted => ({ type: 'ApproverSetAdopted', data });
const adopt = (it: Adoption) => ({ do: 'AdoptApproverSet', ...it }) as const;

describe('the approver set', () => {
  test('begins with version 1, without a set before it and without an order', () => {
    given(approverSetDecider).when(adopt(first)).then(adopted(first));
    given(approverSetDecider)
      .when(adopt({ ...second, order: null }))
      .refused('NOT_THE_FIRST_SET');
    given(approverSetDecider)
      .when(adopt({ ...second, version: 3 }))
      .refused('NOT_THE_FIRST_SET');
    given(approverSetDecider)
      .when(adopt({ ...first, order: 'order-a' }))
      .refused('NOT_THE_FIRST_SET');
    given(approverSetDecider)
      .when(adopt({ ...first, previous: 'set-0' }))
      .refused('NOT_THE_FIRST_SET');
  });

  test('S31b goes on from the set of the founding, by an order', () => {
    given(approverSetDecider).when(adopt(second)).then(adopted(second));
  });

  test('goes on by one version, on the set in force, by an order', () => {
    given(approverSetDecider, adopted(first)).when(adopt(second)).then(adopted(second));
    given(approverSetDecider, adopted(first))
      .when(adopt({ ...second, version: 3 }))
      .refused('VERSION_NOT_NEXT');
    given(approverSetDecider, adopted(first))
      .when(adopt({ ...second, previous: 'set-x' }))
      .refused('PREVIOUS_NOT_IN_FORCE');
    given(approverSetDecider, adopted(first))
      .when(adopt({ ...second, order: null }))
      .refused('ORDER_NEEDED');
  });

  test('never goes back', () => {
    given(approverSetDecider, adopted(first), adopted(second)).when(adopt(first)).refused('VERSION_NOT_NEXT');
    given(approverSetDecider, adopted(first), adopted(second)).when(adopt(second)).nothing();
  });

  test('lifecycle', () => {
    lifecycle(approverSetDecider, {
      golden: new URL('./approver-set.lifecycle.txt', import.meta.url),
      commands: {
        'adopt 1': adopt(first),
        'adopt 2': adopt(second),
        'adopt 2 without an order': adopt({ ...second, hash: 'set-2b', order: null }),
        'adopt 2 on another set': adopt({ ...second, hash: 'set-2c', previous: 'set-x' }),
        'adopt 3': adopt({ ...second, version: 3, hash: 'set-3', previous: 'set-2' }),
      },
      shows: (state) => (state.is === 'in-force' ? `version ${state.version} in force` : state.is),
    });
  });
});
