/** Another manufacturer is let in by an order of two, his module is personalized by a card that he certified, and he is let out. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MODULE_CLASS } from '#apps/keyledger/src/demo/names.ts';
import { type IssuedCard, issueCard } from '#apps/keyledger/src/story/card.ts';
import { ANYWHERE, founding } from '#apps/keyledger/src/story/founding.ts';
import { personalizationOrder } from '#apps/keyledger/src/story/personalization.ts';
import { verify } from '#apps/keyledger/src/verbs/verify.ts';
import { issueRoot } from '#libs/certificates/authority.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { isFinding, replay } from '#libs/proof/replay.ts';
import { signWith, spkiWith } from '#module-emulator/manufacturer/manufacturer-memory.ts';
import { type Data, type Log, altered, dataOf, inserted, nth, numbered, octets } from './forgery.ts';
import { type HouseInProcess, houseInProcess } from './house-in-process.ts';
import { OtherManufacturer, type PluggedModule } from './other-manufacturer.ts';
import { heard } from './story-record.ts';

let it: HouseInProcess;
let own: IssuedCard;
let other: OtherManufacturer;
let rogue: OtherManufacturer;
let module: PluggedModule;
/** His key under another certificate. */
let reissued = '';
let step = 0;
const SERIAL = 'OTH-000001';

beforeAll(async () => {
  it = await houseInProcess();
  await founding(it.world);
  own = await issueCard(it.world);
  other = new OtherManufacturer(it);
  rogue = new OtherManufacturer(it, 'Rogue Modules');
  module = await other.brings(SERIAL);
  reissued = reissuedRoot();
}, 180_000);

afterAll(async () => {
  await other?.close();
  await it?.close();
});

/** The code of the refusal, or `done`. */
async function does(operation: string, types: Record<string, string>, values: object): Promise<string> {
  const by = operation === 'registerModule' ? 'tom' : 'clara';
  const outcome = await it.world.attempt({ by, name: `step ${(step += 1)}`, operation }, types, values);
  return isRefusal(outcome) ? outcome.code : 'done';
}

const registers = ({ paper }: Pick<PluggedModule, 'paper'>) =>
  does('registerModule', { identity: 'String!', identityCa: 'String!' }, paper);

const letsIn = (order: { id: string }, certificate: string) =>
  does('registerManufacturerKey', { order: 'ID!', certificate: 'String!' }, { order: order.id, certificate });

const letsOut = (order: { id: string }) => does('withdrawManufacturerKey', { order: 'ID!' }, { order: order.id });

const registration = (name: string, certificate: string) =>
  it.world.order(name, 'clara', {
    ...ANYWHERE,
    kind: 'register-manufacturer-key',
    manufacturer: 'OTHER-MODULES',
    root: hashId(octets(certificate)),
  });

const withdrawal = (name: string, root = hashId(octets(other.root))) =>
  it.world.order(name, 'clara', { ...ANYWHERE, kind: 'withdraw-manufacturer-key', root, reason: 'stolen' });

function reissuedRoot(): string {
  const { key } = other.safe.read().root;
  const window = { notBefore: 0, notAfter: 4_000_000_000 };
  const sign = (tbs: Uint8Array) => signWith(key, tbs);
  return toBase64url(issueRoot({ organization: 'Other Modules again', spki: spkiWith(key), sign, ...window }));
}

describe('S24c another manufacturer', () => {
  test('is let in by two persons alone, who name his root by its hash', async () => {
    expect(await registers(module)).toBe('IDENTITY_CA_UNKNOWN');
    const order = registration('let-in', other.root);
    await it.world.requests('clara', order);
    await it.world.approves('anna', order);
    expect(await letsIn(order, other.root)).toBe('QUORUM_PERSONS');
    await it.world.approves('bo', order);
    expect(await letsIn(order, rogue.root)).toBe('OTHER_KEY_THAN_ORDERED');
    expect(await letsIn(order, other.root)).toBe('done');
    expect(await registers(module)).toBe('done');
    expect(await registers(rogue.makes('ROG-1'))).toBe('IDENTITY_CA_UNKNOWN');
    await it.world.event('spent', (e) => e.type === 'OrderSpent' && e.stream === `order-${order.id}`);
  }, 180_000);

  test('is not let in as a CA that is no root, nor with a key that was let in before', async () => {
    const identityCa = toBase64url(rogue.works.identityCa);
    const noRoot = registration('no-root', identityCa);
    await it.world.orderedByTwo(noRoot);
    expect(await letsIn(noRoot, identityCa)).toBe('MANUFACTURER_ROOT');
    const again = registration('again', other.root);
    await it.world.orderedByTwo(again);
    expect(await letsIn(again, other.root)).toBe('MANUFACTURER_KNOWN');
    const twice = registration('twice', reissued);
    await it.world.orderedByTwo(twice);
    expect(await letsIn(twice, reissued)).toBe('MANUFACTURER_KEY_TWICE');
  }, 180_000);

  test('has his modules personalized by a card that he certified, and by no other', async () => {
    const foreign = personalizationOrder(it.world, { name: 'foreign', cardKey: own.cardKey, serials: [SERIAL] });
    const asked = { bytes: foreign.text, proof: it.world.proofBy('clara', foreign) };
    expect(await does('requestOrder', { bytes: 'String!', proof: 'ProofInput!' }, asked)).toBe(
      'CARD_OTHER_MANUFACTURER',
    );
    const { cardKey } = await other.certifiesCard();
    const order = personalizationOrder(it.world, { name: 'personalize', cardKey, serials: [SERIAL] });
    await it.world.orderedByTwo(order);
    const stream = `personalization-${order.id}-${SERIAL}`;
    const ended = await it.world.event(
      'the end of the run',
      (e) => e.stream === stream && /^Personalization(Completed|Failed)$/.test(e.type),
    );
    expect(ended).toMatchObject({ type: 'PersonalizationCompleted' });
    expect(module.image.read()).toMatchObject({ state: 'operating', moduleClass: MODULE_CLASS });
    const issued = await it.world.event('the issue', (e) => e.stream === stream && e.type === 'CertificateIssued');
    const { fingerprint } = issued.data as { fingerprint: string };
    const question = 'query ($it: String!) { reconstruction(fingerprint: $it) { pem equalsModule } }';
    const { reconstruction } = await it.world.callers.ask<{ reconstruction: { pem: string; equalsModule: boolean } }>(
      'rita',
      question,
      { it: fingerprint },
    );
    expect(reconstruction.equalsModule).toBe(true);
    const pem = Buffer.from(other.works.root).toString('base64').slice(0, 60);
    expect(reconstruction.pem.replaceAll('\n', '')).toContain(pem);
    expect(await verify({ folder: it.folder }, heard().terminal)).toBe(0);
  }, 180_000);

  test('brings nothing new in once two have withdrawn his root, for ever; what he brought stands', async () => {
    const withdrawn = withdrawal('let-out');
    await it.world.requests('clara', withdrawn);
    await it.world.approves('anna', withdrawn);
    expect(await letsOut(withdrawn)).toBe('QUORUM_PERSONS');
    await it.world.approves('bo', withdrawn);
    expect(await letsOut(withdrawn)).toBe('done');
    expect(await registers(other.makes('OTH-000002'))).toBe('MANUFACTURER_WITHDRAWN');
    const back = registration('back', other.root);
    await it.world.orderedByTwo(back);
    expect(await letsIn(back, other.root)).toBe('MANUFACTURER_WITHDRAWN');
    const nobody = withdrawal('nobody', hashId(octets(rogue.root)));
    await it.world.orderedByTwo(nobody);
    expect(await letsOut(nobody)).toBe('MANUFACTURER_UNKNOWN');
    const { key, manufacturerKeys } = await it.world.callers.ask<{
      key: object;
      manufacturerKeys: { withdrawn: boolean; manufacturer: string | null }[];
    }>(
      'rita',
      `query ($id: String!) { key(key: $id) { kind holder state reason } manufacturerKeys { manufacturer withdrawn } }`,
      { id: `manufacturer-root:${hashId(octets(other.root))}` },
    );
    expect(key).toEqual({
      kind: 'manufacturer-root',
      holder: 'manufacturer:OTHER-MODULES',
      state: 'deactivated',
      reason: 'stolen',
    });
    expect(manufacturerKeys).toEqual([
      { manufacturer: null, withdrawn: false },
      { manufacturer: 'OTHER-MODULES', withdrawn: true },
    ]);
    expect(await verify({ folder: it.folder }, heard().terminal)).toBe(0);
  }, 180_000);
});

describe('S24c whoever owns the platform and its log key', () => {
  let log: Log;
  beforeAll(async () => {
    log = await it.events();
  });
  const judged = async (forged: Log): Promise<string> => {
    const result = await replay(numbered(forged));
    return isFinding(result) ? `${result.code} ${result.type}` : 'holds';
  };
  const registered = (): StoredEvent => nth(log, 'ManufacturerKeyRegistered');
  const initialized = ({ paper }: Pick<PluggedModule, 'paper'>, serial: string) => ({
    stream: `security-module-${serial}`,
    type: 'ModuleInitialized',
    data: { serial, moduleClass: MODULE_CLASS, identityCertificate: paper.identity, identityCa: paper.identityCa },
  });
  const letIn = (certificate: string, order: unknown, change: Data = {}) => ({
    stream: `manufacturer-${hashId(octets(certificate))}`,
    type: 'ManufacturerKeyRegistered',
    data: { manufacturer: 'OTHER-MODULES', root: hashId(octets(certificate)), certificate, order, ...change },
  });
  const orderOf = (bytes: string): string =>
    log
      .find((e) => e.type === 'OrderRequested' && String(dataOf(e).bytes).includes(bytes))!
      .stream.slice('order-'.length);

  test.each<[string, string, () => Log]>([
    [
      'brings a module of a root that nobody approved',
      'IDENTITY_CA_UNKNOWN ModuleInitialized',
      () => inserted(log, null, initialized(rogue.makes('ROG-2'), 'ROG-2')),
    ],
    [
      'lets a rogue root in by the order of another',
      'ACT_OTHER_THAN_ORDERED ManufacturerKeyRegistered',
      () => inserted(log, null, letIn(rogue.root, dataOf(registered()).order)),
    ],
    [
      'puts a rogue root in the place of the one approved',
      'ACT_OTHER_THAN_ORDERED ManufacturerKeyRegistered',
      () => altered(log, registered(), (data) => ({ ...data, certificate: rogue.root })),
    ],
    [
      'lets a root in by an order of another kind',
      'ORDER_OTHER_KIND ManufacturerKeyRegistered',
      () => altered(log, registered(), (data) => ({ ...data, order: orderOf('"kind":"issue-card"') })),
    ],
    [
      'lets a root in before the second person approved',
      'QUORUM_PERSONS ManufacturerKeyRegistered',
      () => {
        const { stream, type, data } = registered();
        const id = String(dataOf(registered()).order);
        const second = log.filter((e) => e.type === 'OrderApproved' && e.stream === `order-${id}`)[1]!;
        return inserted(log, second, { stream, type, data });
      },
    ],
    [
      'lets a CA in that is no root',
      'MANUFACTURER_ROOT ManufacturerKeyRegistered',
      () => {
        const certificate = toBase64url(rogue.works.identityCa);
        return inserted(log, null, letIn(certificate, orderOf(hashId(octets(certificate)))));
      },
    ],
    [
      'lets the key of a root in again under another certificate, past its withdrawal',
      'MANUFACTURER_KEY_TWICE ManufacturerKeyRegistered',
      () => inserted(log, null, letIn(reissued, orderOf(hashId(octets(reissued))))),
    ],
    [
      'brings a module in under a root that was withdrawn',
      'MANUFACTURER_WITHDRAWN ModuleInitialized',
      () => inserted(log, null, initialized(other.makes('OTH-000003'), 'OTH-000003')),
    ],
    [
      'certifies a card under a root that was withdrawn',
      'MANUFACTURER_WITHDRAWN SigningKeyCertified',
      () => {
        const { stream, type, data } = nth(log, 'ManufacturerKeyWithdrawn');
        const certified = nth(log, 'SigningKeyCertified', 1);
        const order = String(dataOf(nth(log, 'ManufacturerKeyWithdrawn')).order);
        const approved = log.filter((e) => e.stream === `order-${order}` && e.type !== 'OrderSpent');
        const rest = log.filter((e) => !approved.includes(e) && e.type !== 'ManufacturerKeyWithdrawn');
        return inserted(
          rest.flatMap((e) => (e === certified ? [...approved, e] : [e])),
          certified,
          { stream, type, data },
        );
      },
    ],
    [
      'withdraws another root than the one approved',
      'ACT_OTHER_THAN_ORDERED ManufacturerKeyWithdrawn',
      () => {
        const root = hashId(octets(dataOf(nth(log, 'DeploymentFounded')).manufacturerRoot));
        const { order, reason } = dataOf(nth(log, 'ManufacturerKeyWithdrawn'));
        return inserted(log, null, {
          stream: `manufacturer-${root}`,
          type: 'ManufacturerKeyWithdrawn',
          data: { root, order, reason },
        });
      },
    ],
  ])('%s: found', async (_what, found, forge) => {
    expect(await judged(log)).toBe('holds');
    expect(await judged(forge())).toBe(found);
  });
});
