/** Shapes of the events of operators, and the two shapes that other rooms share with them: keys, and words of ours. */
import type { OperatorEvent } from '#libs/domain/operator/operator.ts';
import { operatorRoles } from '#libs/kernel/operator-roles.ts';
import { type Template, closed, hash, name, oneOf, optional, text } from '#libs/kernel/template.ts';

export const words = text(2000);
export const jwk = closed({ crv: oneOf('P-256', 'Ed25519'), kty: oneOf('EC', 'OKP'), x: hash, y: optional(hash) });

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
