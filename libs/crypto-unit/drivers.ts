/**
 * The crypto units that a personalization unit can hold its signing key in (S13e to S13h): one row each. A row says how the
 * unit is reached and who enforces the card's law there; what counts is what the unit's birth statement and CA certificate say.
 */
import type { CardReader } from '#libs/chip-card-protocol/reader.ts';
import { CardGone, socketReader } from '#libs/chip-card-protocol/socket-reader.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import { connectLocal } from '#libs/local/local-socket.ts';
import { ccidReader } from './ccid.ts';
import type { UnitEnforcement, Wire } from './driver.ts';
import { fireWireReader } from './firewire.ts';
import { pcCardReader } from './pc-card.ts';
import { pcscReader } from './pcsc.ts';

export interface UnitDriver {
  readonly transport: string;
  readonly enforcement: UnitEnforcement;
  /** Paragraph of the requirements. */
  readonly requirement: string;
  /** The unit at an address: the path of a local socket, or the name of a PC/SC reader. */
  readonly open: (address: string) => CardReader;
}

function wireTo(address: string): Wire {
  return () =>
    connectLocal(address).catch((cause: unknown) => {
      throw new CardGone('no crypto unit answers', { cause });
    });
}

/** Words of vpcd over a local socket: the emulated card, and the agents beside a token or a key file. */
const overSocket = (address: string): CardReader => socketReader(() => connectLocal(address));

export const UNIT_DRIVERS = {
  iso: {
    transport: 'ISO 7816 card in a reader of its own, over a local socket',
    enforcement: 'device',
    requirement: 'S13e',
    open: overSocket,
  },
  pcsc: {
    transport: 'ISO 7816 card in a PC/SC reader of this machine, real or virtual',
    enforcement: 'device',
    requirement: 'S13e',
    open: (name) => pcscReader(name),
  },
  pcmcia: {
    transport: 'PC Card: I/O window, blocks of T=1',
    enforcement: 'device',
    requirement: 'S13f',
    open: (address) => pcCardReader(wireTo(address)),
  },
  usb: {
    transport: 'USB: bulk messages of the CCID class',
    enforcement: 'device',
    requirement: 'S13g',
    open: (address) => ccidReader(wireTo(address)),
  },
  firewire: {
    transport: 'FireWire: asynchronous transactions of IEEE 1394',
    enforcement: 'device',
    requirement: 'S13g',
    open: (address) => fireWireReader(wireTo(address)),
  },
  pkcs11: {
    transport: 'PKCS #11 token; an agent beside it checks the law',
    enforcement: 'host',
    requirement: 'S13g',
    open: overSocket,
  },
  soft: {
    transport: 'key in a file; an agent beside it checks the law',
    enforcement: 'host',
    requirement: 'S13h',
    open: overSocket,
  },
} as const satisfies Readonly<Record<string, UnitDriver>>;

export type UnitKind = keyof typeof UNIT_DRIVERS;

/** `usb:/path` names its driver; a path without one is that of an ISO card. Refuses UNIT_UNKNOWN. */
export function cryptoUnit(address: string): CardReader | Refusal {
  const [, kind, rest] = /^([a-z][a-z0-9]+):(.+)$/.exec(address) ?? [];
  if (kind === undefined || rest === undefined) return UNIT_DRIVERS.iso.open(address);
  if (!Object.hasOwn(UNIT_DRIVERS, kind))
    return refuse('UNIT_UNKNOWN', `A crypto unit is one of ${Object.keys(UNIT_DRIVERS).join(', ')}.`);
  return UNIT_DRIVERS[kind as UnitKind].open(rest);
}
