/** The story, told once in one process on real parts, and then looked at from every side. Start reading here. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SERIAL } from '#apps/keyledger/src/story/personalization.ts';
import { tellStory } from '#apps/keyledger/src/story/story.ts';
import { openModule } from '#apps/keyledger/src/demo/devices.ts';
import { fingerprintOf } from '#libs/certificates/module-operation.ts';
import { fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { type HouseInProcess, houseInProcess } from './house-in-process.ts';

let it: HouseInProcess;
let events: readonly StoredEvent[];
let fingerprint: string;

beforeAll(async () => {
  it = await houseInProcess();
  ({ fingerprint } = await tellStory(it.world));
  events = await it.events();
}, 60_000);

afterAll(() => it?.close());

const typesOf = (prefix: string): readonly string[] =>
  events.filter(({ stream, type }) => stream.startsWith(prefix) && type !== 'ReportAccepted').map(({ type }) => type);
const firstOf = (type: string): StoredEvent => {
  const found = events.find((event) => event.type === type);
  if (found === undefined) throw new Error(`no ${type} in the log`);
  return found;
};
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
    const stored = fromBase64url(operation?.certificate ?? '') ?? new Uint8Array();
    expect(state).toBe('operating');
    expect(toBase64url(fingerprintOf(stored))).toBe(fingerprint);
    expect(firstOf('CertificateRecorded').data).toMatchObject({ fingerprint, serial: SERIAL });
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
  }, 60_000);

  test('S02c leaves no account, PIN or private key in the record, nor in what the parts say', () => {
    const { people, places } = it.house.deployment;
    const canaries = ['PL61109010140000071219812874', ...Object.values(people.pins), 'PRIVATE KEY'];
    for (const name of readdirSync(places.platform.folder).filter((file) => !file.endsWith('.pem'))) {
      const content = readFileSync(join(places.platform.folder, name)).toString('latin1');
      for (const canary of canaries) expect({ name, holds: content.includes(canary) }).toEqual({ name, holds: false });
    }
    for (const canary of canaries) expect(it.said.join('\n')).not.toContain(canary);
  });
});
