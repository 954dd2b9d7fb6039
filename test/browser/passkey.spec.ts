/** A passkey in a real browser: enrolled on the platform's page, adopted by the quorum, and its approvals believed by platform and card. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import type { ApprovalKey } from '#libs/kernel/approver-set.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import { officers } from '#test/attacks/card-world.ts';
import { signs } from '#libs/kernel/officers.fixture.ts';
import { orderId } from '#libs/kernel/order.ts';
import { isFinding, replay } from '#libs/proof/replay.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { CardBench } from '#test/attacks/card-bench.ts';
import { visit } from '#test/attacks/card-visit.ts';
import { CardWorld } from '#test/attacks/card-world.ts';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';
import { PeopleBench, codeOf, textOf } from '#test/journeys/people-bench.ts';
import { sessionOf } from '#test/platform/people.ts';
import { asks } from '#test/kit/graphql.ts';
import { Browser, chromiumHere } from './chromium.ts';
import { DashboardBench } from './dashboard-bench.ts';

const file = chromiumHere();
const REASON = 'skipped: no Chromium here (install it, or name it in KEYLEDGER_CHROMIUM)';
const withBrowser = file === null ? describe.skip : describe;

let it: HouseInProcess;
let bench: PeopleBench;
let origin: string;

beforeAll(async () => {
  if (file === null) process.stderr.write(`passkey in a browser: ${REASON}\n`);
  it = await houseInProcess();
  await founding(it.world);
  bench = new PeopleBench(it);
  origin = it.house.platformUrl.replace('127.0.0.1', 'localhost');
}, 180_000);

afterAll(() => it?.close());

describe('the page of passkeys', () => {
  test('comes with no script of others, stands in no frame of others, and runs nothing inline', async () => {
    const response = await fetch(`${it.house.platformUrl}/passkey`);
    const [policy, text] = [response.headers.get('content-security-policy') ?? '', await response.text()];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|http|\*/);
    expect(text).not.toMatch(/https?:|<script(?![^>]*src=)|\son[a-z]+=|style="/);
    const script = await (await fetch(`${it.house.platformUrl}/passkey/passkey.js`)).text();
    expect(script).not.toMatch(/https?:|innerHTML|eval\(/);
  });
});

withBrowser(`S31b a passkey in a real browser${file === null ? ` (${REASON})` : ''}`, () => {
  let browser: Browser;
  let key: ApprovalKey;

  beforeAll(async () => {
    browser = await Browser.open(file ?? '');
    await browser.goTo(`${origin}/passkey`);
  }, 180_000);

  afterAll(() => browser?.close());

  const acts = async (button: 'approve' | 'decline'): Promise<string> => {
    await browser.click(button);
    await browser.until(`document.getElementById('outcome').textContent !== ''`);
    return browser.text('outcome');
  };
  const shows = async (bytes: Uint8Array): Promise<string> => {
    const { token } = await sessionOf(it, 'bo', { roles: ['approver'] });
    await browser.fill('token', token);
    await browser.fill('order', orderId(bytes));
    await browser.click('show');
    await browser.until(
      `!document.getElementById('approve').disabled || document.getElementById('outcome').textContent !== ''`,
    );
    return browser.text('sentence');
  };

  test('is enrolled on the page', async () => {
    await browser.fill('person', 'P-BO');
    await browser.click('enrol');
    await browser.until(`document.getElementById('key').textContent !== ''`);
    const [json = ''] = (await browser.text('key')).split('\nThumbprint ');
    key = JSON.parse(json) as ApprovalKey;
    expect(key).toMatchObject({ class: 'B', passkey: { origin, rpId: 'localhost', backup: 'none' } });
  });

  test('approves nothing before the set in force names it, and then what it was shown', async () => {
    const bytes = bench.written({ kind: 'suspend-operator', operator: 'P-RITA', reason: 'drill' });
    expect(codeOf(await bench.requested(bytes))).toBe('done');
    expect(await shows(bytes)).toContain('Suspend operator P-RITA');
    expect(await acts('approve')).toContain('APPROVAL_KEY_UNKNOWN');
    const persons = bench.inForce.persons.map((one) =>
      one.id === 'P-BO' ? { ...one, keys: [...one.keys, key] } : one,
    );
    await bench.adopted(bench.later({ persons }));
    const again = bench.written({ kind: 'withdraw-operator', operator: 'P-RITA', reason: 'drill' });
    expect(codeOf(await bench.requested(again))).toBe('done');
    expect(await shows(again)).toContain(textOf(again));
    expect(await acts('approve')).toBe('approve: recorded');
    const declined = bench.written({ kind: 'withdraw-operator', operator: 'P-TOM', reason: 'drill' });
    expect(codeOf(await bench.requested(declined))).toBe('done');
    await shows(declined);
    expect(await acts('decline')).toBe('decline: recorded');
    const seen = await it.world.callers.ask(
      'rita',
      'query ($a: ID!, $b: ID!) { a: order(id: $a) { approvers { person class } } b: order(id: $b) { state } }',
      { a: orderId(again), b: orderId(declined) },
    );
    expect(seen).toEqual({ a: { approvers: [{ person: 'P-BO', class: 'B' }] }, b: { state: 'declined' } });
    const result = await replay(await it.events());
    expect(isFinding(result) ? result : 'holds').toBe('holds');
  });

  test('signs its holder in on the page of the dashboard, by another passkey than the one that approves', async () => {
    await browser.fill('signer', 'P-TOM');
    await browser.click('enrol-sign-in');
    await browser.until(`document.getElementById('credential').textContent !== ''`);
    const [json = '', kid = ''] = (await browser.text('credential')).split('\nThumbprint ');
    const { credential, passkey } = JSON.parse(json) as { credential: object; passkey: object };
    const enrolment = { kind: 'enrol-operator', operator: 'P-TOM', roles: ['technician'], credential: kid, passkey };
    expect(codeOf(await bench.changes(await bench.ordered(enrolment), credential))).toBe('done');
    const at = new DashboardBench(it, browser);
    await at.open('/', 'Sign in with a passkey');
    await at.type('input[autocomplete=username]', 'P-TOM');
    await browser.value(`document.querySelector('input[value=technician]').click()`);
    await at.clickOn('Sign in with a passkey');
    await browser.until(`sessionStorage.getItem('keyledger session') !== null`);
    const { token } = JSON.parse(await browser.value<string>(`sessionStorage.getItem('keyledger session')`)) as {
      token: string;
    };
    const { data } = await asks({ url: it.house.platformUrl, token }, '{ viewer { subject roles } }');
    expect(data).toEqual({ viewer: { subject: 'person:P-TOM', roles: ['technician'] } });
    const result = await replay(await it.events());
    expect(isFinding(result) ? result : 'holds').toBe('holds');
    await browser.goTo(`${origin}/passkey`);
  }, 180_000);

  test('gives the chip card an approval that it accepts, and a decline that it does not', async () => {
    const { fay, ada } = officers;
    Object.assign(fay.keys[0]!, { public: key });
    const world = new CardWorld();
    const active = await world.active();
    const asks = (verb: string, text: string) =>
      browser.value<Proof>(
        `import('/passkey/passkey.js').then(({ assertion }) => assertion(${JSON.stringify(verb)}, ${JSON.stringify(text)}))`,
      );
    const visits = async (verb: 'approve' | 'decline') => {
      const bytes = world.personalizeOrder(active, { site: 'branch' });
      const proof = await asks(verb, textOf(bytes));
      return visit(world, new CardBench(active), { bytes, approvals: () => [signs(ada, bytes), proof] });
    };
    const signed = await visits('approve');
    expect(isRefusal(signed) ? signed : 'signed').toBe('signed');
    expect(await visits('decline')).toMatchObject({ code: 'PASSKEY_CHALLENGE' });
  });
});
