/**
 * An operator: a person who signs in. The first stand in the founding; every later change is an order that was approved.
 * Giving somebody something needs two persons; a suspension is quick, and ends only when he is enrolled again.
 */
import type { Decider, Fact } from '#libs/kernel/decider.ts';
import { type PublicJwk, thumbprint } from '#libs/kernel/hash.ts';
import { type Operator, type SignInKey, signInJwk } from '#libs/kernel/operator.ts';
import type { OperatorRole } from '#libs/kernel/operator-roles.ts';
import type { PasskeyPins } from '#libs/kernel/passkey.ts';
import { type Refusal, never, refuse } from '#libs/kernel/refusal.ts';

interface ByOrder {
  readonly order: string;
}
type Why = ByOrder & { readonly reason: string };

export interface Enrolment extends ByOrder {
  readonly operator: string;
  readonly roles: readonly OperatorRole[];
  /** Signs in and approves nothing. */
  readonly credential: PublicJwk;
  /** Where it is a passkey. */
  readonly passkey?: PasskeyPins;
}

export type OperatorEnrolled = Fact<'OperatorEnrolled', Enrolment>;
/** An account at an OpenID Connect provider, by its link: signs in as a credential does. */
export interface ProviderLink {
  readonly issuer: string;
  readonly link: string;
}

export type CredentialAdded = Fact<'CredentialAdded', ByOrder & Pick<Enrolment, 'credential' | 'passkey'>>;
export type ProviderLinked = Fact<'ProviderLinked', ByOrder & ProviderLink>;
/** By its thumbprint; of a link the link itself. */
export type CredentialWithdrawn = Fact<'CredentialWithdrawn', Why & { readonly credential: string }>;
export type RoleGranted = Fact<'RoleGranted', ByOrder & { readonly roles: readonly OperatorRole[] }>;
export type RoleWithdrawn = Fact<'RoleWithdrawn', Why & { readonly roles: readonly OperatorRole[] }>;
export type OperatorSuspended = Fact<'OperatorSuspended', Why>;
export type OperatorWithdrawn = Fact<'OperatorWithdrawn', Why>;
/** What the side store held of him, his name, was thrown away; the record never held it. */
export type OperatorErased = Fact<'OperatorErased', { readonly by: string }>;
type Given = OperatorEnrolled | CredentialAdded | ProviderLinked | RoleGranted;
type Taken = CredentialWithdrawn | RoleWithdrawn | OperatorSuspended | OperatorWithdrawn | OperatorErased;
export type OperatorEvent = Given | Taken;

/** What the founding says of him; null for who was enrolled later. */
interface Known {
  readonly founded: Operator | null;
}
export type OperatorCommand = Known &
  (
    | ({ readonly do: 'EnrolOperator' } & Enrolment)
    | ({ readonly do: 'LinkProvider' } & ProviderLink & ByOrder)
    | ({ readonly do: 'GrantRoles'; readonly roles: readonly OperatorRole[] } & ByOrder)
    | ({ readonly do: 'WithdrawRoles'; readonly roles: readonly OperatorRole[] } & Why)
    | ({ readonly do: 'WithdrawCredential'; readonly credential: string } & Why)
    | ({ readonly do: 'SuspendOperator' } & Why)
    | ({ readonly do: 'WithdrawOperator' } & Why)
    | { readonly do: 'EraseOperator'; readonly by: string }
  );

/** What his stream changed of what the founding said. */
export interface OperatorState {
  readonly is: 'untouched' | 'active' | 'suspended' | 'withdrawn';
  readonly added: readonly SignInKey[];
  readonly linked: readonly ProviderLink[];
  /** Thumbprints, and links. */
  readonly withdrawn: readonly string[];
  readonly granted: readonly OperatorRole[];
  readonly revoked: readonly OperatorRole[];
  readonly isErased: boolean;
  /** By which he was changed: an order carried out twice is no new act. */
  readonly orders: readonly string[];
}

/** An operator as he stands now. */
export interface Standing {
  readonly is: 'unknown' | 'active' | 'suspended' | 'withdrawn';
  readonly roles: readonly OperatorRole[];
  readonly credentials: readonly SignInKey[];
  readonly links: readonly ProviderLink[];
}

export const operatorStream = (operator: string): string => `operator-${operator}`;

const NOTHING = { added: [], linked: [], withdrawn: [], granted: [], revoked: [], orders: [] } as const;
export const UNTOUCHED: OperatorState = { is: 'untouched', isErased: false, ...NOTHING };

/** Founding and stream together. */
export function standingOf(state: OperatorState, founded: Operator | null): Standing {
  if (state.is === 'untouched' && founded === null) return { is: 'unknown', roles: [], credentials: [], links: [] };
  const first = founded === null ? [] : [signInJwk(founded)];
  const added = state.added.filter((one) => !first.some((known) => thumbprint(known) === thumbprint(one)));
  const credentials = [...first, ...added].filter((one) => !state.withdrawn.includes(thumbprint(one)));
  const roles = [...new Set([...(founded?.roles ?? []), ...state.granted])].filter(
    (one) => !state.revoked.includes(one),
  );
  const links = state.linked.filter(({ link }) => !state.withdrawn.includes(link));
  return { is: state.is === 'untouched' ? 'active' : state.is, roles, credentials, links };
}

/** Whether somebody may be signed in as him, with one of these credentials and roles. */
export function signsIn({ is }: Standing): boolean {
  return is === 'active';
}

const UNKNOWN = refuse('OPERATOR_UNKNOWN', 'No operator of this name was founded or enrolled; check the name.');
const GONE = refuse('CREDENTIAL_WITHDRAWN', 'The credential was withdrawn and never comes back; make a new one.');
const WITHDRAWN = refuse(
  'OPERATOR_WITHDRAWN',
  'The operator was withdrawn for ever; enrol the person under a new name.',
);

export const operatorDecider: Decider<OperatorState, OperatorCommand, OperatorEvent> = {
  initial: UNTOUCHED,
  decide: (command, state) => {
    const standing = standingOf(state, command.founded);
    if (command.do === 'EraseOperator') {
      if (standing.is === 'unknown') return UNKNOWN;
      return state.isErased ? [] : [{ type: 'OperatorErased', data: { by: command.by } }];
    }
    if (state.orders.includes(command.order)) return [];
    if (standing.is === 'withdrawn') return WITHDRAWN;
    return changed(command, standing, state);
  },
  evolve: (state, event) => {
    if (event.type === 'OperatorErased') return { ...state, ...touched(state), isErased: true };
    const orders = [...new Set([...state.orders, event.data.order])];
    return { ...state, ...touched(state), ...evolved(state, event), orders };
  },
};

function touched({ is }: OperatorState): Pick<OperatorState, 'is'> {
  return { is: is === 'untouched' ? 'active' : is };
}

function changed(
  command: Exclude<OperatorCommand, { do: 'EraseOperator' }>,
  standing: Standing,
  state: OperatorState,
): readonly OperatorEvent[] | Refusal {
  const { order } = command;
  if (command.do !== 'EnrolOperator' && standing.is === 'unknown') return UNKNOWN;
  switch (command.do) {
    case 'EnrolOperator':
      return state.withdrawn.includes(thumbprint(command.credential)) ? GONE : enrolled(command, standing);
    case 'LinkProvider':
      return linked(command, standing, state);
    case 'GrantRoles': {
      const roles = command.roles.filter((role) => !standing.roles.includes(role));
      return roles.length > 0
        ? [{ type: 'RoleGranted', data: { roles, order } }]
        : refuse('ROLES_HELD', 'The operator has these roles already.');
    }
    case 'WithdrawRoles': {
      const { roles, reason } = command;
      return roles.every((role) => standing.roles.includes(role))
        ? [{ type: 'RoleWithdrawn', data: { roles, order, reason } }]
        : refuse('ROLES_NOT_HELD', 'The operator does not have a role that is to be withdrawn.');
    }
    case 'WithdrawCredential': {
      const { credential, reason } = command;
      return standing.credentials.some((one) => thumbprint(one) === credential) ||
        standing.links.some(({ link }) => link === credential)
        ? [{ type: 'CredentialWithdrawn', data: { credential, order, reason } }]
        : refuse('CREDENTIAL_UNKNOWN', 'The operator has no credential of this thumbprint; check it.');
    }
    case 'SuspendOperator':
      return standing.is === 'suspended'
        ? []
        : [{ type: 'OperatorSuspended', data: { order, reason: command.reason } }];
    case 'WithdrawOperator':
      return [{ type: 'OperatorWithdrawn', data: { order, reason: command.reason } }];
    default:
      return never(command);
  }
}

/** Who is new is enrolled, and so is who was suspended; who is known gets one more credential, and keeps his roles. */
function enrolled(
  { operator, roles, credential, passkey, order }: Enrolment,
  standing: Standing,
): readonly OperatorEvent[] | Refusal {
  const key = { credential, ...(passkey === undefined ? {} : { passkey }) };
  if (standing.is !== 'active') return [{ type: 'OperatorEnrolled', data: { operator, roles, ...key, order } }];
  if (standing.credentials.some((one) => thumbprint(one) === thumbprint(credential)))
    return refuse('CREDENTIAL_HELD', 'The operator has this credential already.');
  return roles.every((role) => standing.roles.includes(role))
    ? [{ type: 'CredentialAdded', data: { ...key, order } }]
    : refuse('ROLES_NOT_HELD', 'A further credential brings no further roles; order them by themselves.');
}

/** He who is suspended is enrolled again first. */
function linked(
  { issuer, link, order }: ProviderLink & ByOrder,
  { is, links }: Standing,
  { withdrawn }: OperatorState,
): readonly OperatorEvent[] | Refusal {
  if (is !== 'active') return refuse('OPERATOR_SUSPENDED', 'The operator is suspended; enrol him again first.');
  if (withdrawn.includes(link)) return GONE;
  return links.some((one) => one.link === link)
    ? refuse('CREDENTIAL_HELD', 'The operator has this link already.')
    : [{ type: 'ProviderLinked', data: { issuer, link, order } }];
}

function evolved(state: OperatorState, event: Exclude<OperatorEvent, OperatorErased>): Partial<OperatorState> {
  switch (event.type) {
    case 'OperatorEnrolled': {
      return { is: 'active', ...withCredential(state, event.data), ...withRoles(state, event.data.roles) };
    }
    case 'CredentialAdded':
      return withCredential(state, event.data);
    case 'ProviderLinked': {
      const { issuer, link } = event.data;
      return { linked: [...state.linked, { issuer, link }] };
    }
    case 'CredentialWithdrawn':
      return { withdrawn: [...state.withdrawn, event.data.credential] };
    case 'RoleGranted':
      return withRoles(state, event.data.roles);
    case 'RoleWithdrawn': {
      const { roles } = event.data;
      return {
        granted: state.granted.filter((one) => !roles.includes(one)),
        revoked: [...new Set([...state.revoked, ...roles])],
      };
    }
    case 'OperatorSuspended':
      return { is: 'suspended' };
    case 'OperatorWithdrawn':
      return { is: 'withdrawn' };
    default:
      return never(event);
  }
}

type Credential = Pick<Enrolment, 'credential' | 'passkey'>;

function withCredential({ added }: OperatorState, { credential, passkey }: Credential): Partial<OperatorState> {
  const kid = thumbprint(credential);
  const key: SignInKey = passkey === undefined ? credential : { ...credential, passkey };
  return { added: [...added.filter((one) => thumbprint(one) !== kid), key] };
}

function withRoles({ granted, revoked }: OperatorState, roles: readonly OperatorRole[]): Partial<OperatorState> {
  return { granted: [...new Set([...granted, ...roles])], revoked: revoked.filter((one) => !roles.includes(one)) };
}
