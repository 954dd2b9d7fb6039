/** Shapes of the events of operators, and of their sessions. */
import type { OperatorEvent } from '#libs/domain/operator/operator.ts';
import type { SignInEvent } from '#libs/domain/sign-in/sign-in.ts';
import { passkeyPins } from '#libs/kernel/passkey.ts';
import { issuerText } from '#libs/kernel/provider-sign-in.ts';
import { operatorRoles } from '#libs/kernel/operator-roles.ts';
import { challengeText } from '#libs/kernel/sign-in.ts';
import { type Template, closed, hash, integer, name, optional } from '#libs/kernel/template.ts';
import { jwk } from './shape-parts.ts';

const why = { order: hash, reason: name } as const;

export const OPERATOR_SHAPES: { readonly [Type in OperatorEvent['type']]: Template<object> } = {
  OperatorEnrolled: closed({
    operator: name,
    roles: operatorRoles,
    credential: jwk,
    passkey: optional(passkeyPins),
    order: hash,
  }),
  CredentialAdded: closed({ credential: jwk, passkey: optional(passkeyPins), order: hash }),
  ProviderLinked: closed({ issuer: issuerText, link: hash, order: hash }),
  CredentialWithdrawn: closed({ credential: hash, ...why }),
  RoleGranted: closed({ roles: operatorRoles, order: hash }),
  RoleWithdrawn: closed({ roles: operatorRoles, ...why }),
  OperatorSuspended: closed(why),
  OperatorWithdrawn: closed(why),
  OperatorErased: closed({ by: name }),
};

export const SIGN_IN_SHAPES: { readonly [Type in SignInEvent['type']]: Template<object> } = {
  SignedIn: closed({
    operator: name,
    roles: operatorRoles,
    challenge: challengeText,
    until: integer(0),
    provider: optional(closed({ issuer: issuerText, link: hash, idToken: hash, key: hash })),
  }),
  SignedOut: closed({ by: name }),
};
