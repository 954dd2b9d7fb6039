/** Chip card and security module, each through its own interface, under one and the same suite. */
import { describe } from '@jest/globals';
import { encodeCommand } from '#libs/chip-card-protocol/apdu.ts';
import { INSTRUCTIONS } from '#libs/chip-card-protocol/commands.ts';
import { decodeLogEntry } from '#libs/chip-card-protocol/log-entry.ts';
import { parseCardAuthority, parseIdentity } from '#libs/certificates/authority.ts';
import { parseModuleCertificate } from '#libs/certificates/module-operation.ts';
import { ascii, toBase64url } from '#libs/kernel/bytes.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { type Request, frameOf, parseRequest, refusedAnswer } from '#libs/personalization-protocol/messages.ts';
import { CardBench, PINS, orNull } from '#test/attacks/card-bench.ts';
import { visit } from '#test/attacks/card-visit.ts';
import { CardWorld, orThrow } from '#test/attacks/card-world.ts';
import { ModuleBench } from '#test/attacks/module-bench.ts';
import { resetRequest } from '#test/attacks/module-reset-attacks.ts';
import { type Element, type ElementKind, conforms } from '#test/kit/secure-element.ts';
import { cardLaws } from './chip-card/law.ts';
import { type CardMemory, newPrivateKey } from './chip-card/memory.ts';
import type { ModuleMemory } from './security-module/module-memory.ts';

const world = new CardWorld();

/** An active card with this signing key entered before it was certified. */
async function cardWith(signingKey: string): Promise<CardMemory> {
  const bench = new CardBench({ ...world.manufactured(), capacity: 4096, signingKey, logKey: newPrivateKey() });
  const client = await bench.withCustodians();
  orNull(await client.putApproverSet(world.setup));
  const birth = orThrow(await client.generateKey());
  orNull(await client.putCertificate(world.cardCa('CC-01', birth)));
  orNull(await world.activate(bench));
  return bench.image.read();
}

const chipCard: ElementKind<CardMemory> = {
  name: 'chip card',
  made: cardWith,
  secrets: ({ deviceKey, signingKey, logKey, pins }) => [
    ...[deviceKey, signingKey, logKey].flatMap((key) => (key === null ? [] : [key])),
    ...Object.values(pins).map(({ hash }) => hash),
  ],
  powerOn: async (image) => {
    const bench = new CardBench(image.read(), cardLaws, undefined, () => image);
    const signed = async () => {
      const nonce = `${toBase64url(randomOctets(16)).slice(0, 21)}A`;
      return orThrow(await visit(world, bench, { bytes: world.personalizeOrder(image.read(), { nonce }) }));
    };
    const element: Element = {
      publicKey: async () => {
        const client = await bench.withTechnician();
        return orThrow(parseCardAuthority(orThrow(await client.certificate()))).spki;
      },
      sign: async () => {
        const { tbs: over, signature } = orThrow(parseModuleCertificate((await signed()).certificate));
        return { over, signature };
      },
      advance: async () => orThrow(decodeLogEntry((await signed()).entry)).number,
      transmit: (octets) => bench.transmit(octets),
      commands: Object.values(INSTRUCTIONS).map((row) => encodeCommand({ ...row, data: ascii(PINS.technician) })),
      given: () => Buffer.concat(bench.trace.map(({ answer }) => answer)),
      device: bench.card,
    };
    await bench.withTechnician();
    return element;
  },
};

const securityModule: ElementKind<ModuleMemory> = {
  name: 'security module',
  made: (identityKey) => {
    const bench = new ModuleBench({ initialized: false });
    bench.image.write({ ...bench.image.read(), identityKey });
    orNull(bench.manufacturer.initializeModule(bench.image));
    return Promise.resolve(bench.image.read());
  },
  secrets: ({ identityKey, pending, operation }) =>
    [identityKey, pending?.privateKey, operation?.privateKey].flatMap((key) => (key === undefined ? [] : [key])),
  powerOn: (image) => {
    const bench = new ModuleBench({ keeps: () => image });
    const given: Buffer[] = [];
    const keep = <T extends object>(answer: T): T => {
      given.push(Buffer.from(inspectable(answer)));
      return answer;
    };
    const ask = (request: Request) => keep(bench.execute(request));
    const makesKey = () => {
      const order = { orderHash: randomOctets(32) };
      orThrow(ask({ type: 'Discard' }));
      const made = orThrow(ask(bench.makeKeyRequest(order)));
      if (made.type !== 'KeyMade') throw new Error(made.type);
      return made;
    };
    const requests: readonly Request[] = [
      { type: 'Identify' },
      { type: 'CertificateOf' },
      { type: 'ResetNonce' },
      { type: 'LastReset' },
      { type: 'Discard' },
      bench.makeKeyRequest(),
      bench.installation(new ModuleBench().makeKey()),
      resetRequest(new ModuleBench()),
    ];
    const element: Element = {
      publicKey: () => {
        const who = orThrow(ask({ type: 'Identify' }));
        if (who.type !== 'Identified') throw new Error(who.type);
        return Promise.resolve(orThrow(parseIdentity(who.identity)).spki);
      },
      sign: () => {
        const { attestation: over, signature } = makesKey();
        return Promise.resolve({ over, signature });
      },
      advance: () => {
        makesKey();
        const who = orThrow(ask({ type: 'Identify' }));
        return Promise.resolve(who.type === 'Identified' ? who.epoch : 0);
      },
      transmit: (octets) => Promise.resolve(Uint8Array.from(Buffer.from(inspectable(keep(answerTo(octets)))))),
      commands: requests.map((request) => ascii(canonicalJson(frameOf(request)))),
      given: () => Buffer.concat(given),
      device: bench.module,
    };
    const answerTo = (octets: Uint8Array): object => {
      try {
        const request = parseRequest(JSON.parse(Buffer.from(octets).toString('utf8')) as never);
        const answer = isRefusal(request) ? request : bench.execute(request);
        return isRefusal(answer) ? refusedAnswer(answer) : answer;
      } catch (error) {
        if (error instanceof SyntaxError) return { code: 'NO_FRAME' };
        throw error;
      }
    };
    return Promise.resolve(element);
  },
};

describe('S08a chip card and security module pass one suite:', () => {
  conforms(chipCard);
  conforms(securityModule);
});

/** An answer as it goes over the line: base64url, and its octets beside it. */
function inspectable(answer: object): Uint8Array {
  const raw = Object.values(answer).flatMap((one: unknown) => (one instanceof Uint8Array ? [Buffer.from(one)] : []));
  const text = JSON.stringify(answer, (_name, value: unknown) =>
    value instanceof Uint8Array ? toBase64url(value) : value,
  );
  return Buffer.concat([Buffer.from(text), ...raw]);
}
