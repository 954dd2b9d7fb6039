/** A unit and a station that lie with their own credentials: what they say is recorded, contested, and spoils nothing. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { STATION, UNIT } from '#apps/keyledger/src/demo/names.ts';
import { keyAt } from '#apps/keyledger/src/demo/found.ts';
import { issueCard } from '#apps/keyledger/src/story/card.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { SERIAL, orderFor, registerModule } from '#apps/keyledger/src/story/personalization.ts';
import { signReport } from '#libs/kernel/report.ts';
import { BEARER_LIFE, bearerToken } from '#libs/platform-client/bearer.ts';
import { PlatformClient } from '#libs/platform-client/platform-client.ts';
import { isFinding, replay } from '#libs/proof/replay.ts';
import { type HouseInProcess, houseInProcess } from './house-in-process.ts';

let it: HouseInProcess;
let clients: Readonly<Record<Device, PlatformClient>>;
/** Of an order that one person approved: no unit may begin on it. */
let run: string;
let cardKey: string;

beforeAll(async () => {
  it = await houseInProcess();
  const { world } = it;
  clients = { unit: clientOf('unit'), station: clientOf('station') };
  await founding(world);
  const card = await issueCard(world);
  ({ cardKey } = card);
  await registerModule(world);
  const order = orderFor(world, card)('lies');
  await world.requests('clara', order);
  run = `personalization-${order.id}-${SERIAL}`;
}, 180_000);

afterAll(async () => {
  await clients?.unit.close();
  await clients?.station.close();
  await it?.close();
});

type Device = 'unit' | 'station';
const NAMES = { unit: `unit:${UNIT}`, station: `station:${STATION}` } as const;

const clientOf = (device: Device): PlatformClient => {
  const { places, genesis: aud } = it.house.deployment;
  const credential = keyAt(places[device].credential, 'P-256');
  const exp = () => it.world.clock.seconds() + BEARER_LIFE;
  const token = () => bearerToken({ aud, exp: exp(), sub: NAMES[device] }, credential);
  return new PlatformClient({ url: it.house.platformUrl, token });
};

/** A report as the device would send it, signed by its own credential or by another's. */
async function says(device: Device, stream: string, fact: { type: string; data: object }, signer: Device = device) {
  const { places, genesis } = it.house.deployment;
  const credential = keyAt(places[signer].credential, 'P-256');
  const occurredAt = it.world.clock.rfc3339();
  const signed = signReport({ by: NAMES[device], genesis, stream, occurredAt, fact }, credential);
  return clients[signer].submit('report', { statement: 'String!', proof: 'ProofInput!' }, { ...signed });
}

async function judgementOn(stream: string, type: string): Promise<unknown> {
  const own = (await it.events()).filter((event) => event.stream === stream);
  const at = own.findLastIndex((event) => event.type === type);
  return own[at + 1]?.data;
}

const A = 'A'.repeat(43);
const issued = { card: 'C-0042', entry: 'AAAA', fingerprint: A, number: 1 };
const key = {
  attestation: 'AAAA',
  attestationSignature: 'A'.repeat(86),
  birth: 'personalization',
  epoch: 1,
  salt: A,
  spki: 'AAAA',
};

describe('a unit that lies', () => {
  test.each([
    ['ModuleIdentified', { exporter: A, identity: A, unitTime: 1 }, 'IDENTITY_OTHER'],
    ['ModuleKeyReceived', key, 'STATEMENT_MALFORMED'],
    ['CertificateInstalled', { fingerprint: A, signature: 'A'.repeat(86), statement: 'AAAA' }, 'MODULE_KEY_UNKNOWN'],
  ])('about %s is contested', async (type, data, code) => {
    expect(await says('unit', run, { type, data })).toHaveProperty('stream', run);
    expect(await judgementOn(run, type)).toMatchObject({
      fact: type,
      code: expect.stringMatching(new RegExp(`${code}|MALFORMED`)),
    });
  });

  test('about a certificate that no card issued is contested, and nothing follows from it', async () => {
    await says('unit', run, { type: 'CertificateIssued', data: { ...issued, cardKey } });
    expect(await judgementOn(run, 'CertificateIssued')).toMatchObject({ code: expect.any(String) });
    expect((await it.events()).some(({ type }) => type === 'CertificateRecorded' || type === 'CardUsed')).toBe(false);
  });

  test('in another device’s name, or about another device, is refused', async () => {
    const fact = { type: 'SessionClosed', data: { reason: 'goodbye' } };
    const stream = `session-${STATION}.x`;
    expect(await says('station', stream, fact, 'unit')).toMatchObject({ code: 'REPORT_SIGNATURE' });
    expect(await says('unit', stream, fact)).toMatchObject({ code: 'REPORT_NOT_OWN' });
    const line = { type: 'LineAttached', data: { link: 'V.24', order: A, serial: SERIAL, technician: 'T-EVE' } };
    expect(await says('unit', 'unit-U-8', line)).toMatchObject({ code: 'REPORT_NOT_OWN' });
  });
});

test('a station that lets a stranger in, and says so, is contested', async () => {
  const stream = `session-${STATION}.lies`;
  const data = { exporter: A, fingerprint: A, serial: SERIAL, station: STATION };
  await says('station', stream, { type: 'SessionEstablished', data });
  expect(await judgementOn(stream, 'SessionEstablished')).toMatchObject({ code: 'SESSION_OTHER_CERTIFICATE' });
});

test('the record holds all the same', async () => {
  const result = await replay(await it.events());
  expect(isFinding(result) ? result : 'held').toBe('held');
});
