/**
 * A hostile build of the dashboard: it shows one order and has another signed. Whoever owns the server serves it. Orders
 * that need class B alone fall to it, as the platform says of them beforehand; one signature of class A stops it.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { orderId } from '#libs/kernel/order.ts';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';
import { PeopleBench, codeOf } from '#test/journeys/people-bench.ts';
import { until } from '#test/journeys/until.ts';
import { Browser, chromiumHere } from './chromium.ts';
import { DashboardBench } from './dashboard-bench.ts';
import { OwnMachine, passkeyOf, withKeys, withQuorum } from './officers.ts';

const file = chromiumHere();
const REASON = 'skipped: no Chromium here (install it, or name it in KEYLEDGER_CHROMIUM)';
const withBrowser = file === null ? describe.skip : describe;

/** In front of every script of the page: the passkey is asked for another order, and its answer is sent for that one. */
function hostile({ shown, signed }: { readonly shown: string; readonly signed: string }): string {
  return `if (globalThis.owned === undefined) {
    globalThis.owned = true;
    const [asks, sends] = [navigator.credentials.get.bind(navigator.credentials), fetch];
    const challenge = Uint8Array.from(atob('${signed}'.replace(/-/g, '+').replace(/_/g, '/')), (one) => one.charCodeAt(0));
    navigator.credentials.get = ({ publicKey }) => asks({ publicKey: { ...publicKey, challenge } });
    globalThis.fetch = (to, how) => sends(to, how?.body?.includes?.('approveOrder') ? { ...how, body: how.body.replaceAll('${shown}', '${signed}') } : how);
  }
  `;
}

interface Told {
  readonly state: string;
  readonly sentence: readonly string[];
  readonly approvers: readonly { readonly person: string; readonly class: string }[];
}

withBrowser(`S31b a hostile dashboard${file === null ? ` (${REASON})` : ''}`, () => {
  let it: HouseInProcess;
  let bench: PeopleBench;
  let bos: DashboardBench;
  let annas: DashboardBench;
  let gus: OwnMachine;

  beforeAll(async () => {
    if (file === null) process.stderr.write(`hostile dashboard: ${REASON}\n`);
    it = await houseInProcess();
    await founding(it.world);
    bench = new PeopleBench(it);
    const browser = await Browser.open(file ?? '');
    bos = new DashboardBench(it, browser);
    annas = new DashboardBench(it, await browser.beside());
    gus = new OwnMachine(it, 'P-GUS');
    const keys = { 'P-BO': await passkeyOf(bos, 'P-BO'), 'P-ANNA': await passkeyOf(annas, 'P-ANNA') };
    const policy = withQuorum(bench, {
      'withdraw-operator': { persons: 2, classA: 0 },
      'withdraw-roles': { persons: 2, classA: 1 },
    });
    await bench.adopted(bench.later({ persons: [...withKeys(bench, keys), gus.person], policy }));
    await gus.enrolled(bench);
    for (const [at, who] of [
      [bos, 'bo'],
      [annas, 'anna'],
    ] as const)
      await at.enterAs(who);
  }, 300_000);

  afterAll(async () => {
    await annas?.browser.close();
    await bos?.browser.close();
    gus?.drop();
    await it?.close();
  });

  async function asked(particular: object): Promise<string> {
    const bytes = bench.written(particular);
    expect(codeOf(await bench.requested(bytes))).toBe('done');
    return orderId(bytes);
  }

  /** The page shows one order and this person approves what he sees; the build has him sign the other. */
  async function approvesOn(
    at: DashboardBench,
    orders: { shown: string; signed: string },
    words: string,
  ): Promise<void> {
    await at.browser.altersScripts((script) => hostile(orders) + script);
    await at.open(`/inbox/${orders.shown}`, words);
    await at.clickOn('Approve with passkey');
    await at.browser.until(`globalThis.owned === true`);
  }

  const told = (id: string) =>
    it.world.callers
      .ask<{ order: Told }>(
        'rita',
        'query ($id: ID!) { order(id: $id) { state sentence approvers { person class } } }',
        {
          id,
        },
      )
      .then(({ order }) => order);

  const whoApproved = async (id: string) =>
    (await told(id)).approvers.map((one) => `${one.person} ${one.class}`).sort();
  const hasApproved = async (id: string, persons: readonly string[]) =>
    expect(await until(async () => (await whoApproved(id)).join() === persons.join())).toBe(true);

  /** Carried out, as the owner of the server would. */
  const carriedOut = async (order: string) =>
    codeOf(
      await bench.submit(
        'clara',
        'changeOperator',
        { order: 'ID!', credential: 'PublicKeyInput' },
        { order, credential: null },
      ),
    );

  test('an order of class B alone says beforehand, on the page too, that it falls to the server', async () => {
    const id = await asked({ kind: 'withdraw-operator', operator: 'P-EMIL', reason: 'drill' });
    expect((await told(id)).sentence).toContain('It falls to the server alone.');
    await bos.open(`/inbox/${id}`, 'falls to a hostile page');
    const honest = await asked({ kind: 'withdraw-roles', operator: 'P-EMIL', roles: ['custodian'], reason: 'absent' });
    expect((await told(honest)).sentence).toContain('It falls to one officer together with the server.');
    await bos.open(`/inbox/${honest}`, 'Class A stays owed');
  }, 180_000);

  test('class B and class B fall: two officers read one order, and the other is carried out', async () => {
    const shown = await asked({ kind: 'withdraw-operator', operator: 'P-TOM', reason: 'left' });
    const signed = await asked({ kind: 'withdraw-operator', operator: 'P-ADA', reason: 'left' });
    const words = 'Withdraw P-TOM for ever: left.';
    await approvesOn(bos, { shown, signed }, words);
    await hasApproved(signed, ['P-BO B']);
    await approvesOn(annas, { shown, signed }, words);
    await hasApproved(signed, ['P-ANNA B', 'P-BO B']);
    expect(await whoApproved(shown)).toEqual([]);
    expect(await carriedOut(signed)).toBe('done');
  }, 180_000);

  test('class A stops it: the officer’s own machine shows what would be signed, and without him nothing is carried out', async () => {
    const shown = await asked({ kind: 'withdraw-roles', operator: 'P-TOM', roles: ['technician'], reason: 'replaced' });
    const signed = await asked({ kind: 'withdraw-roles', operator: 'P-BO', roles: ['approver'], reason: 'replaced' });
    for (const at of [bos, annas]) await approvesOn(at, { shown, signed }, 'P-TOM');
    await hasApproved(signed, ['P-ANNA B', 'P-BO B']);
    expect(await carriedOut(signed)).toBe('QUORUM_CLASS_A');
    const seen = await gus.approves(signed, 'P-TOM');
    expect(seen).toMatchObject({ code: 1, shown: expect.stringMatching(/P-BO[^]*NOT_CONFIRMED/) });
    expect(await carriedOut(signed)).toBe('QUORUM_CLASS_A');
    expect(await gus.approves(shown, 'P-TOM')).toMatchObject({ code: 0 });
    await hasApproved(shown, ['P-GUS A']);
  }, 180_000);
});
