import { describe, expect, test } from '@jest/globals';
import { parseModuleCertificate } from '#libs/certificates/module-operation.ts';
import { equal, toBase64url } from '#libs/kernel/bytes.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { sessionServer } from '#libs/operation-protocol/tls.ts';
import { network, serveStation, stationPems } from '#test/attacks/hostile-station.ts';
import { ModuleBench, keyHashOf, newSigningKey, orThrow } from '#test/attacks/module-bench.ts';

const WITHDRAWAL = { account: 'DE02120300000000202051', amount: 5000, currency: 'EUR' };

async function withdraw(bench: ModuleBench, tricks: Parameters<typeof serveStation>[2] = {}) {
  const net = network();
  const served = serveStation(bench, net.station, tricks);
  const result = await bench.module.withdraw(net.module, WITHDRAWAL);
  net.cut();
  await served;
  return result;
}

describe('a module in operation, with real TLS', () => {
  test('S09c S27a S27f S27g asks its station and is told to pay, or not', async () => {
    const bench = new ModuleBench();
    bench.personalize();
    expect(await withdraw(bench)).toMatchObject({ pay: 'yes' });
    expect(await withdraw(bench, { pay: 'no' })).toMatchObject({ pay: 'no' });
  });

  test('S08f one that is not personalized opens no session', async () => {
    const net = network();
    expect(await new ModuleBench().module.withdraw(net.module, WITHDRAWAL)).toMatchObject({
      code: 'MODULE_NOT_OPERATING',
    });
    net.cut();
  });

  test('S27b sends its certificate and the card CA in the handshake, and proves its key', async () => {
    const bench = new ModuleBench();
    const attestation = bench.personalize();
    const net = network();
    const [session, opened] = await Promise.all([
      sessionServer(net.station, stationPems(bench.stationKey)),
      Promise.race([bench.module.openStation(net.module), new Promise((resolve) => setTimeout(resolve, 200, null))]),
    ]);
    const [leaf, issuer] = orThrow(session).peerCertificates;
    expect(opened).toBeNull();
    expect(equal(orThrow(parseModuleCertificate(leaf!)).spki, attestation.spki)).toBe(true);
    expect(equal(issuer!, bench.customer.cardCa)).toBe(true);
    expect(orThrow(session).socket.getProtocol()).toBe('TLSv1.3');
    net.cut();
  });

  test('S27g a false station gets no word out of it', async () => {
    const bench = new ModuleBench();
    bench.personalize();
    expect(await withdraw(bench, { key: newSigningKey() })).toMatchObject({ code: 'STATION_UNKNOWN' });
  });

  test('the first session under the announced key retires the old one for ever', async () => {
    const bench = new ModuleBench();
    bench.personalize();
    const third = keyHashOf(newSigningKey());
    expect(await withdraw(bench, { nextKey: third })).toMatchObject({ pay: 'yes' });
    expect(bench.image.read().operation).toMatchObject({
      stationNextKey: toBase64url(keyHashOf(bench.stationNextKey)),
    });
    expect(await withdraw(bench, { key: bench.stationNextKey, nextKey: third })).toMatchObject({ pay: 'yes' });
    expect(bench.image.read().operation).toMatchObject({
      stationKey: toBase64url(keyHashOf(bench.stationNextKey)),
      stationNextKey: toBase64url(third),
    });
    expect(await withdraw(bench)).toMatchObject({ code: 'STATION_UNKNOWN' });
  });

  test('a cut connection is one clear refusal', async () => {
    const bench = new ModuleBench();
    bench.personalize();
    const net = network();
    setTimeout(() => net.cut(), 20);
    const result = await bench.module.withdraw(net.module, WITHDRAWAL);
    expect(isRefusal(result)).toBe(true);
  });
});
