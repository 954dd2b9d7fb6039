/** Every form of the dashboard in a real browser: filled in by a requester, drafted, and what comes back held against it. */
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ACTS, isByPeople } from '#apps/dashboard/src/pages/orders/carry.ts';
import { FORMS, KINDS } from '#apps/dashboard/src/pages/orders/forms.ts';
import { print } from 'graphql';
import { CARD, MODULE_CLASS, STATION, UNIT, WITNESS } from '#apps/keyledger/src/demo/names.ts';
import { type IssuedCard, issueCard } from '#apps/keyledger/src/story/card.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { suspended } from '#apps/keyledger/src/story/operation.ts';
import { SERIAL, orderFor, personalized, registerModule } from '#apps/keyledger/src/story/personalization.ts';
import { PERMISSIONS } from '#apps/platform/src/permissions.ts';
import { approverSetBytes } from '#libs/kernel/approver-set.ts';
import { systemClock } from '#libs/kernel/clock.ts';
import { hashId, publicJwk, thumbprint } from '#libs/kernel/hash.ts';
import { ORDER_KINDS, type OrderKind, orderId } from '#libs/kernel/order.ts';
import { Manufacturer } from '#module-emulator/manufacturer/manufacturer.ts';
import { PINNED } from '#module-emulator/adversary/authenticator.ts';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';
import { PeopleBench, codeOf } from '#test/journeys/people-bench.ts';
import { cosignatureKey } from '#libs/seal/note-key.ts';
import { madeUpId } from '#test/kit/orders.ts';
import { Browser, chromiumHere } from './chromium.ts';
import { DashboardBench } from './dashboard-bench.ts';
import { copyOfCard, tailLost } from './furnished-trouble.ts';

const file = chromiumHere();
const REASON = 'skipped: no Chromium here (install it, or name it in KEYLEDGER_CHROMIUM)';
const withBrowser = file === null ? describe.skip : describe;

const someone = publicJwk(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey);
const witnessKey = cosignatureKey('second.example', generateKeyPairSync('ed25519').privateKey).line;
const other = Manufacturer.founded('Other Modules', systemClock).root.certificate;
const CHOOSE = 'the first that there is';

interface Filled {
  readonly values: Readonly<Record<string, string>>;
  /** What the order must say, as it stands in its bytes. */
  readonly says: object;
}

describe('the table of forms', () => {
  test('has a row for every kind of order, and no other', () => {
    const table: Readonly<Record<OrderKind, unknown>> = FORMS;
    expect([...KINDS].sort()).toEqual(Object.keys(ORDER_KINDS).sort());
    expect(Object.keys(table)).toEqual(KINDS);
  });

  test('leaves each act to the roles that the platform lets in, and the rest to the unit', () => {
    for (const [kind, { sends, roles }] of Object.entries(ACTS)) {
      const [, operation = ''] = /outcome: (\w+)/.exec(print(sends)) ?? [];
      expect([kind, PERMISSIONS.Mutation[operation]]).toEqual([kind, roles]);
    }
    expect(KINDS.filter((kind) => !isByPeople(kind)).sort()).toEqual(['personalize', 'reset', 'transfer']);
  });
});

withBrowser(`S31b the forms of the dashboard${file === null ? ` (${REASON})` : ''}`, () => {
  let it: HouseInProcess;
  let at: DashboardBench;
  let bench: PeopleBench;
  let card: IssuedCard;

  beforeAll(async () => {
    if (file === null) process.stderr.write(`forms in a browser: ${REASON}\n`);
    it = await houseInProcess();
    await founding(it.world);
    card = await issueCard(it.world);
    const before = copyOfCard(it);
    await registerModule(it.world);
    await personalized(it.world, orderFor(it.world, card)('personalize'));
    await tailLost(it, before);
    bench = new PeopleBench(it);
    at = new DashboardBench(it, await Browser.open(file ?? ''));
    await at.enterAs('clara');
    await at.browser.watch(at.origin);
  }, 300_000);

  afterAll(async () => {
    await at?.browser.close();
    await it?.close();
  });

  const many = Array.from({ length: 40 }, (_, at) => `B-${String(at + 100)}`);
  const later = () => bench.later({ policy: bench.inForce.policy.slice(0, -1) });
  const root = () => hashId(Buffer.from(it.house.deployment.founding.manufacturerRoot, 'base64url'));

  const FILLED: { readonly [K in OrderKind]: () => Filled } = {
    personalize: () => ({
      values: {
        serials: `place,serial\nhere,${many.join('\nthere,')}`,
        moduleClass: MODULE_CLASS,
        card: CARD,
        unit: UNIT,
        station: STATION,
        certificateDays: '365',
        site: 'branch',
        hours: '8',
      },
      says: { serials: { size: 40 }, cardKey: card.cardKey, unit: UNIT, site: 'branch' },
    }),
    reset: () => ({ values: { serial: SERIAL, card: CARD, unit: UNIT }, says: { serial: SERIAL, epoch: 1 } }),
    transfer: () => ({
      values: { serial: SERIAL, card: CARD, unit: UNIT, newGenesis: madeUpId('elsewhere') },
      says: { newGenesis: madeUpId('elsewhere') },
    }),
    'retire-module': () => ({ values: { serial: SERIAL, reason: 'lost' }, says: { serial: SERIAL, reason: 'lost' } }),
    'suspend-signing-key': () => ({ values: { card: CARD, reason: 'drill' }, says: { cardKey: card.cardKey } }),
    'disable-signing-key': () => ({
      values: { card: CARD, checkpoint: CHOOSE, reason: 'end-of-use' },
      says: { cardKey: card.cardKey, mode: 'from-checkpoint' },
    }),
    'compromise-signing-key': () => ({ values: { card: CARD, reason: 'stolen' }, says: { reason: 'stolen' } }),
    'trust-signing-key': () => ({ values: { card: CARD, stations: STATION }, says: { stations: [STATION] } }),
    'retrust-signing-key': () => ({ values: { card: CARD, stations: STATION }, says: { cardKey: card.cardKey } }),
    'issue-card': () => ({
      values: { card: 'C-9', deviceKey: madeUpId('device'), custodians: 'P-DORA P-EMIL', enforcement: 'device' },
      says: { card: 'C-9', custodians: ['P-DORA', 'P-EMIL'] },
    }),
    'review-divergence': () => ({
      values: { card: CARD, alarm: CHOOSE, reason: 'drill' },
      says: { divergence: 'lost-tail', card: CARD },
    }),
    'retire-card': () => ({ values: { card: CARD, reason: 'broken' }, says: { card: CARD } }),
    'enrol-operator': () => ({
      values: {
        operator: 'P-NEW',
        roles: 'technician auditor',
        credential: `${JSON.stringify({ credential: someone, passkey: PINNED }, null, 2)}\nThumbprint ${thumbprint(someone)}`,
      },
      says: { credential: thumbprint(someone), passkey: PINNED },
    }),
    'link-operator': () => ({
      values: { operator: 'T-TOM', issuer: 'https://login.example', link: madeUpId('link') },
      says: { issuer: 'https://login.example' },
    }),
    'grant-roles': () => ({ values: { operator: 'T-TOM', roles: 'auditor' }, says: { roles: ['auditor'] } }),
    'withdraw-roles': () => ({
      values: { operator: 'P-RITA', roles: 'auditor', reason: 'replaced' },
      says: { operator: 'P-RITA' },
    }),
    'suspend-operator': () => ({ values: { operator: 'P-RITA', reason: 'absent' }, says: { reason: 'absent' } }),
    'withdraw-operator': () => ({ values: { operator: 'P-RITA', reason: 'left' }, says: { reason: 'left' } }),
    'withdraw-credential': () => ({
      values: { operator: 'P-RITA', credential: thumbprint(someone), reason: 'lost' },
      says: { credential: thumbprint(someone) },
    }),
    'adopt-approver-set': () => ({
      values: { document: JSON.stringify(later(), null, 2) },
      says: { version: 2, set: hashId(approverSetBytes(later())) },
    }),
    'enrol-unit': () => ({
      values: { unit: 'U-9', credential: JSON.stringify(someone) },
      says: { unit: 'U-9', credential: thumbprint(someone) },
    }),
    'enrol-station': () => ({
      values: {
        station: 'ST-2',
        credential: thumbprint(someone),
        stationKey: madeUpId('station'),
        stationNextKey: madeUpId('next'),
      },
      says: { station: 'ST-2', stationKey: madeUpId('station') },
    }),
    'register-manufacturer-key': () => ({
      values: { manufacturer: 'OTHER', certificate: other },
      says: { root: hashId(Buffer.from(other, 'base64url')) },
    }),
    'withdraw-manufacturer-key': () => ({ values: { root: root(), reason: 'ended' }, says: { root: root() } }),
    'admit-witness': () => ({
      values: { witness: witnessKey, instead: CHOOSE },
      says: { witness: witnessKey, instead: WITNESS },
    }),
  };

  /** Chosen as a person would who takes what is offered: the last of the list. */
  async function fills(values: Filled['values']): Promise<void> {
    for (const [name, value] of Object.entries(values)) {
      const field = `document.querySelector('select[name=${name}]')`;
      const options = `[...(${field}?.options ?? [])]`;
      if (value === CHOOSE) await at.browser.until(`${options}.length > 1`);
      const chosen = value === CHOOSE ? await at.browser.value<string>(`${options}.at(-1).value`) : value;
      await at.fillIn(name, chosen);
    }
  }

  const drafted = async (kind: OrderKind): Promise<object> => {
    const { values, says } = FILLED[kind]();
    await at.open(`/orders/new/${kind}`, 'Show the order');
    await fills(values);
    await at.clickOn('Show the order');
    await at.sees('Says what you asked, checked in this browser');
    await at.sees('Hashed in this browser');
    expect(at.browser.complaints()).toEqual([]);
    const bytes = await at.browser.value<string>(`[...document.querySelectorAll('pre')][0].textContent`);
    expect(JSON.parse(bytes)).toMatchObject({ kind, requester: 'P-CLARA', ...says });
    return says;
  };

  test.each((Object.keys(ORDER_KINDS) as OrderKind[]).filter((kind) => kind !== 'retrust-signing-key'))(
    'for %s sends what was filled in, and the draft says it',
    async (kind) => {
      await drafted(kind);
    },
    60_000,
  );

  test('for a key that is to be trusted again is open as soon as one is suspended', async () => {
    await at.open('/orders/new', 'No key is suspended.');
    await suspended(it.world, card);
    await drafted('retrust-signing-key');
  }, 180_000);

  test('once asked for is weighed: alarms, states, who was suspended, what operates already', async () => {
    const retires = bench.written({ kind: 'retire-card', card: CARD, reason: 'broken' });
    expect([codeOf(await bench.requested(retires)), codeOf(await bench.approves('bo', retires))]).toEqual([
      'done',
      'done',
    ]);
    const suspends = await bench.ordered({ kind: 'suspend-operator', operator: 'P-BO', reason: 'drill' }, ['anna']);
    expect(codeOf(await bench.changes(suspends))).toBe('done');
    await at.open(`/inbox/${orderId(retires)}`, `Chip card ${CARD} has 1 alarm without an officer’s word.`);
    await at.sees(`The signing key of ${CARD} is suspended.`);
    await at.sees('P-BO, who approved it, is suspended.');
    await at.sees('You asked for it yourself.');
    const again = orderFor(it.world, card)('once more');
    await it.world.requests('clara', again);
    await at.open(`/inbox/${again.id}`, `${SERIAL} is operating already.`);
    await at.clickOn('See');
    await at.browser.until(`location.pathname !== ${JSON.stringify(`/inbox/${again.id}`)}`);
    expect(at.browser.complaints()).toEqual([]);
  }, 180_000);

  test('names what is missing, and sends nothing', async () => {
    await at.open('/orders/new/enrol-unit', 'Show the order');
    at.browser.posted.length = 0;
    await at.fillIn('unit', 'U 9');
    await at.clickOn('Show the order');
    await at.sees('Still missing.');
    await at.sees('Letters, digits');
    expect(at.browser.posted.filter((body) => body.includes('draft'))).toEqual([]);
  }, 180_000);

  test('says in the platform’s words why it drafts nothing', async () => {
    await at.open('/orders/new/grant-roles', 'Show the order');
    await fills({ operator: 'P-NOBODY', roles: 'auditor' });
    await at.clickOn('Show the order');
    await at.sees('OPERATOR_UNKNOWN');
  }, 180_000);

  test('is not there for whoever may not ask, and says who may', async () => {
    await at.enterAs('rita');
    await at.open('/orders/new', 'Only a requester asks for orders: P-CLARA, P-ANNA, P-BO.');
    await at.open('/orders/new/personalize', 'Only a requester asks for orders');
    expect(await at.browser.value(`document.querySelector('form') === null`)).toBe(true);
    await at.enterAs('clara');
  }, 180_000);

  test('is keyed in without a pointer, at 390 and 1920 pixels, with nothing against WCAG', async () => {
    for (const scheme of ['light', 'dark'] as const) {
      await at.browser.look(390, 844, scheme);
      await at.open('/orders/new/retire-card', 'Show the order');
      expect(await at.violations()).toEqual([]);
      await fills({ card: CARD, reason: 'broken' });
      await at.browser.value(`document.querySelector('button[type=submit]').focus()`);
      await at.browser.press('Enter');
      await at.sees('Says what you asked');
      expect(await at.browser.value('document.activeElement.innerText')).toBe('What you would sign');
      expect(await at.browser.value('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
      expect(await at.violations()).toEqual([]);
      await at.open('/orders/new', 'Ask for an order');
      expect(await at.violations()).toEqual([]);
    }
    await at.browser.look(1920, 1080, 'dark');
    for (const path of ['/orders/new', '/orders/new/personalize']) {
      await at.open(path, 'Personalize modules');
      expect(await at.browser.value('document.documentElement.scrollWidth')).toBeLessThanOrEqual(1920);
      expect(await at.violations()).toEqual([]);
    }
    await at.browser.look(1440, 900, 'light');
  }, 180_000);
});
