/** What a person may be signed in as; `custodian` is the custodian of a chip card. */
import { list, oneOf } from './template.ts';

export const OPERATOR_ROLES = ['requester', 'approver', 'custodian', 'technician', 'auditor', 'administrator'] as const;

export type OperatorRole = (typeof OPERATOR_ROLES)[number];

export const operatorRoles = list(oneOf(...OPERATOR_ROLES), 1, OPERATOR_ROLES.length);
