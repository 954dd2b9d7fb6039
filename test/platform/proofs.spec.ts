/** What strangers get without asking anybody's leave: each proof checked as a stranger would. */
import { X509Certificate } from 'node:crypto';
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compactVerify, importJWK } from 'jose';
import { STATION } from '#apps/keyledger/src/demo/names.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { pem } from '#libs/certificates/pem.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { openCheckpoint } from '#libs/seal/checkpoint.ts';
import { parseNoteKey } from '#libs/seal/note-key.ts';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';

let it: HouseInProcess;
const get = (path: string) => fetch(`${it.house.platformUrl}${path}`);
const OPENSSL = spawnSync('openssl', ['version']).status === 0;

beforeAll(async () => {
  it = await houseInProcess();
  await founding(it.world);
}, 180_000);

afterAll(() => it?.close());

describe('a stranger', () => {
  test('reads the checkpoint, and the log key of the genesis signed it', async () => {
    const response = await get('/log/checkpoint');
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    const logKey = parseNoteKey(it.house.deployment.founding.logKey);
    if (isRefusal(logKey)) throw new Error(logKey.code);
    expect(openCheckpoint(await response.text(), logKey)).toHaveProperty('size');
  });

  test('reads a station’s trust list, and the list key of the genesis signed it', async () => {
    const response = await get(`/trust-lists/${STATION}.jws`);
    expect(response.headers.get('content-type')).toBe('application/jose');
    const key = await importJWK({ ...it.house.deployment.founding.trustListKey, alg: 'ES256' });
    const { payload } = await compactVerify(await response.text(), key);
    expect(JSON.parse(Buffer.from(payload).toString())).toMatchObject({
      station: STATION,
      genesis: it.house.deployment.genesis,
    });
  });

  test(`reads the revocation list, and openssl finds it signed by its issuer${OPENSSL ? '' : ' (left out: no openssl here)'}`, async () => {
    const response = await get('/crl/customer-signing.crl');
    expect(response.headers.get('content-type')).toBe('application/pkix-crl');
    if (!OPENSSL) return;
    const [crl, ca] = [join(it.folder, 'a.crl'), join(it.folder, 'ca.pem')];
    writeFileSync(crl, Buffer.from(await response.arrayBuffer()));
    const der = it.house.deployment.manufacturer.customerCa;
    writeFileSync(ca, pem('CERTIFICATE', der));
    expect(new X509Certificate(der).ca).toBe(true);
    const answer = execFileSync('openssl', ['crl', '-inform', 'DER', '-in', crl, '-CAfile', ca, '-noout'], {
      stdio: 'pipe',
    });
    expect(answer.toString()).toBe('');
  });

  test.each([
    ['/trust-lists/NOBODY.jws', 404],
    ['/trust-lists/ST-POZNAN', 200], // the dashboard's page of it
    ['/trust-lists/..%2F..%2Fetc%2Fpasswd.jws', 404],
    ['/crl/other.crl', 404],
    ['/log', 404],
    ['/health/live', 200],
    ['/health/ready', 200],
  ])('gets %s answered with %i', async (path, status) => {
    const response = await get(path);
    expect([response.status, (await response.text()).includes('node_modules')]).toEqual([status, false]);
  });
});
