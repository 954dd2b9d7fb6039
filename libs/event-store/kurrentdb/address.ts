/** Where a KurrentDB log lies: its connection string, checked before the driver sees it, and how it may be shown to people. */
import { EventStoreError } from '../event-store.ts';

/**
 * `kurrentdb://user:password@host:2113?tlsCAFile=…`, `esdb://` alike, with `+discover` or several hosts for a cluster. `log` names
 * the log in its database (`keyledger` where it does not); every other option is the driver's.
 */
export type KurrentAddress = string;

/** A connection string as the driver takes it, and the name of the log. */
export interface KurrentPlace {
  readonly connection: string;
  readonly log: string;
  readonly hosts: string;
  /** Whether people are told apart there at all. */
  readonly secure: boolean;
}

const LOG = 'keyledger';
const LOG_NAME = /^[a-z][a-z0-9-]{0,62}$/;
const SCHEME = /^(?:esdb|kurrentdb|kurrent|kdb)(\+discover)?:\/\//;
const HOST = /^([A-Za-z0-9.-]{1,253})(?::(\d{1,5}))?$/;
const LOOPBACK = ['localhost', '127.0.0.1'];

/** Options of the driver by the form of their values; one that it does not know it would print, password and all. */
const OPTIONS: Readonly<Record<string, RegExp>> = {
  tls: /^(true|false)$/,
  tlsverifycert: /^(true|false)$/,
  tlscafile: /^[^&?#\s]+$/,
  usercertfile: /^[^&?#\s]+$/,
  userkeyfile: /^[^&?#\s]+$/,
  nodepreference: /^(leader|follower|random|readonlyreplica)$/i,
  maxdiscoverattempts: /^\d{1,6}$/,
  discoveryinterval: /^\d{1,6}$/,
  gossiptimeout: /^\d{1,6}$/,
  keepaliveinterval: /^(-1|\d{5,9})$/,
  keepalivetimeout: /^(-1|\d{1,9})$/,
  connectionname: /^[A-Za-z0-9._%-]+$/,
  log: LOG_NAME,
};

/** What is wrong with a text as such an address, in words; null where nothing is. */
export function faultOf(text: string): string | null {
  const scheme = SCHEME.exec(text);
  if (scheme === null) return 'it begins with kurrentdb:// or esdb://';
  const { credentials, hosts, options } = partsOf(text);
  if (credentials !== null && !/^[^:@/?\s]+:[^:@/?\s]+$/.test(credentials))
    return 'a user comes with a password, both percent-encoded';
  const named = hosts.split(',').map((host) => HOST.exec(host));
  if (named.some((host) => host === null || Number(host[2] ?? 2113) > 65_535)) return 'it names host:port';
  for (const [name, value] of options) {
    const form = OPTIONS[name.toLowerCase()];
    if (form === undefined) return `it has no option ${/^[A-Za-z]{1,30}$/.test(name) ? name : 'of that name'}`;
    if (!form.test(value)) return `its option ${name} cannot be that`;
  }
  const here = named.every((host) => LOOPBACK.includes(host?.[1] ?? ''));
  const says = (name: string) => options.find(([one]) => one.toLowerCase() === name)?.[1];
  if (says('tls') === 'false' && !here) return 'tls=false is for this machine alone';
  if (says('tls') === 'false' && credentials !== null) return 'a password is not sent without TLS';
  if (says('tlsverifycert') === 'false' && !here) return 'tlsVerifyCert=false is for this machine alone';
  return null;
}

export function isKurrentAddress(text: string): boolean {
  return faultOf(text) === null;
}

/** Throws Unsupported. */
export function placeOf(address: KurrentAddress): KurrentPlace {
  const fault = faultOf(address);
  if (fault !== null) throw new EventStoreError('Unsupported', `This is no address of a KurrentDB log: ${fault}.`);
  const { discover, credentials, hosts, options } = partsOf(address);
  const [own, others] = [
    options.filter(([name]) => name.toLowerCase() === 'log'),
    options.filter(([name]) => name.toLowerCase() !== 'log'),
  ];
  const query = others.map(([name, value]) => `${name}=${value}`).join('&');
  const user = credentials === null ? '' : `${credentials}@`;
  return {
    connection: `kurrentdb${discover ? '+discover' : ''}://${user}${hosts}${query === '' ? '' : `?${query}`}`,
    log: own[0]?.[1] ?? LOG,
    hosts,
    secure: !others.some(([name, value]) => name.toLowerCase() === 'tls' && value === 'false'),
  };
}

/** The address as it may be shown and logged. */
export function shownKurrentAddress(address: KurrentAddress): string {
  const { hosts, log } = placeOf(address);
  return `kurrentdb://${hosts}?log=${log}`;
}

function partsOf(text: string): {
  readonly discover: boolean;
  readonly credentials: string | null;
  readonly hosts: string;
  readonly options: readonly (readonly [string, string])[];
} {
  const scheme = SCHEME.exec(text);
  const [authority = '', query = '', ...rest] = text.slice(scheme?.[0].length ?? 0).split('?');
  const at = authority.lastIndexOf('@');
  const given = rest.length > 0 ? [query, ...rest].join('?') : query;
  const options = given === '' ? [] : given.split('&').map(optionOf);
  return {
    discover: scheme?.[1] !== undefined,
    credentials: at < 0 ? null : authority.slice(0, at),
    hosts: authority.slice(at + 1).replace(/\/$/, ''),
    options,
  };
}

function optionOf(pair: string): readonly [string, string] {
  const at = pair.indexOf('=');
  return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
}
