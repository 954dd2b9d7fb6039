/** The story, told once in one process on real parts, and then looked at from every side. Start reading here. */
import { createPublicKey } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SERIAL } from '#apps/keyledger/src/story/personalization.ts';
import { tellStory } from '#apps/keyledger/src/story/story.ts';
import { openModule } from '#apps/keyledger/src/demo/images.ts';
import { SERIALS } from '#apps/keyledger/src/demo/names.ts';
import { verifyCardChain } from '#libs/certificates/chain.ts';
import { verifyRaw } from '#libs/certificates/ecdsa.ts';
import { fingerprintOf } from '#libs/certificates/module-operation.ts';
import { decodeLogEntry } from '#libs/chip-card-protocol/log-entry.ts';
import { fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { keyFromSpki, spkiOf } from '#libs/kernel/hash.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { decodeAttestation } from '#libs/personalization-protocol/attestation.ts';
import { encodeStationStatement } from '#libs/personalization-protocol/station-statement.ts';
import { askWithdrawal } from '#module-emulator/security-module/control.ts';
import { type HouseInProcess, houseInProcess } from './house-in-process.ts';

let it: HouseInProcess;
let events: readonly StoredEvent[];
let fingerprint: string;

beforeAll(async () => {
  it = await houseInProcess();
  ({ fingerprint } = await tellStory(it.world));
  events = await it.events();
}, 180_000);

afterAll(() => it?.close());

const typesOf = (prefix: string): readonly string[] =>
  events.filter(({ stream, type }) => stream.startsWith(prefix) && type !== 'ReportAccepted').map(({ type }) => type);
const firstOf = (type: string): StoredEvent => {
  const found = events.find((event) => event.type === type);
  if (found === undefined) throw new Error(`no ${type} in the log`);
  return found;
};
const octets = (text: string | undefined): Uint8Array => fromBase64url(text ?? '') ?? new Uint8Array();
const inOrder = (...types: readonly string[]): void => {
  const at = types.map((type) => events.indexOf(firstOf(type)));
  expect(at).toEqual([...at].sort((a, b) => a - b));
};

describe('a four-eyes approved personalization', () => {
  test('S01a gives one complete, ordered record from manufacture to the first transaction', () => {
    inOrder(
      'DeploymentFounded',
      'ModuleInitialized',
      'CertificateIssued',
      'ModuleEnteredOperation',
      'TransactionAuthorized',
    );
    expect(events.filter(({ type }) => type === 'ReportContested')).toEqual([]);
    expect(it.lines.map(({ step }) => step)).toEqual(it.lines.map((_, at) => at + 1));
  });

  test('S31b is refused by the card with one approver, and with one person’s two keys', () => {
    const refused = it.lines.filter(({ checked }) => checked.startsWith('QUORUM_PERSONS'));
    expect(refused).toHaveLength(2);
    expect(events.filter(({ type }) => type === 'CertificateIssued')).toHaveLength(1);
    expect(firstOf('OperationRefused').data).toMatchObject({ code: 'ORDER_NOT_APPROVED', operation: 'takeOrder' });
  });

  test('S09b S18a S20a S21a S26a S26b goes line up, key, certificate, installed, line cleared, in operation', () => {
    inOrder(
      'LineAttached',
      'ModuleIdentified',
      'ModuleKeyReceived',
      'CertificateIssued',
      'CertificateInstalled',
      'LineDetached',
      'PersonalizationCompleted',
    );
    inOrder('CertificateInstalled', 'ModuleEnteredOperation');
    expect(typesOf('personalization-')).toEqual([
      'PersonalizationStarted',
      'ModuleIdentified',
      'ModuleKeyReceived',
      'CertificateIssued',
      'CertificateInstalled',
      'PersonalizationCompleted',
    ]);
  });

  test('S21b leaves in the module exactly the certificate of the record', () => {
    const { state, operation } = openModule(it.house.deployment.places, SERIAL).read();
    const stored = octets(operation?.certificate);
    expect(state).toBe('operating');
    expect(toBase64url(fingerprintOf(stored))).toBe(fingerprint);
    expect(firstOf('CertificateRecorded').data).toMatchObject({ fingerprint, serial: SERIAL });
  });

  test('S22a S22b S22d leaves the station’s key in the module, by the card’s word, and the card’s own certificate', () => {
    const { operation, manufacturerRoot } = openModule(it.house.deployment.places, SERIAL).read();
    const { cardCa, customerCa, spki } = firstOf('SigningKeyCertified').data as Record<string, string>;
    const { stationKey } = firstOf('StationKeyIntroduced').data as Record<string, string>;
    expect(operation).toMatchObject({ stationKey, cardCa });
    const chain = { root: octets(manufacturerRoot), customerCa: octets(customerCa), cardCa: octets(operation?.cardCa) };
    expect(isRefusal(verifyCardChain(chain))).toBe(false);
    const entry = decodeLogEntry(octets((firstOf('CertificateIssued').data as Record<string, string>)['entry']));
    if (isRefusal(entry)) throw new Error(entry.code);
    const { tbsHash, stationKeyHash, stationSignature } = entry;
    const statement = { tbsHash, stationKey: stationKeyHash, stationNextKey: octets(operation?.stationNextKey) };
    expect(verifyRaw(encodeStationStatement(statement), stationSignature, keyFromSpki(octets(spki)))).toBe(true);
  });

  test('S40b S30a operates by its stored certificate alone: a module without one is of no use', async () => {
    const [own, spare] = SERIALS.map((serial) => openModule(it.house.deployment.places, serial).read());
    expect([own?.state, own?.operation === null]).toEqual(['operating', false]);
    expect([spare?.state, spare?.operation, spare?.genesis]).toEqual(['personalization', null, null]);
    const asked = { station: it.house.stationAddress, account: 'DE02120300000000202051', amount: 100, currency: 'EUR' };
    const stolen = await askWithdrawal(it.house.devices.controls[SERIALS[1]] ?? '', asked);
    expect(stolen).toMatchObject({ code: 'MODULE_NOT_OPERATING' });
  });

  test('S40a S40c rests on a key born in the module, on its attestation, and on a line that a named person attached', () => {
    const attested = decodeAttestation(
      octets((firstOf('ModuleKeyReceived').data as Record<string, string>)['attestation']),
    );
    expect(attested).toMatchObject({ keyBirth: 'personalization-with-salt', serial: SERIAL });
    expect(firstOf('LineAttached').data).toMatchObject({ link: 'V.24', serial: SERIAL, technician: 'T-TOM' });
    inOrder('LineAttached', 'ModuleKeyReceived', 'CertificateIssued');
  });

  test('S11a S27b brings the module to its station over the network, with the certificate that the unit issued', () => {
    expect(it.house.stationAddress).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(firstOf('SessionEstablished').data).toMatchObject({ serial: SERIAL, station: 'ST-POZNAN', fingerprint });
  });

  test('S11b S31a leaves no key in the unit that could certify: its folder holds its own credential, its journal and reports', () => {
    const { unit } = it.house.deployment.places;
    const { spki } = firstOf('SigningKeyCertified').data as Record<string, string>;
    const files = readdirSync(unit.folder);
    expect(files.filter((file) => !file.endsWith('.json'))).toEqual(['credential.pem']);
    const own = spkiOf(createPublicKey(readFileSync(unit.credential)));
    expect(toBase64url(own)).not.toBe(spki);
    const kept = (name: string) => JSON.parse(readFileSync(join(unit.folder, name), 'utf8')) as object;
    for (const file of files.filter(
      (name) => name.endsWith('.json') && !['outbox.json', 'plugged.json'].includes(name),
    ))
      expect(Object.keys(kept(file)).sort()).toEqual(['gaveUp', 'salts']);
    expect(kept('plugged.json')).toBeNull();
    for (const report of kept('outbox.json') as object[])
      expect(Object.keys(report).sort()).toEqual(['proof', 'statement']);
  });

  test('S26c is not possible a second time: module and record refuse', () => {
    const again = events.filter(({ type }) => type === 'OperationRefused').at(-1);
    expect(again?.data).toMatchObject({ code: 'MODULE_OPERATING', operation: 'reserveModule' });
    expect(it.lines.some(({ checked }) => checked.startsWith('MODULE_OPERATING by the module'))).toBe(true);
  });

  test('S27f S27g authorizes a withdrawal with signed messages both ways', () => {
    const data = firstOf('TransactionAuthorized').data as Record<string, string | number>;
    const text = (member: string) => Buffer.from(fromBase64url(String(data[member])) ?? []).toString('latin1');
    expect(text('authorization')).toContain('"direction":"module-to-station"');
    expect(text('instruction')).toContain('"pay":"yes"');
    expect(data).toMatchObject({ amount: 5000, currency: 'EUR', counter: 1 });
  });

  test('S27e S29c shuts the module out once the key of its card is disabled', () => {
    inOrder('SigningKeySuspended', 'SigningKeyCompromised', 'SessionRefused');
    expect(firstOf('SessionRefused').data).toMatchObject({ code: 'SIGNING_KEY_DISABLED', serial: SERIAL });
    expect(typesOf('trust-list-').filter((type) => type === 'TrustListEnforced')).toHaveLength(3);
  });

  test('spends each order once, by a reaction', () => {
    const spent = events.filter(({ type }) => type === 'OrderSpent').map(({ stream }) => stream);
    expect(new Set(spent).size).toBe(spent.length);
    expect(firstOf('CardUsed').data).toMatchObject({ number: 1, serial: SERIAL });
  });

  test('told again it tells the same, and adds nothing to the record', async () => {
    const before = (await it.events()).length;
    const told = it.lines.length;
    await tellStory(it.world);
    expect((await it.events()).length).toBe(before);
    expect(it.lines.slice(told).map(({ what }) => what)).toEqual(it.lines.slice(0, told).map(({ what }) => what));
  }, 180_000);

  test('S02c leaves no account, PIN or private key in the record, nor in what the parts say', () => {
    const { people, places } = it.house.deployment;
    const canaries = ['PL61109010140000071219812874', ...Object.values(people.pins), 'PRIVATE KEY'];
    const entries = readdirSync(places.platform.folder, { recursive: true, withFileTypes: true });
    for (const { name, parentPath } of entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.pem'))) {
      const content = readFileSync(join(parentPath, name)).toString('latin1');
      for (const canary of canaries) expect({ name, holds: content.includes(canary) }).toEqual({ name, holds: false });
    }
    for (const canary of canaries) expect(it.said.join('\n')).not.toContain(canary);
  });
});
