/** Shapes of the events of operators. */
import type { OperatorEvent } from '#libs/domain/operator/operator.ts';
import { operatorRoles } from '#libs/kernel/operator-roles.ts';
import { type Template, closed, hash, name } from '#libs/kernel/template.ts';
import { jwk } from './shape-parts.ts';

const why = { order: hash, reason: name } as const;

export const OPERATOR_SHAPES: { readonly [Type in OperatorEvent['type']]: Template<object> } = {
  OperatorEnrolled: closed({ operator: name, roles: operatorRoles, credential: jwk, order: hash }),
  CredentialAdded: closed({ credential: jwk, order: hash }),
  CredentialWithdrawn: closed({ credential: hash, ...why }),
  RoleGranted: closed({ roles: operatorRoles, order: hash }),
  RoleWithdrawn: closed({ roles: operatorRoles, ...why }),
  OperatorSuspended: closed(why),
  OperatorWithdrawn: closed(why),
  OperatorErased: closed({ by: name }),
};
