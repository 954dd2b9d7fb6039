import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { randomOctets } from '#libs/kernel/ids.ts';
import { ModuleLine } from '#libs/personalization-protocol/unit-side.ts';
import { counterFile } from '#module-emulator/counter-file.ts';
import { connectLocal, listenLocal, localAddress } from '#libs/local/local-socket.ts';
import { openSealedImage } from '#module-emulator/sealed-image.ts';
import { serveStation } from '#test/attacks/hostile-station.ts';
import { BENCH_SERIAL, ModuleBench, cardKeyOf, orThrow } from '#test/attacks/module-bench.ts';
import { askState, askWithdrawal } from './control.ts';
import type { ModuleMemory } from './module-memory.ts';
import { startModule } from './serve.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyledger-module-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a module as a device of its own', () => {
  test('S02c S14b S21b is personalized through its plug, survives a loss of power, and serves its ATM', async () => {
    const bench = new ModuleBench();
    const sealingKey = randomOctets(32);
    const image = () => {
      const counter = counterFile(join(folder, 'counters', BENCH_SERIAL));
      return orThrow(
        openSealedImage<ModuleMemory>({
          file: join(folder, 'images', BENCH_SERIAL),
          device: BENCH_SERIAL,
          sealingKey,
          counter,
          empty: bench.image.read(),
        }),
      );
    };
    const addresses = {
      lineAddress: localAddress(folder, 'line'),
      controlAddress: localAddress(folder, 'control'),
      baud: 0,
    };
    const plug = async () => {
      const expected = { serial: BENCH_SERIAL, identityCaSpki: bench.manufacturer.identityCaSpki, clock: bench.clock };
      return orThrow(await ModuleLine.open(await connectLocal(addresses.lineAddress), expected));
    };
    const wish = () => ({
      genesis: bench.customer.genesis,
      orderHash: bench.orderHash,
      cardKey: cardKeyOf(bench.customer),
      challenge: randomOctets(32),
      unitRandom: randomOctets(32),
    });

    const before = await startModule({ image: image(), ...addresses });
    const unit = await plug();
    const { attestation } = orThrow(await unit.makeKey(wish()));
    await before.close();
    expect(await unit.makeKey(wish())).toMatchObject({ code: 'LINE_CLOSED' });

    const after = await startModule({ image: image(), ...addresses });
    expect(orThrow(await askState(addresses.controlAddress))).toEqual({
      type: 'stated',
      serial: BENCH_SERIAL,
      state: 'personalization',
    });
    const again = await plug();
    const made = orThrow(await again.makeKey({ ...wish(), earlierSalts: [attestation.salt] }));
    expect(made.attestation.spki).toEqual(attestation.spki);
    const { type: _type, ...installation } = bench.installation(made.attestation);
    orThrow(await again.install(installation, { moduleSpki: attestation.spki, epoch: 1, orderHash: bench.orderHash }));

    const stationAddress = localAddress(folder, 'station');
    const station = await listenLocal(stationAddress, (socket) => void serveStation(bench, socket));
    const asked = { station: stationAddress, account: 'DE02120300000000202051', amount: 5000, currency: 'EUR' };
    expect(await askWithdrawal(addresses.controlAddress, asked)).toMatchObject({ type: 'withdrawn', pay: 'yes' });
    expect(await askWithdrawal(addresses.controlAddress, { ...asked, amount: 0 })).toMatchObject({ code: 'BAD_SHAPE' });
    await station.close();
    expect(await askWithdrawal(addresses.controlAddress, asked)).toMatchObject({ code: 'STATION_UNREACHABLE' });
    await after.close();
    const kept = image().read();
    const onDisk = readFileSync(join(folder, 'images', BENCH_SERIAL));
    for (const member of [kept.identityKey, kept.operation!.privateKey]) {
      const octets = Buffer.from(member, 'base64url');
      for (const spelling of [octets, octets.subarray(36, 68), member]) expect(onDisk.includes(spelling)).toBe(false);
    }
    expect(kept.state).toBe('operating');
  });

  test('S14b there is one plug: a second one finds it taken, and after unplugging it is free', async () => {
    const bench = new ModuleBench();
    const addresses = {
      lineAddress: localAddress(folder, 'line'),
      controlAddress: localAddress(folder, 'control'),
      baud: 0,
    };
    const served = await startModule({ image: bench.image, ...addresses });
    const first = await connectLocal(addresses.lineAddress);
    const second = await connectLocal(addresses.lineAddress);
    await new Promise((resolve) => second.once('close', resolve));
    first.destroy();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const expected = { serial: BENCH_SERIAL, identityCaSpki: bench.manufacturer.identityCaSpki, clock: bench.clock };
    const line = orThrow(await ModuleLine.open(await connectLocal(addresses.lineAddress), expected));
    line.close();
    await served.close();
  });
});
