import type { Duplex } from 'node:stream';
import { type TLSSocket, connect } from 'node:tls';
import { describe, expect, test } from '@jest/globals';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import { equal } from '#libs/kernel/bytes.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { judge, without } from '#libs/kernel/law.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { V24Line } from '#module-emulator/line/v24-line.ts';
import { stationPems } from '#test/attacks/hostile-station.ts';
import {
  BENCH_NOW,
  BENCH_SERIAL,
  ModuleBench,
  cardKeyOf,
  newSigningKey,
  orThrow,
  spkiOfPrivate,
} from '#test/attacks/module-bench.ts';
import { type Attestation, encodeAttestation, saltOf } from './attestation.ts';
import { FrameLine } from './frame-line.ts';
import { TLS_SETTINGS, moduleServer, unitClient } from './tls.ts';
import { type AttestationCase, type UnitLaws, unitAttestationLaw, unitIdentityLaw, unitLaws } from './unit-law.ts';
import { ModuleLine } from './unit-side.ts';

const identityPems = stationPems(newSigningKey());

function wish(bench: ModuleBench) {
  return {
    genesis: bench.customer.genesis,
    orderHash: bench.orderHash,
    cardKey: cardKeyOf(bench.customer),
    challenge: randomOctets(32),
    unitRandom: randomOctets(32),
  };
}

function open(bench: ModuleBench, duplex: Duplex, change: { serial?: string; law?: UnitLaws } = {}) {
  const { clock } = bench;
  return ModuleLine.open(duplex, {
    serial: BENCH_SERIAL,
    identityCaSpki: bench.manufacturer.identityCaSpki,
    clock,
    ...change,
  });
}

describe('TLS on the line', () => {
  test('S17a both ends have one exporter, another in every session; the server shows its certificate, the client none', async () => {
    const exporters: Uint8Array[] = [];
    for (let round = 0; round < 2; round += 1) {
      const { unit, module } = new V24Line({ baud: 0 }).attach();
      const [client, server] = (await Promise.all([unitClient(unit), moduleServer(module, identityPems)])).map(orThrow);
      expect(equal(client!.exporter, server!.exporter)).toBe(true);
      expect(client!.socket.getProtocol()).toBe('TLSv1.3');
      expect(client!.socket.getEphemeralKeyInfo()).toMatchObject({ name: 'prime256v1' });
      expect([client!.peerCertificates.length, server!.peerCertificates.length]).toEqual([1, 0]);
      exporters.push(client!.exporter);
      unit.destroy();
    }
    expect(equal(exporters[0]!, exporters[1]!)).toBe(false);
  });

  test('S17a no session is ever resumed', async () => {
    let session: Buffer | undefined;
    for (let round = 0; round < 2; round += 1) {
      const { unit, module } = new V24Line({ baud: 0 }).attach();
      const served = moduleServer(module, identityPems);
      const socket: TLSSocket = connect({
        ...TLS_SETTINGS,
        socket: unit,
        rejectUnauthorized: false,
        ...(session === undefined ? {} : { session }),
      });
      socket.on('error', () => undefined);
      socket.on('session', (ticket) => (session = ticket));
      orThrow(await served);
      await new Promise((resolve) => setTimeout(resolve, 10));
      expect(socket.isSessionReused()).toBe(false);
      unit.destroy();
    }
  });

  test('S17a nothing older than TLS 1.3 is spoken', async () => {
    const { unit, module } = new V24Line({ baud: 0 }).attach();
    const socket = connect({ socket: unit, maxVersion: 'TLSv1.2', rejectUnauthorized: false });
    socket.on('error', () => undefined);
    expect(await moduleServer(module, identityPems)).toMatchObject({ code: 'LINE_HANDSHAKE' });
  });

  test('a line that is cut in the handshake is refused at both ends', async () => {
    const line = new V24Line({ baud: 0 });
    const { unit, module } = line.attach();
    line.pullAfter(300);
    const both = await Promise.all([unitClient(unit), moduleServer(module, identityPems)]);
    expect(both).toMatchObject([{ code: 'LINE_HANDSHAKE' }, { code: 'LINE_HANDSHAKE' }]);
  });
});

/** Stands between unit and module with TLS towards both, and passes every frame on. */
async function standBetween(unitSide: Duplex, moduleSide: Duplex): Promise<void> {
  const [towardsUnit, towardsModule] = await Promise.all([
    moduleServer(unitSide, identityPems),
    unitClient(moduleSide),
  ]);
  const [near, far] = [new FrameLine(orThrow(towardsUnit).socket), new FrameLine(orThrow(towardsModule).socket)];
  for (;;) {
    const frame = await near.receive(5000);
    if (isRefusal(frame)) return far.close();
    const answer = await far.ask(frame, 5000);
    if (isRefusal(answer)) return near.close();
    await near.send(answer);
  }
}

async function throughAttacker(codes: readonly string[]) {
  const bench = new ModuleBench();
  const [near, far] = [new V24Line({ baud: 0 }).attach(), new V24Line({ baud: 0 }).attach()];
  const served = bench.module.serveLine(far.module);
  const between = standBetween(near.module, far.unit);
  const law = { identity: without(unitIdentityLaw, codes), attestation: without(unitAttestationLaw, codes) };
  const unit = await open(bench, near.unit, { law });
  const result = isRefusal(unit) ? unit : await unit.makeKey(wish(bench));
  if (!isRefusal(unit)) unit.close();
  await Promise.all([between, served]);
  return isRefusal(result) ? result.code : 'got through';
}

describe('the unit', () => {
  test('S17a S25d whoever stands between with TLS towards both sides is noticed twice', async () => {
    expect(await throughAttacker([])).toBe('IDENTITY_NOT_ON_LINE');
    expect(await throughAttacker(['IDENTITY_NOT_ON_LINE'])).toBe('EXPORTER_DIFFERS');
    expect(await throughAttacker(['IDENTITY_NOT_ON_LINE', 'EXPORTER_DIFFERS'])).toBe('got through');
  });

  test('S25d S33b another genuine module than the one on the housing is refused', async () => {
    const bench = new ModuleBench();
    const refused = new V24Line({ baud: 0 }).attach();
    void bench.module.serveLine(refused.module);
    expect(await open(bench, refused.unit, { serial: 'SM-000099' })).toMatchObject({ code: 'WRONG_MODULE' });
    const careless = new V24Line({ baud: 0 }).attach();
    void bench.module.serveLine(careless.module);
    const law = { ...unitLaws, identity: without(unitIdentityLaw, ['WRONG_MODULE']) };
    const unit = orThrow(await open(bench, careless.unit, { serial: 'SM-000099', law }));
    unit.close();
  });

  test('S25a a module of another manufacturer is refused', async () => {
    const [bench, other] = [new ModuleBench(), new ModuleBench()];
    const { unit, module } = new V24Line({ baud: 0 }).attach();
    void other.module.serveLine(module);
    expect(await open(bench, unit)).toMatchObject({ code: 'IDENTITY_CA_UNKNOWN' });
  });

  test('S25d a clock that ran away while the module answered makes the attestation stale', async () => {
    const bench = new ModuleBench();
    const times = [BENCH_NOW, BENCH_NOW + 3600];
    const clock = { seconds: () => times.shift() ?? BENCH_NOW, rfc3339: () => '' };
    const { unit, module } = new V24Line({ baud: 0 }).attach();
    void bench.module.serveLine(module);
    const line = orThrow(
      await ModuleLine.open(unit, { serial: BENCH_SERIAL, identityCaSpki: bench.manufacturer.identityCaSpki, clock }),
    );
    expect(await line.makeKey(wish(bench))).toMatchObject({ code: 'ATTESTATION_STALE' });
    line.close();
  });

  test('S19b a pending key of an earlier attempt is taken only with the salt that the unit kept', async () => {
    const bench = new ModuleBench();
    const [first, second] = [wish(bench), wish(bench)];
    const { unit, module } = new V24Line({ baud: 0 }).attach();
    void bench.module.serveLine(module);
    const line = orThrow(await open(bench, unit));
    orThrow(await line.makeKey(first));
    expect(await line.makeKey(second)).toMatchObject({ code: 'SALT_NOT_PRESCRIBED' });
    expect(
      isRefusal(await line.makeKey({ ...second, earlierSalts: [saltOf(first.challenge, first.unitRandom)] })),
    ).toBe(false);
    expect(await line.discard()).toBeNull();
    expect(isRefusal(await line.makeKey(second))).toBe(false);
    line.close();
  });
});

describe('what the unit demands of an attestation', () => {
  const identityKey = newSigningKey();
  const asked = {
    type: 'MakeKey' as const,
    ...{
      genesis: randomOctets(32),
      orderHash: randomOctets(32),
      cardKey: randomOctets(32),
      challenge: randomOctets(32),
      unitRandom: randomOctets(32),
    },
    unitTime: BENCH_NOW,
    keyBirth: 'personalization-with-salt' as const,
  };
  const exporter = randomOctets(32);
  const { genesis, orderHash, cardKey, challenge, unitTime, keyBirth } = asked;
  const salt = saltOf(asked.challenge, asked.unitRandom);
  const honest: Attestation = {
    genesis,
    orderHash,
    cardKey,
    challenge,
    unitTime,
    keyBirth,
    salt,
    exporter,
    serial: 'SM-1',
    moduleClass: 'SM-A1',
    epoch: 1,
    spki: spkiOfPrivate(newSigningKey()),
  };

  function caseOf(change: Partial<Attestation>, by = identityKey): AttestationCase {
    const attestation = { ...honest, ...change };
    const bytes = encodeAttestation(attestation);
    const identity = { serial: 'SM-1', moduleClass: 'SM-A1', spki: spkiOfPrivate(identityKey) };
    return {
      attestation,
      bytes,
      signature: signRaw(bytes, by),
      identity,
      exporter,
      asked,
      earlierSalts: [],
      now: BENCH_NOW + 2,
    };
  }

  test.each<[string, AttestationCase]>([
    ['EXPORTER_DIFFERS', caseOf({ exporter: randomOctets(32) })],
    ['ATTESTATION_OTHER_MODULE', caseOf({ serial: 'SM-2' })],
    ['ATTESTATION_SIGNATURE', caseOf({}, newSigningKey())],
    ['ATTESTATION_STALE', caseOf({ unitTime: BENCH_NOW - 600 })],
    ['ATTESTATION_STALE', { ...caseOf({}), now: BENCH_NOW + 600 }],
    ['ATTESTATION_OTHER_CHALLENGE', caseOf({ challenge: randomOctets(32) })],
    ['ATTESTATION_OTHER_ORDER', caseOf({ orderHash: randomOctets(32) })],
    ['ATTESTATION_OTHER_ORDER', caseOf({ cardKey: randomOctets(32) })],
    ['ATTESTATION_OTHER_ORDER', caseOf({ genesis: randomOctets(32) })],
    ['SALT_NOT_PRESCRIBED', caseOf({ salt: randomOctets(32) })],
    ['SALT_NOT_PRESCRIBED', caseOf({ keyBirth: 'manufacture' })],
  ])('S25d %s refuses, and without it the attestation gets through', (code, it) => {
    expect(judge(unitAttestationLaw, caseOf({}))).toBeNull();
    expect(judge(unitAttestationLaw, it)).toMatchObject({ code });
    expect(judge(without(unitAttestationLaw, [code]), it)).toBeNull();
  });
});
