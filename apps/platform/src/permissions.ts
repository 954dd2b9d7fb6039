/**
 * Who may do what: role × operation, the whole of it. An operation without a row lets the platform not start, and a role
 * that does not stand in a row is refused; the page docs/permissions.md is written from this table.
 */
import { OPERATOR_ROLES } from '#libs/kernel/operator-roles.ts';
import type { Role } from './caller.ts';

/** `anybody` needs no token. */
export type Rule = 'anybody' | readonly Role[];

export type OperationType = 'Query' | 'Mutation' | 'Subscription';

const PEOPLE: Rule = OPERATOR_ROLES;
/** What everybody did, and who everybody is. */
const AUDIT: Rule = ['auditor', 'administrator'];
/** Carries out what others approved: nobody trusts him, the order says it all. */
const CARRIES_OUT: Rule = ['requester', 'administrator'];
const CARD_WORK: Rule = ['custodian', 'administrator'];
const TAKES_TRUST_AWAY: Rule = ['requester', 'approver', 'administrator'];

/** Whoever decides, asks or looks who did what; who works at machines needs no names of others. */
const KNOWS_PEOPLE: Rule = ['requester', 'approver', 'custodian', 'auditor', 'administrator'];
/** Whoever decides about machines or goes to them; who keeps a chip card needs no place. */
const KNOWS_PLACES: Rule = ['requester', 'approver', 'technician', 'auditor', 'administrator'];

export type Permissions = Readonly<Record<OperationType, Readonly<Record<string, Rule>>>>;

export const PERMISSIONS: Permissions = {
  Query: {
    signInChallenge: 'anybody',
    signInProvider: 'anybody',
    seal: 'anybody',
    names: PEOPLE,
    alarms: PEOPLE,
    viewer: [...PEOPLE, 'unit', 'station', 'headquarters'],
    genesis: [...PEOPLE, 'unit', 'station', 'headquarters'],
    order: [...PEOPLE, 'unit'],
    approverSets: [...PEOPLE, 'unit', 'station', 'headquarters'],
    manufacturerKeys: [...PEOPLE, 'unit'],
    withdrawnOrders: ['headquarters', 'unit'],
    chipCard: PEOPLE,
    cardBirth: PEOPLE,
    blastRadius: PEOPLE,
    trustList: [...PEOPLE, 'station'],
    work: ['unit'],
    draftPersonalization: ['requester'],
    draftReset: ['requester'],
    draftTransfer: ['requester'],
    draftModuleRetirement: ['requester'],
    draftCardIssue: ['requester'],
    draftTrust: ['requester'],
    draftRetrust: ['requester'],
    draftSuspension: ['requester'],
    draftCompromise: ['requester'],
    draftDisabling: ['requester'],
    draftDivergenceReview: ['requester'],
    draftCardRetirement: ['requester'],
    draftApproverSet: ['requester'],
    draftOperatorEnrolment: ['requester'],
    draftRoleGrant: ['requester'],
    draftRoleWithdrawal: ['requester'],
    draftOperatorSuspension: ['requester'],
    draftOperatorWithdrawal: ['requester'],
    draftCredentialWithdrawal: ['requester'],
    draftOperatorLink: ['requester'],
    draftUnitEnrolment: ['requester'],
    draftStationEnrolment: ['requester'],
    draftManufacturer: ['requester'],
    draftManufacturerWithdrawal: ['requester'],
    draftWitness: ['requester'],
    reconstruction: PEOPLE,
    node: PEOPLE,
    events: AUDIT,
    event: AUDIT,
    deployment: PEOPLE,
    past: PEOPLE,
    inbox: ['requester', 'approver'],
    evidence: AUDIT,
    numbers: PEOPLE,
    eventCounts: AUDIT,
    fleet: PEOPLE,
    personalizations: PEOPLE,
    trustListChanges: PEOPLE,
    operators: AUDIT,
    operator: AUDIT,
    orders: PEOPLE,
    units: PEOPLE,
    unit: PEOPLE,
    chipCards: PEOPLE,
    keys: PEOPLE,
    key: PEOPLE,
    securityModules: PEOPLE,
    securityModule: PEOPLE,
    certificates: PEOPLE,
    certificate: PEOPLE,
    stations: PEOPLE,
    station: PEOPLE,
    trustLists: PEOPLE,
    trustListView: PEOPLE,
    sessions: PEOPLE,
    session: PEOPLE,
  },
  Mutation: {
    signIn: 'anybody',
    signInByProvider: 'anybody',
    signOut: PEOPLE,
    requestOrder: ['requester'],
    approveOrder: ['approver'],
    declineOrder: ['approver'],
    withdrawOrder: ['requester', 'approver'],
    takeOrder: ['unit'],
    enrolUnit: CARRIES_OUT,
    registerStation: CARRIES_OUT,
    registerModule: ['technician', 'administrator'],
    receiveModule: ['unit'],
    placeModule: ['unit'],
    reserveModule: ['unit'],
    resetModule: ['unit'],
    retireModule: CARRIES_OUT,
    retireCard: CARD_WORK,
    issueCard: CARD_WORK,
    certifySigningKey: CARD_WORK,
    activateCard: CARD_WORK,
    suspendSigningKey: TAKES_TRUST_AWAY,
    disableSigningKey: TAKES_TRUST_AWAY,
    compromiseSigningKey: TAKES_TRUST_AWAY,
    reviewDivergence: TAKES_TRUST_AWAY,
    trustSigningKey: CARRIES_OUT,
    retrustSigningKey: CARRIES_OUT,
    adoptApproverSet: CARRIES_OUT,
    registerManufacturerKey: CARRIES_OUT,
    withdrawManufacturerKey: CARRIES_OUT,
    admitWitness: CARRIES_OUT,
    changeOperator: TAKES_TRUST_AWAY,
    eraseOperator: ['administrator'],
    report: ['unit', 'station', 'headquarters'],
  },
  Subscription: {
    trustListChanged: [...PEOPLE, 'station'],
    workChanged: ['unit'],
    eventAppended: AUDIT,
    orderChanged: PEOPLE,
    orderWaiting: ['requester', 'approver'],
  },
};

/**
 * Fields that not everybody may read who may ask for what they stand on. A field without a row follows its operation; whoever
 * may not gets null there and FORBIDDEN beside it, and the rest of the answer.
 */
export const FIELD_PERMISSIONS: Readonly<Record<string, Rule>> = {
  'Names.persons': KNOWS_PEOPLE,
  'Names.machines': KNOWS_PLACES,
  'Event.data': AUDIT,
  'Event.proof': AUDIT,
  'Order.events': AUDIT,
  'SecurityModule.events': AUDIT,
  'ChipCard.events': AUDIT,
  'Certificate.events': AUDIT,
  'Station.events': AUDIT,
  'Unit.events': AUDIT,
  'Unit.credential': AUDIT,
  'Station.credential': AUDIT,
  'Operator.credential': AUDIT,
  'Operator.credentials': AUDIT,
};

/** What is asked over HTTP beside GraphQL with a token. */
export const HTTP_PERMISSIONS = { 'GET /export': ['auditor', 'administrator'] } as const satisfies Readonly<
  Record<string, readonly Role[]>
>;

/** By the type of what is asked for by its global id: the question that would have answered with it. */
const NODES: Readonly<Record<string, string>> = {
  Event: 'events',
  Order: 'order',
  Operator: 'operator',
  Unit: 'unit',
  ChipCard: 'chipCard',
  Key: 'key',
  SecurityModule: 'securityModule',
  Certificate: 'certificate',
  Station: 'station',
  TrustList: 'trustListView',
  Session: 'session',
  Personalization: 'personalizations',
};

/** Whether `node` may answer one of these roles with a node of the type: no other way in than by its own question. */
export function maySee(type: string, roles: readonly Role[]): boolean {
  const question = Object.hasOwn(NODES, type) ? NODES[type] : undefined;
  return question !== undefined && allows(PERMISSIONS.Query[question], roles);
}

/** Whether the row lets one of these roles in. What has no row lets nobody in. */
export function allows(rule: Rule | undefined, roles: readonly Role[]): boolean {
  if (rule === undefined) return false;
  return rule === 'anybody' || rule.some((role) => roles.includes(role));
}
