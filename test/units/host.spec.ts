/** What `host` means: the agent keeps the law for whoever asks it, and nobody has to ask it. */
import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { signRaw, verifyRaw } from '#libs/certificates/ecdsa.ts';
import { forbiddenEnforcement } from '#apps/platform/src/witness/enforcement.ts';
import { ascii, toBase64url } from '#libs/kernel/bytes.ts';
import { keyFromSpki, publicJwk, thumbprint } from '#libs/kernel/hash.ts';
import { rule } from '#libs/kernel/officers.fixture.ts';
import { personalizeOrder } from '#test/kit/orders.ts';
import type { PolicyRule } from '#libs/kernel/approver-set.ts';
import { cardLaws } from '#module-emulator/chip-card/law.ts';
import { publicSpki } from '#module-emulator/chip-card/memory.ts';
import { softKeys } from '#module-emulator/crypto-unit/soft-keys.ts';
import { CardBench } from '#test/attacks/card-bench.ts';
import { visit } from '#test/attacks/card-visit.ts';
import { CARD, CardWorld, orThrow } from '#test/attacks/card-world.ts';
import { UnitWorld } from './units-at-hand.ts';

const PIN = '47110815';
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kl-host-'));
  file = join(folder, 'key.pem');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const keys = () => softKeys({ file, pin: PIN });

/** The same bank with the policy that everybody has who did not choose another. */
class DefaultWorld extends UnitWorld {
  override get policy(): readonly PolicyRule[] {
    return new CardWorld().policy;
  }
}

describe('S13h a key in a file', () => {
  test('is refused where the policy does not let it in: the agent is never activated', async () => {
    await expect(new DefaultWorld(keys()).active()).rejects.toThrow('ENFORCEMENT_FORBIDDEN');
    await expect(new UnitWorld(keys()).active()).resolves.toMatchObject({ life: 'active' });
  });

  test('cannot pass for a card, nor a card for it: order and CA certificate say what it is', async () => {
    const world = new UnitWorld(keys());
    const agent = new CardBench(await world.issued(), cardLaws, keys());
    const asCard = world.issueOrder(agent.image.read(), { enforcement: 'device' });
    expect(await world.activate(agent, asCard)).toMatchObject({ code: 'ORDER_OTHER_DEVICE' });
    const plain = new CardWorld();
    const card = new CardBench(await plain.issued());
    const asHost = world.issueOrder(card.image.read(), { enforcement: 'host' });
    expect(await new CardWorld().activate(card, asHost)).toMatchObject({ code: 'ORDER_OTHER_DEPLOYMENT' });

    const born = new CardBench(world.manufactured(), cardLaws, keys());
    const client = await born.withCustodians();
    expect(await client.putApproverSet(world.setup)).toBeNull();
    const birth = orThrow(await client.generateKey());
    const request = { organization: 'Example Bank', card: CARD, spki: birth.spki, genesis: world.genesis } as const;
    const cardCa = world.maker.works.certifyCard({
      ...{ ...request, ...world.certified },
      enforcement: 'device',
      checkBirth: () => null,
    });
    expect(await client.putCertificate(orThrow(cardCa))).toMatchObject({ code: 'CERTIFICATE_OTHER_ENFORCEMENT' });
  });

  test('is refused at the desk already, where an order names it for a site whose rule lets in cards only', async () => {
    const asked = async (world: CardWorld) => {
      const client = await new CardBench(world.manufactured(), cardLaws, world.keys).withCustodians();
      expect(await client.putApproverSet(world.setup)).toBeNull();
      const { spki, birth } = orThrow(await client.generateKey());
      const cardKey = thumbprint(publicJwk(keyFromSpki(spki)));
      const key = { cardKey, birth: toBase64url(birth), spki: '', birthSignature: '', customerCa: '', cardCa: '' };
      const order = personalizeOrder({ cardKey });
      return [rule('personalize'), rule('personalize', { enforcement: 'host' })].map(
        (one) => forbiddenEnforcement([{ key }], { order, rule: one })?.code ?? 'let in',
      );
    };
    expect(await asked(new UnitWorld(keys()))).toEqual(['ENFORCEMENT_FORBIDDEN', 'let in']);
    expect(await asked(new CardWorld())).toEqual(['let in', 'let in']);
  });

  test('signs anything for whoever has file and PIN, without order, approval or log: that is why it says host', async () => {
    const world = new UnitWorld(keys());
    const memory = await world.active();
    const stolen = createPrivateKey({ key: readFileSync(file), passphrase: PIN });
    const signature = signRaw(ascii('whatever'), stolen);
    expect(verifyRaw(ascii('whatever'), signature, keyFromSpki(publicSpki(memory.signingKey)))).toBe(true);
    expect(memory.log).toEqual([]);
  });

  test('S31a is nothing without its PIN: the copied file does not open', async () => {
    await new UnitWorld(keys()).active();
    expect(() => createPrivateKey({ key: readFileSync(file), passphrase: '00000000' })).toThrow();
    expect(() => softKeys({ file, pin: '00000000' }).sign('outside:AA', ascii('x'))).toThrow(/does not open/);
  });

  test('that is gone leaves its number reserved, and the certificate is finished when it is there again', async () => {
    const world = new UnitWorld(keys());
    const bench = new CardBench(await world.active(), cardLaws, keys());
    const bytes = world.personalizeOrder(bench.image.read());
    const client = await bench.withTechnician();
    renameSync(file, `${file}.away`);
    expect(await visit(world, bench, { client, bytes })).toMatchObject({ code: 'KEY_UNAVAILABLE' });
    expect(bench.image.read()).toMatchObject({ log: [], reserved: { stationNextKey: expect.any(String) } });
    expect(await (await bench.powerOn()).select()).toMatchObject({ code: 'CARD_SILENT' });
    renameSync(`${file}.away`, file);
    expect(await (await bench.powerOn()).select()).toBeNull();
    expect(bench.image.read()).toMatchObject({ log: [expect.anything()], reserved: null });
  });
});
