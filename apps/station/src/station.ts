/** A station (the seed's central system): takes trust lists up by its own law, and lets modules speak that pass it. */
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type AddressInfo, type Socket, createServer } from 'node:net';
import { join } from 'node:path';
import { type Clock, systemClock } from '#libs/kernel/clock.ts';
import { sha256, spkiOf } from '#libs/kernel/hash.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { BEARER_LIFE, bearerToken } from '#libs/platform-client/bearer.ts';
import { PlatformClient } from '#libs/platform-client/platform-client.ts';
import { ReportLine } from '#libs/platform-client/report-line.ts';
import { type Shown, serveDisplay, shows } from '#libs/local/display.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';
import type { StationConfig } from './config.ts';
import { StationMemory } from './memory.ts';
import type { StationParts } from './parts.ts';
import { serveModule } from './sessions.ts';
import type { NoteKey } from '#libs/seal/note-key.ts';
import { Trust } from './trust.ts';
import { type WitnessConfig, type WitnessDeskParts, startWitness } from './witness-desk.ts';

export interface Running {
  /** host:port of the line that modules call. */
  readonly address: string;
  readonly close: () => Promise<void>;
}

/** A list is fetched again long before it runs out. */
const REFRESH_MS = 60_000;
const RETRY_MS = 500;

export interface StationOptions {
  readonly clock?: Clock;
  readonly say?: (line: string) => void;
}

export async function startStation(config: StationConfig, options: StationOptions = {}): Promise<Running> {
  const clock = options.clock ?? systemClock;
  const client = clientOf(config, clock);
  const parts = partsOf(config, client, { clock, say: options.say ?? (() => undefined) });
  const witness = config.witness === undefined ? null : await startWitness(witnessOf(config.witness, parts));
  const lists = followLists(parts, client);
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    void serveModule(parts, socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, config.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const display = config.display === undefined ? null : await serveDisplay(config.display, () => stationShows(parts));
  const close = async (): Promise<void> => {
    lists.stop();
    await witness?.close();
    await display?.close();
    for (const socket of open) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    await client.close();
  };
  return { address: `${config.host}:${port}`, close };
}

function witnessOf(config: WitnessConfig, { clock, say, trust, config: { folder } }: StationParts): WitnessDeskParts {
  const keysOf = (origin: string): readonly NoteKey[] | null => {
    const keys = trust.logKeys.filter(({ name }) => name === origin);
    return keys.length === 0 ? null : keys;
  };
  return { config, folder, keysOf, clock, say };
}

/** From its own keys, whatever the platform has recorded of them. */
function stationShows({ stationKey, nextKey }: StationParts): readonly Shown[] {
  return [shows('station key', stationKey), shows('next key', nextKey)];
}

function clientOf(config: StationConfig, clock: Clock): PlatformClient {
  const credential = createPrivateKey(readFileSync(config.credentialFile));
  const aud = config.pins.genesis;
  const token = () =>
    bearerToken({ aud, exp: clock.seconds() + BEARER_LIFE, sub: `station:${config.station}` }, credential);
  return new PlatformClient({ url: config.platformUrl, token });
}

function partsOf(
  config: StationConfig,
  client: PlatformClient,
  { clock, say }: { clock: Clock; say: (line: string) => void },
): StationParts {
  const memory = new StationMemory(join(config.folder, 'trust.json'));
  const keyPem = readFileSync(config.stationKeyFile, 'utf8');
  const privateKey = createPrivateKey(keyPem);
  const publicKey = createPublicKey(privateKey);
  const credential = createPrivateKey(readFileSync(config.credentialFile));
  const nextKey = createPublicKey(createPrivateKey(readFileSync(config.nextKeyFile)));
  return {
    config,
    clock,
    memory,
    trust: new Trust({ station: config.station, pins: config.pins, memory }),
    reports: new ReportLine({
      client,
      by: `station:${config.station}`,
      genesis: config.pins.genesis,
      credential,
      clock,
    }),
    privateKey,
    publicKey,
    own: { chainPem: readFileSync(config.certificateFile, 'utf8'), keyPem },
    stationKey: sha256(spkiOf(publicKey)),
    nextKey: sha256(spkiOf(nextKey)),
    accountKey: accountKey(config, clock),
    answered: new Set(),
    say,
  };
}

/** One key a month: after it is thrown away nobody can link an account to the record any more. */
function accountKey({ folder }: StationConfig, clock: Clock): Uint8Array {
  const file = join(folder, `account-key-${clock.rfc3339().slice(0, 7)}`);
  const known = readWhole(file);
  if (known !== null) return known;
  const fresh = randomOctets(32);
  replaceWhole(file, fresh);
  return fresh;
}

/** Fetches the list at the start, at every piece of news, and in time before it runs out; one fetch at a time. */
function followLists(parts: StationParts, client: PlatformClient): { stop: () => void } {
  let [busy, again, stopped] = [false, false, false];
  let timer: NodeJS.Timeout | null = null;
  const fetchList = async (): Promise<void> => {
    if (stopped) return;
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    const reached = await takeList(parts, client).catch(() => false);
    busy = false;
    if (timer !== null) clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => void fetchList(), reached ? REFRESH_MS : RETRY_MS);
    if (again) {
      again = false;
      await fetchList();
    }
  };
  const unlisten = client.listen('subscription { trustListChanged }', () => void fetchList());
  void fetchList();
  return {
    stop: () => {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      unlisten();
    },
  };
}

/** False where the platform gave no list; a list that does not hold is said aloud and changes nothing. */
async function takeList(parts: StationParts, client: PlatformClient): Promise<boolean> {
  const { config, trust, memory, clock, reports, say } = parts;
  const before = memory.version;
  const { trustList } = await client.ask<{ trustList: string | null }>(
    'query($station: String!) { trustList(station: $station) }',
    {
      station: config.station,
    },
  );
  if (trustList === null) return false;
  const enforced = await trust.takeUp(trustList, clock.seconds());
  if (isRefusal(enforced)) {
    say(`does not take the trust list: ${enforced.code}`);
    return true;
  }
  if (enforced.witnessRefused !== null) say(`does not take up another witness: ${enforced.witnessRefused.code}`);
  if (enforced.setRefused !== null) say(`does not hold the next approver set: ${enforced.setRefused.code}`);
  for (const { cardKey, refusal } of enforced.refused) say(`does not accept ${cardKey.slice(0, 8)}: ${refusal.code}`);
  const unwitnessed = enforced.refused.some(({ refusal }) => refusal.code === 'ENTRY_NOT_WITNESSED');
  if (enforced.version > before || (before === enforced.version && before > 0))
    await reports.send(`trust-list-${config.station}`, {
      type: 'TrustListEnforced',
      data: { version: enforced.version, hash: enforced.hash },
    });
  return !unwitnessed; // its witnesses may be there in a moment
}
