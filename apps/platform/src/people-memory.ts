/** What the board keeps of people: approver sets after the first, and operators who were changed since the founding. */
import { type OperatorEvent, type OperatorState, UNTOUCHED, operatorDecider } from '#libs/domain/operator/operator.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';

/** An approver set after that of the founding. */
export interface AdoptedSet {
  readonly version: number;
  readonly hash: string;
  /** Canonical text. */
  readonly document: string;
  readonly order: string;
}

interface People {
  readonly operators: Map<string, OperatorState>;
  readonly signIns: Map<string, { readonly operator: string }>;
}

const ENDS_SESSIONS = ['CredentialWithdrawn', 'RoleWithdrawn', 'OperatorSuspended', 'OperatorWithdrawn'];

/** Who may not sign in any more has no session any more; who lost a role or a credential signs in anew. */
export function rememberOperator({ operators, signIns }: People, id: string, event: StoredEvent): void {
  const fact = { type: event.type, data: event.data } as OperatorEvent; // written by our own decider
  operators.set(id, operatorDecider.evolve(operators.get(id) ?? UNTOUCHED, fact));
  if (!ENDS_SESSIONS.includes(fact.type)) return;
  for (const [session, { operator }] of signIns) if (operator === id) signIns.delete(session);
}
