/** The configuration of each part, as it follows from a demo deployment. */
import type { HeadquartersConfig } from '#apps/headquarters/src/lease-desk.ts';
import type { PlatformConfig } from '#apps/platform/src/config.ts';
import type { StationConfig } from '#apps/station/src/config.ts';
import type { UnitConfig } from '#apps/unit/src/config.ts';
import { createPublicKey } from 'node:crypto';
import { dirname } from 'node:path';
import { toBase64url } from '#libs/kernel/bytes.ts';
import type { Clock } from '#libs/kernel/clock.ts';
import { publicJwk } from '#libs/kernel/hash.ts';
import { displayAddress } from '#libs/local/display.ts';
import { localAddress } from '#libs/local/local-socket.ts';
import { namesFile } from '../officer/names.ts';
import { deviceAddresses } from './addresses.ts';
import { addressOf } from './event-log.ts';
import { type Deployment, keyAt } from './found.ts';
import { STATION, TECHNICIAN, UNIT, WITNESS } from './names.ts';

/** What those who keep it running asked for. */
export interface Operations {
  /** Who may read /metrics. */
  readonly metrics?: 'loopback' | 'open';
  /** Where traces go, OTLP over HTTP; nowhere where it is null or left out. */
  readonly traces?: string | null;
  /** Address of a PostgreSQL database for the views; a file in the platform's folder where it is null or left out. */
  readonly views?: string | null;
}

export interface Where extends Operations {
  readonly host: string;
  readonly sockets: string;
  readonly nodeEnv: string;
}

export function platformConfig(
  { places, founding }: Pick<Deployment, 'places' | 'founding'>,
  where: Where,
  port: number,
): PlatformConfig {
  const {
    folder,
    logKey: logKeyFile,
    nextLogKey: nextLogKeyFile,
    listKey: listKeyFile,
    crl: crlFile,
    crls: crlFolder,
  } = places.platform;
  const witnesses = [{ name: WITNESS, address: witnessAddress(where) }];
  const files = { logKeyFile, nextLogKeyFile, listKeyFile, crlFile, crlFolder };
  const events = addressOf(places.platform.events);
  return {
    host: where.host,
    port,
    folder,
    events,
    founding,
    ...files,
    witnesses,
    nodeEnv: where.nodeEnv,
    names: { persons: namesFile(places.folder), machines: places.fleet.machines },
    metrics: where.metrics ?? 'loopback',
    traces: where.traces ?? null,
    views: where.views ?? null,
  };
}

/** In the station that the demo has. */
function witnessAddress({ sockets }: Where): string {
  return localAddress(sockets, 'witness');
}

export function headquartersAddress({ sockets }: Where): string {
  return localAddress(sockets, 'hq');
}

export function headquartersConfig(
  { places, founding, genesis }: Pick<Deployment, 'places' | 'founding' | 'genesis'>,
  where: Where,
  more: { platformUrl: string; clock: Clock },
): HeadquartersConfig {
  const credential = createPublicKey(keyAt(places.unit.credential, 'P-256'));
  return {
    address: headquartersAddress(where),
    leaseKey: keyAt(places.headquarters.leaseKey, 'P-256'),
    folder: dirname(places.headquarters.leaseKey),
    genesis,
    approverSet: founding.approverSet,
    units: { [UNIT]: publicJwk(credential) },
    ...more,
  };
}

export function unitConfig(
  { places, genesis, people, manufacturer }: Deployment,
  where: Where,
  platformUrl: string,
): UnitConfig {
  const { cards, lines } = deviceAddresses(where.sockets);
  return {
    unit: UNIT,
    platformUrl,
    display: displayAddress(where.sockets, UNIT),
    folder: places.unit.folder,
    credentialFile: places.unit.credential,
    headquarters: headquartersAddress(where),
    cards,
    lines,
    plugs: where.sockets,
    traces: where.traces ?? null,
    technician: { id: TECHNICIAN, pin: people.pins.technician },
    pins: { genesis, identityCaSpki: toBase64url(manufacturer.identityCaSpki) },
  };
}

export function stationConfig(
  { places, genesis, founding }: Deployment,
  where: Where,
  more: { platformUrl: string; port: number },
): StationConfig {
  const { folder, credential, key, nextKey, certificate, witnessKey } = places.station;
  const { logKey, witnessPolicy, approverSet, trustListKey, cardMakerRoot } = founding;
  return {
    station: STATION,
    host: '127.0.0.1',
    display: displayAddress(where.sockets, STATION),
    folder,
    credentialFile: credential,
    stationKeyFile: key,
    nextKeyFile: nextKey,
    certificateFile: certificate,
    pins: { genesis, logKey, witnessPolicy, approverSet, trustListKey, cardMakerRoot },
    ...(witnessPolicy.witnesses.length === 0
      ? {}
      : { witness: { name: WITNESS, keyFile: witnessKey, address: witnessAddress(where) } }),
    amountMax: 100_000,
    currencies: ['EUR', 'PLN'],
    ...more,
  };
}
