import { describe, expect, test } from '@jest/globals';
import { type PublicJwk, thumbprint } from '#libs/kernel/hash.ts';
import type { Operator } from '#libs/kernel/operator.ts';
import { given } from '#test/kit/given.ts';
import { lifecycle } from '#test/kit/lifecycle.ts';
import { type OperatorEvent, operatorDecider, standingOf, UNTOUCHED } from './operator.ts';

const jwk = (x: string): PublicJwk => ({ crv: 'P-256', kty: 'EC', x, y: 'y' });
const [first, second] = [jwk('first'), jwk('second')];
const founded: Operator = {
  id: 'kim',
  roles: ['requester', 'technician'],
  credential: { crv: 'P-256', kty: 'EC', x: 'first', y: 'y' },
};
const by = (order: string) => ({ founded, order });
const why = (order: string) => ({ founded, order, reason: 'lost' });
const enrolment = (order: string, credential: PublicJwk, roles: Operator['roles'] = ['technician']) =>
  ({ do: 'EnrolOperator', operator: 'kim', roles, credential, ...by(order) }) as const;
const enrolled = (order: string, credential: PublicJwk, roles: Operator['roles'] = ['technician']): OperatorEvent => ({
  type: 'OperatorEnrolled',
  data: { operator: 'kim', roles, credential, order },
});
const suspended: OperatorEvent = { type: 'OperatorSuspended', data: { order: 'o-s', reason: 'lost' } };
const withdrawn: OperatorEvent = { type: 'OperatorWithdrawn', data: { order: 'o-w', reason: 'lost' } };
const after = (...events: readonly OperatorEvent[]) =>
  standingOf(events.reduce(operatorDecider.evolve, UNTOUCHED), founded);

describe('an operator', () => {
  test('who is new is enrolled with roles and a credential', () => {
    given(operatorDecider)
      .when({ ...enrolment('o-1', second), founded: null })
      .then(enrolled('o-1', second));
    given(operatorDecider)
      .when({ do: 'SuspendOperator', ...why('o-1'), founded: null })
      .refused('OPERATOR_UNKNOWN');
  });

  test('has several credentials and is one operator; a further one brings no roles', () => {
    given(operatorDecider)
      .when(enrolment('o-1', second))
      .then({ type: 'CredentialAdded', data: { credential: second, order: 'o-1' } });
    given(operatorDecider).when(enrolment('o-1', first)).refused('CREDENTIAL_HELD');
    given(operatorDecider)
      .when(enrolment('o-1', second, ['administrator']))
      .refused('ROLES_NOT_HELD');
    const standing = after({ type: 'CredentialAdded', data: { credential: second, order: 'o-1' } });
    expect(standing).toEqual({ is: 'active', roles: founded.roles, credentials: [first, second], links: [] });
  });

  test('who lost a credential never has it again', () => {
    const lost: OperatorEvent = {
      type: 'CredentialWithdrawn',
      data: { credential: thumbprint(first), order: 'o-1', reason: 'lost' },
    };
    given(operatorDecider)
      .when({ do: 'WithdrawCredential', credential: thumbprint(first), ...why('o-1') })
      .then(lost);
    given(operatorDecider, lost)
      .when({ do: 'WithdrawCredential', credential: thumbprint(first), ...why('o-2') })
      .refused('CREDENTIAL_UNKNOWN');
    expect(after(lost).credentials).toEqual([]);
    given(operatorDecider, lost).when(enrolment('o-2', first)).refused('CREDENTIAL_WITHDRAWN');
  });

  test('is given roles and loses them', () => {
    const granted: OperatorEvent = { type: 'RoleGranted', data: { roles: ['auditor'], order: 'o-1' } };
    const lost: OperatorEvent = { type: 'RoleWithdrawn', data: { roles: ['requester'], order: 'o-2', reason: 'lost' } };
    given(operatorDecider)
      .when({ do: 'GrantRoles', roles: ['technician', 'auditor'], ...by('o-1') })
      .then(granted);
    given(operatorDecider)
      .when({ do: 'GrantRoles', roles: ['technician'], ...by('o-1') })
      .refused('ROLES_HELD');
    given(operatorDecider)
      .when({ do: 'WithdrawRoles', roles: ['requester'], ...why('o-2') })
      .then(lost);
    given(operatorDecider)
      .when({ do: 'WithdrawRoles', roles: ['auditor'], ...why('o-2') })
      .refused('ROLES_NOT_HELD');
    expect(after(granted, lost).roles).toEqual(['technician', 'auditor']);
    expect(after(lost, { type: 'RoleGranted', data: { roles: ['requester'], order: 'o-3' } }).roles).toContain(
      'requester',
    );
  });

  test('S31b who was suspended comes back by a new enrolment alone, never by the order of an old one', () => {
    given(operatorDecider)
      .when({ do: 'SuspendOperator', ...why('o-s') })
      .then({ type: 'OperatorSuspended', data: { order: 'o-s', reason: 'lost' } });
    given(operatorDecider, enrolled('o-1', second), suspended).when(enrolment('o-1', second)).nothing();
    given(operatorDecider, suspended).when(enrolment('o-2', second)).then(enrolled('o-2', second));
    expect(after(suspended).is).toBe('suspended');
    expect(after(suspended, enrolled('o-2', second)).is).toBe('active');
  });

  test('S31b is linked to an account at a provider once, and never again by a link that was withdrawn', () => {
    const link = (order: string) =>
      ({ do: 'LinkProvider', issuer: 'https://in.example', link: 'l', ...by(order) }) as const;
    const isLinked: OperatorEvent = {
      type: 'ProviderLinked',
      data: { issuer: 'https://in.example', link: 'l', order: 'o-1' },
    };
    const lost: OperatorEvent = {
      type: 'CredentialWithdrawn',
      data: { credential: 'l', order: 'o-2', reason: 'lost' },
    };
    given(operatorDecider).when(link('o-1')).then(isLinked);
    given(operatorDecider, isLinked).when(link('o-1')).nothing();
    given(operatorDecider, isLinked).when(link('o-2')).refused('CREDENTIAL_HELD');
    given(operatorDecider, isLinked)
      .when({ do: 'WithdrawCredential', credential: 'l', ...why('o-2') })
      .then(lost);
    given(operatorDecider, isLinked, lost).when(link('o-3')).refused('CREDENTIAL_WITHDRAWN');
    given(operatorDecider, suspended).when(link('o-3')).refused('OPERATOR_SUSPENDED');
    expect([after(isLinked).links.length, after(isLinked, lost).links.length]).toEqual([1, 0]);
  });

  test('who was withdrawn never comes back, and his name can be thrown away all the same', () => {
    given(operatorDecider, withdrawn).when(enrolment('o-2', second)).refused('OPERATOR_WITHDRAWN');
    const erase = { do: 'EraseOperator', by: 'P-ADA', founded } as const;
    given(operatorDecider, withdrawn)
      .when(erase)
      .then({ type: 'OperatorErased', data: { by: 'P-ADA' } });
    given(operatorDecider)
      .when({ ...erase, founded: null })
      .refused('OPERATOR_UNKNOWN');
    expect(after(withdrawn, { type: 'OperatorErased', data: { by: 'P-ADA' } }).is).toBe('withdrawn');
  });

  test('lifecycle', () => {
    lifecycle(operatorDecider, {
      golden: new URL('./operator.lifecycle.txt', import.meta.url),
      commands: {
        'enrol with a second credential': enrolment('o-1', second),
        'withdraw the first credential': { do: 'WithdrawCredential', credential: thumbprint(first), ...why('o-3') },
        suspend: { do: 'SuspendOperator', ...why('o-4') },
        withdraw: { do: 'WithdrawOperator', ...why('o-5') },
        erase: { do: 'EraseOperator', by: 'P-ADA', founded },
      },
      sees: (state) => ({ ...state, orders: [...state.orders].sort() }),
      shows: (state) => {
        const { is, credentials } = standingOf(state, founded);
        return `${is}, ${credentials.length} credentials${state.isErased ? ', name erased' : ''}`;
      },
    });
  });
});
