/** The contacts of the card under everything an attacker can send: it never breaks, and no secret ever crosses them. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeResponse, encodeCommand } from '#libs/chip-card-protocol/apdu.ts';
import { APPLICATION_ID, CLA_CHAINED, INSTRUCTIONS, STATUS } from '#libs/chip-card-protocol/commands.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { CardBench, PINS, orNull } from '#test/attacks/card-bench.ts';
import { adopts, archives } from '#test/attacks/card-keeping-plans.ts';
import { lease, visit } from '#test/attacks/card-visit.ts';
import { CardWorld, orThrow, presentAll } from '#test/attacks/card-world.ts';
import { type CardMemory, octets } from './memory.ts';

const world = new CardWorld();
const lives: Record<string, CardMemory> = {};
let commands: readonly Uint8Array[] = [];

/** A card in each life that a card has, and every command of one that went through all of them. */
beforeAll(async () => {
  const bench = new CardBench(world.manufactured());
  lives['manufactured'] = bench.image.read();
  const client = await bench.withCustodians();
  orNull(await client.putApproverSet(world.setup));
  lives['initialized'] = bench.image.read();
  const birth = orThrow(await client.generateKey());
  lives['born'] = bench.image.read();
  orNull(await client.putCertificate(world.cardCa('CC-01', birth)));
  lives['issued'] = bench.image.read();
  orNull(await world.activate(bench));
  lives['active'] = bench.image.read();
  orThrow(await visit(world, bench));
  lives['used'] = bench.image.read();
  await bench.transmit(encodeCommand({ ...INSTRUCTIONS.READ_LOG, data: Uint8Array.of(0, 1) }));
  await bench.transmit(encodeCommand({ ...INSTRUCTIONS.SIGN_LOG_HEAD, data: new Uint8Array(16) }));
  await bench.transmit(encodeCommand({ ...INSTRUCTIONS.GET_STATUS, data: new Uint8Array() }));
  const later = await lateLife();
  commands = [...bench.trace, ...later.trace].map((one) => one.command);
});

/** What custodians and technicians do with a card over the years, up to its end. */
async function lateLife(): Promise<CardBench> {
  const bench = new CardBench(lives['used']!);
  const field = await bench.withCustodians();
  orNull(await field.presentOrder(world.personalizeOrder(lives['used']!)));
  const challenge = orThrow(await field.challenge());
  orNull(await lease(world, field, { challenge, card: 'CC-01', change: { lease: { entries: 3 } } }));
  lives['leased'] = bench.image.read();
  const technician = await bench.withTechnician();
  const reset = world.resetOrder(lives['used']!);
  orNull(await technician.presentOrder(reset));
  orNull(await presentAll(technician, world.approvals(reset)));
  orThrow(await technician.signReset(new Uint8Array(32)));
  orNull(await archives(world, bench));
  lives['archived'] = bench.image.read();
  orNull(await adopts(world, bench));
  lives['adopted'] = bench.image.read();
  const custodians = await bench.withCustodians();
  orNull(await custodians.unblock(PINS.technician));
  orThrow(await custodians.certificate());
  orNull(await custodians.block());
  lives['blocked'] = bench.image.read();
  return bench;
}

/** Windows of eight octets of every secret: the scalars, their texts in the image, and the PINs' hashes. */
function canariesOf(memory: CardMemory): readonly Buffer[] {
  const keys = [memory.deviceKey, memory.signingKey, memory.logKey].flatMap((key) => (key === null ? [] : [key]));
  const scalars = keys.map((key) => Buffer.from(octets(key)).subarray(36, 68)); // PKCS #8 of P-256 (RFC 5915)
  const hashes = Object.values(memory.pins).map((pin) => Buffer.from(octets(pin.hash)));
  const texts = keys.map((key) => Buffer.from(key.slice(48, 90)));
  return [...scalars, ...hashes, ...texts].flatMap((whole) =>
    Array.from({ length: Math.floor(whole.length / 8) }, (_, at) => whole.subarray(at * 8, at * 8 + 8)),
  );
}

/** Of the keys that it had at first, and of those that it has now. */
function leaked(bench: CardBench, first: CardMemory = bench.image.read()): boolean {
  const answers = Buffer.concat(bench.trace.map((one) => one.answer));
  return [first, bench.image.read()].flatMap(canariesOf).some((canary) => answers.includes(canary));
}

const WORDS: readonly number[] = Object.values(STATUS);

/** Every answer is a known status word, and what stands before it is data or a code. */
function expectAnswers(bench: CardBench): void {
  for (const { answer } of bench.trace) {
    const response = decodeResponse(answer);
    const status = isRefusal(response) ? -1 : response.status;
    if (!WORDS.includes(status) && (status & 0xfff0) !== STATUS.PIN_WRONG) throw new Error(`status ${status}`);
  }
}

/** What the session holds when the attacker takes over. */
const sessions = ['nothing', 'selected', 'technician', 'custodians'] as const;

async function inSession(bench: CardBench, session: (typeof sessions)[number]): Promise<void> {
  if (session === 'technician') await bench.withTechnician();
  else if (session === 'custodians') await bench.withCustodians();
  else {
    const client = await bench.powerOn();
    if (session === 'selected') await client.select();
  }
}

const LIVES = [
  'manufactured',
  'initialized',
  'born',
  'issued',
  'active',
  'used',
  'leased',
  'archived',
  'adopted',
  'blocked',
] as const;
const states = LIVES.flatMap((life) => sessions.map((session) => [life, session] as const));

describe.each(states)('S13c S02c a card that is %s, in a session with %s,', (life, session) => {
  test('breaks under no command and lets no octet of a key or a PIN cross its contacts', async () => {
    const rows = Object.values(INSTRUCTIONS);
    const random = fc.uint8Array({ maxLength: 300 });
    const known = fc
      .tuple(fc.constantFrom(...rows), fc.uint8Array({ maxLength: 600 }))
      .map(([row, data]) => encodeCommand({ ...row, data }));
    const recorded = fc.constantFrom(...commands);
    const truncated = fc.tuple(recorded, fc.nat(2000)).map(([command, length]) => command.slice(0, length));
    const altered = fc
      .tuple(recorded, fc.nat(5000), fc.nat(255))
      .map(([command, at, octet]) => command.with(at % command.length, octet));
    const shortened = fc.tuple(recorded, fc.nat(400)).map(([command, less]) => withLess(command, less));
    const chained = fc
      .tuple(fc.constantFrom(...rows), fc.uint8Array({ maxLength: 600 }))
      .map(([row, data]) => encodeCommand({ ...row, cla: row.cla | CLA_CHAINED, data }));
    const attack = fc.array(fc.oneof(random, known, recorded, truncated, altered, shortened, chained), {
      minLength: 5,
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(attack, async (sent) => {
        const bench = new CardBench(lives[life]!);
        await inSession(bench, session);
        for (const apdu of sent) await bench.transmit(apdu);
        expectAnswers(bench);
        expect(leaked(bench, lives[life])).toBe(false);
      }),
      { seed: 5, numRuns: 8 },
    );
  });
});

/** The same command with less data, its length put right, so that the parser behind it is reached. */
function withLess(command: Uint8Array, less: number): Uint8Array {
  const [cla = 0, ins = 0, p1 = 0, p2 = 0] = command;
  const extended = command[4] === 0 && command.length > 7;
  const data = command.length <= 5 ? new Uint8Array() : extended ? command.slice(7, -2) : command.slice(5, -1);
  return encodeCommand({ cla, ins, p1, p2, data: data.slice(0, Math.max(0, data.length - less)) });
}

describe('the contacts of the card', () => {
  test('every command of the card was recorded, so that each is altered and cut in every life', () => {
    const sent = new Set(commands.map((command) => [...command.slice(0, 4)].join(' ')));
    const missing = Object.entries(INSTRUCTIONS).filter(
      ([name, { cla, ins, p1, p2 }]) => !sent.has([cla, ins, p1, name === 'VERIFY' ? 1 : p2].join(' ')),
    );
    expect(missing.map(([name]) => name)).toEqual([]);
  });

  test('S13c the canaries are in the image, so that a leak would be found', () => {
    const image = Buffer.from(JSON.stringify(lives['active']));
    const texts = canariesOf(lives['active']!).filter((canary) => image.includes(canary));
    expect(texts.length).toBeGreaterThanOrEqual(15);
    const bench = new CardBench(lives['active']!);
    bench.trace.push({ command: new Uint8Array(), answer: Uint8Array.from(octets(lives['active']!.signingKey)) });
    expect(leaked(bench)).toBe(true);
  });

  test('a whole life of commands, recorded, crossed them without a secret', async () => {
    const bench = new CardBench(lives['manufactured']!);
    await bench.powerOn();
    for (const command of commands) await bench.transmit(command);
    expect(leaked(bench)).toBe(false);
    expect(commands.length).toBeGreaterThan(20);
  });

  test.each([
    ['no octet', ''],
    ['three octets', '00a404'],
    ['a length with less data', '00a404000bf0'],
    ['an extended length cut short', '80da0001000100aa'],
    ['an extended length of none', '80da00010000000000'],
    ['more data than its length', '00a404000101020304'],
  ])('an APDU of %s is told to be none', async (_what, hex) => {
    const bench = new CardBench(lives['active']!);
    await bench.withTechnician();
    const { status } = orThrow(decodeResponse(await bench.transmit(Uint8Array.from(Buffer.from(hex, 'hex')))));
    expect(status).toBe(STATUS.WRONG_LENGTH);
  });

  test('S20b SIGN CERTIFICATE with any octet of attestation, signature or identity altered gives no signature', async () => {
    const field = fc.constantFrom('attestation' as const, 'signature' as const, 'identity' as const);
    await fc.assert(
      fc.asyncProperty(field, fc.nat(2000), fc.integer({ min: 1, max: 255 }), async (name, at, change) => {
        const bench = new CardBench(lives['active']!);
        const altered = (octet: Uint8Array) => octet.with(at % octet.length, octet[at % octet.length]! ^ change);
        const answer = await visit(world, bench, {
          request: (genuine) => ({ ...genuine, [name]: altered(genuine[name]) }),
        });
        expect(isRefusal(answer)).toBe(true);
        expect(bench.image.read()).toMatchObject({ log: [], reserved: null });
      }),
      { seed: 6, numRuns: 60 },
    );
  });

  test('a document that spells a refusal is refused like any other', async () => {
    const bench = new CardBench(lives['active']!);
    const client = await bench.withTechnician();
    for (const text of ['{"is":"refusal"}', '{"code":"ORDER_APPROVED","is":"refusal","message":"x"}'])
      expect(await client.presentOrder(Uint8Array.from(Buffer.from(text)))).toMatchObject({ code: 'NOT_PLAIN_JSON' });
  });

  test('without power nothing is answered', async () => {
    const bench = new CardBench(lives['active']!);
    await bench.withTechnician();
    await bench.powerOff();
    expect(await bench.transmit(encodeCommand({ ...INSTRUCTIONS.SELECT, data: APPLICATION_ID }))).toHaveLength(0);
  });
});
