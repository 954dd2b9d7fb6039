/** Orders about people: who approves, who signs in, and with what. Giving needs two persons; taking away may be quick. */
import { operatorRoles } from './operator-roles.ts';
import { common, kind } from './order-parts.ts';
import { passkeyPins } from './passkey.ts';
import { issuerText } from './provider-sign-in.ts';
import { type Read, closed, hash, integer, name, oneOf, optional } from './template.ts';

const adoptApproverSet = closed({
  ...common,
  kind: oneOf('adopt-approver-set'),
  version: integer(2, 0xffffffff),
  set: hash,
  previous: hash,
});

const enrolOperator = closed({
  ...common,
  kind: oneOf('enrol-operator'),
  operator: name,
  roles: operatorRoles,
  credential: hash,
  /** Where the credential is a passkey; it signs in and approves nothing, as every other. */
  passkey: optional(passkeyPins),
});

/** The account by its link: the record never says who it is at the provider. */
const linkOperator = closed({
  ...common,
  kind: oneOf('link-operator'),
  operator: name,
  issuer: issuerText,
  link: hash,
});

const grantRoles = closed({ ...common, kind: oneOf('grant-roles'), operator: name, roles: operatorRoles });

const reason = oneOf('absent', 'left', 'suspected-misuse', 'lost', 'replaced', 'drill');

const withdrawRoles = closed({
  ...common,
  kind: oneOf('withdraw-roles'),
  operator: name,
  roles: operatorRoles,
  reason,
});

const suspendOperator = closed({ ...common, kind: oneOf('suspend-operator'), operator: name, reason });

const withdrawOperator = closed({ ...common, kind: oneOf('withdraw-operator'), operator: name, reason });

const withdrawCredential = closed({
  ...common,
  kind: oneOf('withdraw-credential'),
  operator: name,
  credential: hash,
  reason,
});

export const PEOPLE_ORDERS = {
  'adopt-approver-set': kind<Read<typeof adoptApproverSet>>({
    template: adoptApproverSet,
    personsMin: 2,
    widens: true,
    sentence: (o) => `Adopt approver set ${o.set} as version ${o.version}, in the place of ${o.previous}.`,
  }),
  'enrol-operator': kind<Read<typeof enrolOperator>>({
    template: enrolOperator,
    personsMin: 2,
    widens: true,
    sentence: (o) => {
      const page = o.passkey === undefined ? '' : `, a passkey that ${o.passkey.origin} may ask`;
      return `Let ${o.operator} sign in as ${o.roles.join(', ')} with credential ${o.credential}${page}.`;
    },
  }),
  'link-operator': kind<Read<typeof linkOperator>>({
    template: linkOperator,
    personsMin: 2,
    widens: true,
    sentence: (o) => `Let ${o.operator} sign in by provider ${o.issuer}, with the account behind link ${o.link}.`,
  }),
  'grant-roles': kind<Read<typeof grantRoles>>({
    template: grantRoles,
    personsMin: 2,
    widens: true,
    sentence: (o) => `Let ${o.operator} sign in as ${o.roles.join(', ')} too.`,
  }),
  'withdraw-roles': kind<Read<typeof withdrawRoles>>({
    template: withdrawRoles,
    personsMin: 1,
    sentence: (o) => `Let ${o.operator} sign in as ${o.roles.join(', ')} no more: ${o.reason}.`,
  }),
  'suspend-operator': kind<Read<typeof suspendOperator>>({
    template: suspendOperator,
    personsMin: 1,
    sentence: (o) => `Suspend operator ${o.operator} until he is enrolled again: ${o.reason}.`,
  }),
  'withdraw-operator': kind<Read<typeof withdrawOperator>>({
    template: withdrawOperator,
    personsMin: 2,
    sentence: (o) => `Withdraw operator ${o.operator} for ever: ${o.reason}.`,
  }),
  'withdraw-credential': kind<Read<typeof withdrawCredential>>({
    template: withdrawCredential,
    personsMin: 1,
    sentence: (o) => `Withdraw credential ${o.credential} of operator ${o.operator}: ${o.reason}.`,
  }),
} as const;
