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

const KINDS: Readonly<Record<string, KindWords>> = {
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
    request: (o) => `Suspend one signing key: ${textOf(o, 'reason')}. No new certificates; what works keeps working.`,
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
    request: (o) => `Let ${textOf(o, 'operator')} sign in as ${roles(o)}.`,
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
};

/** Whether this page knows the kind; what it does not know it does not let anybody sign. */
export function isKnownKind(kind: string): boolean {
  return Object.hasOwn(KINDS, kind);
}

export function orderTitle(kind: string): string {
  return KINDS[kind]?.title ?? `Order of kind ${kind}`;
}

export function requestOf(order: Order): string {
  return (
    KINDS[order.kind]?.request(order) ?? 'This page does not know this kind of order. Read the bytes; sign elsewhere.'
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

/** Labels of members, in the order in which they are shown; others follow under their own names. */
export const MEMBER_LABELS: readonly (readonly [string, string])[] = [
  ['serials', 'Modules'],
  ['serial', 'Module'],
  ['epoch', 'Epoch'],
  ['card', 'Chip card'],
  ['cardKey', 'Card key'],
  ['birth', 'Birth statement'],
  ['deviceKey', 'Device key'],
  ['custodians', 'Custodians'],
  ['enforcement', 'Enforcement'],
  ['operator', 'Person'],
  ['roles', 'Roles'],
  ['credential', 'Credential'],
  ['version', 'Version'],
  ['set', 'Approver set'],
  ['previous', 'Replaces set'],
  ['reason', 'Reason'],
  ['unit', 'Unit'],
  ['station', 'Station'],
  ['stations', 'Stations'],
  ['stationKey', 'Station key'],
  ['stationNextKey', 'Next station key'],
  ['newGenesis', 'New deployment'],
  ['profile', 'Profile'],
  ['certificateNotBefore', 'Certificates from'],
  ['certificateNotAfter', 'Certificates until'],
  ['notBefore', 'Use from'],
  ['notAfter', 'Use until'],
  ['reportBy', 'Report by'],
  ['site', 'Site'],
  ['moduleClass', 'Module class'],
  ['requester', 'Requester'],
  ['genesis', 'Deployment'],
  ['approverSet', 'By approver set'],
  ['nonce', 'Nonce'],
  ['kind', 'Kind'],
  ['domain', 'Domain'],
];

/** Members that are seconds since 1970. */
export const TIMES: readonly string[] = [
  'certificateNotBefore',
  'certificateNotAfter',
  'notBefore',
  'notAfter',
  'reportBy',
];
