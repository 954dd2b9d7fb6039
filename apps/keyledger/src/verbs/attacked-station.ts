/** The real station of an emulated bank, as its attackers meet it: its own law, trust and sessions, and a record in memory. */
import { createPublicKey } from 'node:crypto';
import { StationMemory } from '#apps/station/src/memory.ts';
import type { StationParts } from '#apps/station/src/parts.ts';
import { serveModule } from '#apps/station/src/sessions.ts';
import { type StationLaws, Trust, stationLaws } from '#apps/station/src/trust.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { type Clock, rfc3339Of } from '#libs/kernel/clock.ts';
import { publicJwk } from '#libs/kernel/hash.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import type { AttackedStation, RecordedFact } from '#module-emulator/adversary/attacked-station.ts';
import { type Bank, STATION } from '#module-emulator/adversary/bank.ts';
import { stationPems } from '#module-emulator/adversary/rogue-station.ts';

/** A station that pins what this bank founded it with. Laws other than the default exist for the attack suite alone. */
export function attackedStation(bank: Bank, now: () => number, laws: StationLaws = stationLaws): AttackedStation {
  const facts: RecordedFact[] = [];
  const parts = partsOf(bank, { now, laws, facts });
  const { trust, memory } = parts;
  return {
    facts,
    takeList: async (jws) => {
      const taken = await trust.takeUp(jws, now());
      if (isRefusal(taken)) return [taken.code];
      const entries = taken.refused.map(({ refusal }) => refusal.code);
      return [taken.witnessRefused, taken.setRefused].flatMap((one) => one?.code ?? []).concat(entries);
    },
    accepts: (cardKey) => memory.acceptedKey(cardKey)?.state === 'active',
    serve: (duplex) => serveModule(parts, duplex),
  };
}

function partsOf(
  bank: Bank,
  { now, laws, facts }: { now: () => number; laws: StationLaws; facts: RecordedFact[] },
): StationParts {
  const clock: Clock = { seconds: now, rfc3339: () => rfc3339Of(now()) };
  const memory = new StationMemory(null);
  const { config, own } = configOf(bank);
  return {
    config,
    clock,
    memory,
    trust: new Trust({ station: STATION, pins: config.pins, memory, laws }),
    reports: {
      send: (_stream, { type, data }) => {
        facts.push({ type, data: data as RecordedFact['data'] }); // made by the station, always an object
        return Promise.resolve(null);
      },
    },
    privateKey: bank.stationKey,
    publicKey: createPublicKey(bank.stationKey),
    own,
    stationKey: bank.stationKeyHash,
    nextKey: bank.stationNextKeyHash,
    accountKey: randomOctets(32),
    answered: new Set(),
    say: () => undefined,
  };
}

function configOf(bank: Bank): Pick<StationParts, 'config' | 'own'> {
  const { server, maker } = bank;
  const files = { folder: '', credentialFile: '', stationKeyFile: '', nextKeyFile: '', certificateFile: '' };
  const pins = {
    genesis: bank.genesisId,
    logKey: bank.log.key,
    witnessPolicy: bank.log.witnessPolicy,
    approverSet: Buffer.from(bank.setBytes).toString('latin1'),
    trustListKey: publicJwk(createPublicKey(server.list)),
    cardMakerRoot: toBase64url(maker.works.cardMakerSpki),
  };
  return {
    config: {
      ...files,
      station: STATION,
      host: '',
      port: 0,
      platformUrl: '',
      pins,
      amountMax: 50_000,
      currencies: ['EUR'],
    },
    own: stationPems(bank),
  };
}
