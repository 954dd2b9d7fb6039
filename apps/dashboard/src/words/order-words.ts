/** Orders in words, from their members alone: the request as one sentence, and the label of each member. */
import { type ReadOrder, listOf, modulesOf, secondsOf, textOf } from '../checks/order.ts';
import { minute, plural } from './format.ts';

type Order = Pick<ReadOrder, 'kind' | 'members'>;

interface KindWords {
  readonly title: string;
  readonly request: (order: Order) => string;
}

function window(order: Order): string {
  return `${minute(secondsOf(order, 'notBefore'))} to ${minute(secondsOf(order, 'notAfter'))} UTC`;
}

function roles(order: Order): string {
  return listOf(order, 'roles').join(', ');
}

const KINDS = {
  personalize: {
    title: 'Order to personalize',
    request: (o) =>
      `Let one card key certify ${plural(modulesOf(o).count, 'module')}, once each, on unit ${textOf(o, 'unit')} for station ${textOf(o, 'station')}, ${window(o)}.`,
  },
  'enrol-unit': {
    title: 'Order to enrol a unit',
    request: (o) => `Enrol personalization unit ${textOf(o, 'unit')}, ${window(o)}.`,
  },
  'enrol-station': {
    title: 'Order to enrol a station',
    request: (o) => `Enrol station ${textOf(o, 'station')} with its present and its next key, ${window(o)}.`,
  },
  'issue-card': {
    title: 'Order to issue a card',
    request: (o) =>
      textOf(o, 'enforcement') === 'host'
        ? `Issue unit ${textOf(o, 'card')} to ${listOf(o, 'custodians').join(' and ')}. Its key signs for whoever has its PIN: enforcement host.`
        : `Issue chip card ${textOf(o, 'card')} to ${listOf(o, 'custodians').join(' and ')}. It checks each order itself: enforcement device.`,
  },
  'trust-signing-key': {
    title: 'Order to trust a key',
    request: (o) => `Trust the signing key of chip card ${textOf(o, 'card')} at ${listOf(o, 'stations').join(', ')}.`,
  },
  'retrust-signing-key': {
    title: 'Order to trust a key again',
    request: (o) =>
      `Trust the suspended signing key of chip card ${textOf(o, 'card')} again, at ${listOf(o, 'stations').join(', ')}.`,
  },
  'suspend-signing-key': {
    title: 'Order to suspend a key',
    request: (o) =>
      `Suspend one signing key: ${textOf(o, 'reason')}. It signs nothing, and stations let none of its modules in, until it is trusted again.`,
  },
  'compromise-signing-key': {
    title: 'Order to disable a key strictly',
    request: (o) => `Declare one signing key compromised, for ever: ${textOf(o, 'reason')}. All it certified falls.`,
  },
  reset: {
    title: 'Order to reset a module',
    request: (o) =>
      `Reset module ${textOf(o, 'serial')}: it erases the key of epoch ${secondsOf(o, 'epoch')}, by unit ${textOf(o, 'unit')}.`,
  },
  transfer: {
    title: 'Order to transfer a module',
    request: (o) =>
      `Give module ${textOf(o, 'serial')} to another deployment: it erases the key of epoch ${secondsOf(o, 'epoch')}, by unit ${textOf(o, 'unit')}.`,
  },
  'disable-signing-key': {
    title: 'Order to disable a key',
    request: (o) =>
      `Disable one signing key ${textOf(o, 'mode') === 'strict' ? 'strictly: every certificate of it is refused' : 'from a checkpoint on: what was sealed before it stays good'}; ${plural(secondsOf(o, 'modules'), 'module')} in operation ${secondsOf(o, 'modules') === 1 ? 'is' : 'are'} shut out. ${textOf(o, 'reason')}.`,
  },
  'review-divergence': {
    title: 'Order about a card log',
    request: (o) =>
      `Say that ${textOf(o, 'divergence')} at entry ${secondsOf(o, 'number')} of chip card ${textOf(o, 'card')} was looked at: ${textOf(o, 'reason')}.`,
  },
  'register-manufacturer-key': {
    title: 'Order to let a manufacturer in',
    request: (o) => `Accept modules, and chip cards' CAs, of manufacturer ${textOf(o, 'manufacturer')} from now on.`,
  },
  'withdraw-manufacturer-key': {
    title: 'Order to withdraw a manufacturer',
    request: (o) =>
      `Accept nothing new under one manufacturer root, for ever: ${textOf(o, 'reason')}. What it certified stands.`,
  },
  'admit-witness': {
    title: 'Order to let a witness in',
    request: (o) =>
      `Let the witness ${textOf(o, 'witness').split('+')[0]} cosign the log from now on${'instead' in o.members ? `, in the place of ${textOf(o, 'instead')}, which counts no more` : ', beside those there are'}.`,
  },
  'link-operator': {
    title: 'Order to link a person',
    request: (o) => `Let ${textOf(o, 'operator')} sign in by provider ${textOf(o, 'issuer')}, with one linked account.`,
  },
  'retire-card': {
    title: 'Order to retire a card',
    request: (o) => `Retire chip card ${textOf(o, 'card')} for good: ${textOf(o, 'reason')}.`,
  },
  'retire-module': {
    title: 'Order to retire a module',
    request: (o) => `Retire module ${textOf(o, 'serial')} for good: ${textOf(o, 'reason')}.`,
  },
  'adopt-approver-set': {
    title: 'Order to adopt an approver set',
    request: (o) => `Adopt version ${secondsOf(o, 'version')} of the approver set: who may approve from now on.`,
  },
  'enrol-operator': {
    title: 'Order to enrol a person',
    request: (o) =>
      `Let ${textOf(o, 'operator')} sign in as ${roles(o)}${'passkey' in o.members ? ', with a passkey' : ''}.`,
  },
  'grant-roles': {
    title: 'Order to grant roles',
    request: (o) => `Let ${textOf(o, 'operator')} sign in as ${roles(o)} too.`,
  },
  'withdraw-roles': {
    title: 'Order to withdraw roles',
    request: (o) => `Let ${textOf(o, 'operator')} sign in as ${roles(o)} no more: ${textOf(o, 'reason')}.`,
  },
  'suspend-operator': {
    title: 'Order to suspend a person',
    request: (o) => `Suspend ${textOf(o, 'operator')} until enrolled again: ${textOf(o, 'reason')}.`,
  },
  'withdraw-operator': {
    title: 'Order to withdraw a person',
    request: (o) => `Withdraw ${textOf(o, 'operator')} for ever: ${textOf(o, 'reason')}.`,
  },
  'withdraw-credential': {
    title: 'Order to withdraw a credential',
    request: (o) => `Withdraw one credential of ${textOf(o, 'operator')}: ${textOf(o, 'reason')}.`,
  },
} as const satisfies Readonly<Record<string, KindWords>>;

/** The kinds that this page has words for; what has none is shown and never signed here. */
export type Kind = keyof typeof KINDS;

const known: Readonly<Record<string, KindWords>> = KINDS;

/** Whether this page knows the kind; what it does not know it does not let anybody sign. */
export function isKnownKind(kind: string): kind is Kind {
  return Object.hasOwn(KINDS, kind);
}

export function orderTitle(kind: string): string {
  return known[kind]?.title ?? `Order of kind ${kind}`;
}

export function requestOf(order: Order): string {
  return (
    known[order.kind]?.request(order) ?? 'This page does not know this kind of order. Read the bytes; sign elsewhere.'
  );
}

/** Few words for a list: what is asked for, of what. */
export function shortTitle(order: Order): string {
  const title = orderTitle(order.kind).replace(/^Order to /, '');
  const words = `${title.charAt(0).toUpperCase()}${title.slice(1)}`;
  return order.kind === 'personalize' ? `Personalize ${plural(modulesOf(order).count, 'module')}` : words;
}

const WHERE = ['serial', 'card', 'operator', 'unit', 'station', 'site'];

/** Whom it concerns: card, unit, station, as far as the bytes name them. */
export function whereOf(order: Order): string {
  return WHERE.map((name) => textOf(order, name))
    .filter((text) => text !== '')
    .join(', ');
}

export interface MemberRow {
  readonly label: string;
  /** Members that are shown in it. */
  readonly names: readonly string[];
}

function row(label: string, ...names: readonly string[]): MemberRow {
  return { label, names };
}

/** How members are shown, in this order; others follow under their own names. */
export const MEMBER_ROWS: readonly MemberRow[] = [
  row('Modules', 'serials'),
  row('Module', 'serial'),
  row('Epoch', 'epoch'),
  row('Chip card', 'card'),
  row('Manufacturer', 'manufacturer'),
  row('Root', 'root'),
  row('Witness', 'witness'),
  row('In the place of', 'instead'),
  row('Person', 'operator'),
  row('Roles', 'roles'),
  row('Provider', 'issuer'),
  row('Link', 'link'),
  row('Credential', 'credential'),
  row('Version', 'version'),
  row('Approver set', 'set'),
  row('Replaces set', 'previous'),
  row('Mode', 'mode'),
  row('From checkpoint', 'checkpoint'),
  row('Modules shut out', 'modules'),
  row('Divergence', 'divergence', 'number'),
  row('Head of its log', 'head'),
  row('Reason', 'reason'),
  row('Custodians', 'custodians'),
  row('Enforcement', 'enforcement'),
  row('Profile', 'profile'),
  row('Certificates valid', 'certificateNotBefore', 'certificateNotAfter'),
  row('Use window', 'notBefore', 'notAfter', 'reportBy'),
  row('Unit, station', 'unit', 'station'),
  row('Stations', 'stations'),
  row('Card key', 'cardKey'),
  row('Birth statement', 'birth'),
  row('Device key', 'deviceKey'),
  row('Station key', 'stationKey'),
  row('Next station key', 'stationNextKey'),
  row('New deployment', 'newGenesis'),
  row('Requester', 'requester'),
  row('Site, class', 'site', 'moduleClass'),
  row('Deployment', 'genesis'),
  row('By approver set', 'approverSet'),
  row('Nonce', 'nonce'),
  row('Kind, domain', 'kind', 'domain'),
];

/** How one member is called. */
export function memberLabel(name: string): string {
  return MEMBER_ROWS.find(({ names }) => names.includes(name))?.label ?? name;
}

/** Rows for all members of an order: none is left out. */
export function rowsOf({ members }: Pick<ReadOrder, 'members'>): readonly MemberRow[] {
  const has = (name: string): boolean => Object.hasOwn(members, name);
  const known = MEMBER_ROWS.map(({ label, names }) => ({ label, names: names.filter(has) }));
  const shown = new Set(known.flatMap(({ names }) => names));
  const others = Object.keys(members).filter((name) => !shown.has(name));
  return [...known.filter(({ names }) => names.length > 0), ...others.map((name) => row(name, name))];
}

/** A span of time as one line, where a row holds nothing else. */
export function windowText({ members }: Pick<ReadOrder, 'members'>, names: readonly string[]): string | null {
  const seconds = names.map((name) => secondsOf({ members }, name));
  if (!names.every((name) => TIMES.includes(name))) return null;
  const [from, to, report] = seconds.map(minute);
  return `${from} to ${to} UTC${report === undefined ? '' : `, report by ${report}`}`;
}

/** Members that are seconds since 1970. */
const TIMES: readonly string[] = ['certificateNotBefore', 'certificateNotAfter', 'notBefore', 'notAfter', 'reportBy'];
