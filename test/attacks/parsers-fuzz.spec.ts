/**
 * Whatever is sent in the place of an approval, an assertion, a token or a trust list: every party answers or refuses, and
 * no octet of any private key of the whole bank stands in an answer, a log, an error or a dump.
 */
import type { KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { attackedStation } from '#apps/keyledger/src/verbs/attacked-station.ts';
import { checkApprovedOrder, judgeOrder, whoSigned } from '#libs/approval/approval.ts';
import { encodeCommand } from '#libs/chip-card-protocol/apdu.ts';
import { encodeApproval } from '#libs/chip-card-protocol/approval-field.ts';
import { INSTRUCTIONS } from '#libs/chip-card-protocol/commands.ts';
import { ascii, concat, fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import { publicHalf, publicJwk } from '#libs/kernel/hash.ts';
import { assertionOf, passkeyProof } from '#libs/kernel/passkey.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { bearerToken, checkBearer } from '#libs/platform-client/bearer.ts';
import { Arena } from '#module-emulator/adversary/arena.ts';
import { NOW, openKey } from '#module-emulator/adversary/bank.ts';
import { signs } from '#module-emulator/adversary/people.ts';
import { CardBench, orNull } from './card-bench.ts';

const RUNS = { seed: 4404, numRuns: 300 };

let arena: Arena;
let canaries: readonly Buffer[];
/** Everything that anybody said, wrote or threw. */
const heard: Buffer[] = [];
const streams = [process.stdout, process.stderr] as const;
const real = { console: { ...console }, writes: streams.map((stream) => stream.write.bind(stream)) };

function hears(what: unknown): void {
  heard.push(
    what instanceof Uint8Array ? Buffer.from(what) : Buffer.from(inspect(what, { depth: 9, showHidden: true })),
  );
}

beforeAll(async () => {
  arena = await Arena.opened(attackedStation);
  canaries = privateKeysOf(arena).flatMap(canariesOf);
  const write = (chunk: string | Uint8Array): boolean => heard.push(Buffer.from(chunk as Uint8Array)) > 0;
  for (const stream of streams) stream.write = write;
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const) console[level] = (...said) => hears(said);
});

afterAll(() => {
  for (const [at, stream] of streams.entries()) stream.write = real.writes[at] ?? stream.write.bind(stream);
  Object.assign(console, real.console);
});

function privateKeysOf({ bank, cards, thirteen }: Arena): readonly KeyObject[] {
  const { deviceKey, signingKey, logKey } = cards.card.memory;
  return [
    ...Object.values(bank.people).flatMap(({ keys }) => keys.map(({ privateKey }) => privateKey)),
    ...[bank.leaseKey, bank.stationKey, bank.stationNextKey, bank.server.list, bank.server.log.key],
    ...[deviceKey, signingKey, logKey, thirteen.identityKey].map(openKey),
  ];
}

/** Windows of eight octets of a scalar: raw, in hexadecimal, and as the texts in which keys are written down. */
function canariesOf(key: KeyObject): readonly Buffer[] {
  const scalar = Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url');
  const written = key.export({ format: 'der', type: 'pkcs8' }).toString('base64url').slice(48, 90);
  const windows = (whole: Buffer, size: number): readonly Buffer[] =>
    Array.from({ length: Math.floor(whole.length / size) }, (_, at) => whole.subarray(at * size, (at + 1) * size));
  return [
    ...windows(scalar, 8),
    ...windows(Buffer.from(scalar.toString('hex')), 16),
    ...windows(Buffer.from(scalar.toString('base64url')), 11),
    ...(key.asymmetricKeyType === 'ec' ? windows(Buffer.from(written), 11) : []),
  ];
}

function leaks(): readonly string[] {
  const all = Buffer.concat(heard);
  return canaries.filter((canary) => all.includes(canary)).map((canary) => canary.toString('hex'));
}

/** Some octets of it changed, cut off or put in. */
const near = (octets: () => Uint8Array) =>
  fc.record({ at: fc.nat(), by: fc.uint8Array({ maxLength: 12 }), cut: fc.nat(12) }).map(({ at, by, cut }) => {
    const whole = octets();
    const place = at % (whole.length + 1);
    return concat(whole.slice(0, place), by, whole.slice(place + cut));
  });
const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 500 }),
  fc.uint8Array({ maxLength: 500 }).map(toBase64url),
  fc.json({ maxDepth: 3 }).map((json) => toBase64url(ascii(json.replace(/[^ -~]/g, '?')))),
);

const order = () => arena.bank.personalize(arena.cards.card.cardKey, { site: 'branch', nonce: 'A'.repeat(22) });

/** A signature and a passkey's assertion near genuine ones, and texts that are neither. */
function proofs(jws: Proof, passkey: Proof): fc.Arbitrary<Proof> {
  const { clientData, authenticatorData, ...rest } = assertionOf(passkey)!;
  const headed = (proof: Proof) =>
    near(() => fromBase64url(proof.protected)!).map((octets) => ({ ...proof, protected: toBase64url(octets) }));
  const signed = (proof: Proof) =>
    near(() => fromBase64url(proof.signature)!).map((octets) => ({ ...proof, signature: toBase64url(octets) }));
  return fc.oneof(
    ...[jws, passkey].flatMap((proof) => [headed(proof), signed(proof)]),
    near(() => clientData).map((octets) => passkeyProof({ ...rest, authenticatorData, clientData: octets })),
    near(() => authenticatorData).map((octets) => passkeyProof({ ...rest, clientData, authenticatorData: octets })),
    fc.record({ protected: anything, signature: anything }),
  );
}

describe('S02c fuzzing with the keys of the whole bank as canaries:', () => {
  test('a relying party reads no approval into anything but the genuine one', () => {
    const bytes = order();
    const { setBytes, genesisId: genesis, setHash: approverSet, people } = arena.bank;
    const held = { setBytes, pins: { genesis, approverSet } };
    const it = judgeOrder(bytes, held);
    if (isRefusal(it)) throw new Error(it.code);
    const genuine = [signs(people.ada, bytes), signs(people.fay, bytes)] as const;
    fc.assert(
      fc.property(proofs(...genuine), (proof) => {
        const said = [checkApprovedOrder({ bytes, approvals: [signs(people.ben, bytes), proof] }, held)];
        for (const type of ['keyledger-decline+jws', 'keyledger-withdrawal+jws'] as const) {
          const by = whoSigned(it, { bytes, proof, type });
          expect(isRefusal(by)).toBe(true);
          hears(by);
        }
        hears(said);
        if (!isRefusal(said[0])) expect(genuine).toContainEqual(proof);
      }),
      RUNS,
    );
    expect(leaks()).toEqual([]);
  });

  test('a card with an order before it takes none of them, over contacts that were listened to', async () => {
    const bench = new CardBench(arena.cards.card.memory);
    const client = await bench.withTechnician();
    const { ada, fay } = arena.bank.people;
    const sent = fc.oneof(
      proofs(signs(ada, order()), signs(fay, order())).map(octetsOf),
      near(() => encodeApproval(signs(ada, order()))),
      near(() => encodeApproval(signs(fay, order()))),
    );
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(sent, async (data) => {
        orNull(await client.presentOrder(order())); // no approval counts from the one before
        const answer = await bench.transmit(encodeCommand({ ...INSTRUCTIONS.PRESENT_APPROVAL, data }));
        hears(answer);
        if (Buffer.from(answer).readUInt16BE(answer.length - 2) === 0x9000) taken += 1;
      }),
      RUNS,
    );
    expect(taken).toBeLessThan(RUNS.numRuns / 10); // what chance left as it was
    hears(bench.card);
    expect(leaks()).toEqual([]);
  });

  test('a station takes up no list, and a platform no token, whose octets were touched', async () => {
    const { bank, entry } = arena;
    const list = await arena.list([entry], { version: 2 });
    const key = bank.people.ada.keys[0]!.privateKey;
    const claims = { aud: bank.genesisId, exp: NOW + 30, sub: 'unit:U-7' };
    const token = bearerToken(claims, key);
    const credentialOf = () => publicJwk(publicHalf(key));
    const text = (whole: string) =>
      fc.oneof(
        anything,
        near(() => ascii(whole)).map((octets) => Buffer.from(octets).toString('latin1')),
      );
    await fc.assert(
      fc.asyncProperty(text(list), text(token), async (jws, bearer) => {
        const station = arena.stationOf(bank);
        try {
          hears(await station.takeList(jws));
        } catch (error) {
          hears(error);
          throw error;
        }
        if (jws !== list) expect(station.accepts(entry.cardKey)).toBe(false);
        const read = checkBearer(bearer, { genesis: bank.genesisId, now: NOW, credentialOf });
        hears(read);
        if (bearer !== token) expect(isRefusal(read)).toBe(true);
      }),
      { ...RUNS, numRuns: 150 },
    );
    expect(leaks()).toEqual([]);
  });

  test('nothing of them stands in what the process reports of itself, and a leak would be found', () => {
    hears(JSON.stringify(process.report.getReport()));
    expect(heard.length).toBeGreaterThan(2 * RUNS.numRuns);
    expect(leaks()).toEqual([]);
    heard.push(Buffer.from(JSON.stringify(arena.cards.card.memory)));
    expect(leaks().length).toBeGreaterThan(8);
    heard.pop();
    hears(arena.bank.people.ada.keys[0]!.privateKey.export({ format: 'jwk' }));
    expect(leaks().length).toBeGreaterThan(2);
  });
});

/** As it goes to the card; what has no such form goes as its text. */
function octetsOf(proof: Proof): Uint8Array {
  try {
    return encodeApproval(proof);
  } catch {
    return ascii(proof.protected.replace(/[^ -~]/g, '?').slice(0, 500));
  }
}
