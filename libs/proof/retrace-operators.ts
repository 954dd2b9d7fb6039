/** An operator's events turned back into the commands of approved orders; what the founding says of him stands beside. */
import { type OperatorCommand, type OperatorEvent, operatorDecider } from '#libs/domain/operator/operator.ts';
import type { Operator } from '#libs/kernel/operator.ts';
import { never } from '#libs/kernel/refusal.ts';
import { foundedOperator } from './operators.ts';
import type { Known } from './known.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { nameIn } from './known.ts';
import { type StreamLife, lifeOf } from './stream-life.ts';

/** The life of a stream begins with its first event: by its name the founding is asked. */
export function operatorLife(): StreamLife {
  let life: StreamLife | null = null;
  return {
    step: (event: StoredEvent, known: Known) => {
      const founded = foundedOperator(known, nameIn(event.stream, 'operator-'));
      life ??= lifeOf(operatorDecider, (fact) => commandOf(fact, founded))();
      return life.step(event, known);
    },
    owes: () => life?.owes() ?? false,
  };
}

function commandOf(event: OperatorEvent, founded: Operator | null): OperatorCommand {
  switch (event.type) {
    case 'OperatorEnrolled':
      return { do: 'EnrolOperator', founded, ...event.data };
    case 'CredentialAdded':
      return { do: 'EnrolOperator', founded, operator: '', roles: [], ...event.data };
    case 'ProviderLinked':
      return { do: 'LinkProvider', founded, ...event.data };
    case 'CredentialWithdrawn':
      return { do: 'WithdrawCredential', founded, ...event.data };
    case 'RoleGranted':
      return { do: 'GrantRoles', founded, ...event.data };
    case 'RoleWithdrawn':
      return { do: 'WithdrawRoles', founded, ...event.data };
    case 'OperatorSuspended':
      return { do: 'SuspendOperator', founded, ...event.data };
    case 'OperatorWithdrawn':
      return { do: 'WithdrawOperator', founded, ...event.data };
    case 'OperatorErased':
      return { do: 'EraseOperator', founded, ...event.data };
    default:
      return never(event);
  }
}
