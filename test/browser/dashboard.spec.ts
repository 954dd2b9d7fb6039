/** The dashboard in a real browser: signing in with a key file, every page, proofs checked there, and an order approved by passkey. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { tellStory } from '#apps/keyledger/src/story/story.ts';
import type { ApprovalKey } from '#libs/kernel/approver-set.ts';
import { orderId } from '#libs/kernel/order.ts';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';
import { PeopleBench, codeOf } from '#test/journeys/people-bench.ts';
import { Browser, chromiumHere } from './chromium.ts';
import { DashboardBench, pagesOf } from './dashboard-bench.ts';

const file = chromiumHere();
const REASON = 'skipped: no Chromium here (install it, or name it in KEYLEDGER_CHROMIUM)';
const withBrowser = file === null ? describe.skip : describe;

const TRUSTED = resolve(import.meta.dirname, '../../apps/dashboard/trusted-documents.json');
const trusted = JSON.parse(readFileSync(TRUSTED, 'utf8')) as { readonly documents: readonly string[] };

/** An event of the trail, as a link. */
const ROW = '[href^="/audit/0"]';

let it: HouseInProcess;
let fingerprint: string;
const get = (path: string) => fetch(`${it.house.platformUrl}${path}`);

beforeAll(async () => {
  if (file === null) process.stderr.write(`dashboard in a browser: ${REASON}\n`);
  it = await houseInProcess();
  ({ fingerprint } = await tellStory(it.world));
}, 300_000);

afterAll(() => it?.close());

describe('the files of the dashboard', () => {
  test('come under a policy that lets in nothing from elsewhere and nothing inline', async () => {
    const [one, other] = [await get('/'), await get('/')];
    const policies = [one, other].map(({ headers }) => headers.get('content-security-policy') ?? '');
    expect(policies[0]).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self' 'nonce-[A-Za-z0-9_-]{22}';/);
    expect(policies[0]).not.toMatch(/unsafe|http|\*/);
    expect(policies[0]).not.toBe(policies[1]);
    const text = await one.text();
    expect(text).not.toMatch(/https?:|<script(?![^>]*src=)|\son[a-z]+=|style="/);
    expect(policies[0]).toContain(/nonce="([^"]+)"/.exec(text)?.[1]);
  });

  test.each([
    '/inbox',
    '/inbox/-x',
    '/audit/00000000000000000001',
    '/now',
    '/fleet/ATM-1',
    '/cards',
    '/trust-lists/north',
    '/numbers',
  ])('%s is a page of it', async (path) =>
    expect((await get(path)).headers.get('content-type')).toContain('text/html'),
  );

  test.each(['/health/live', '/log/checkpoint', '/trust-lists/ST-POZNAN.jws'])('%s is none', async (path) =>
    expect((await get(path)).headers.get('content-type')).not.toContain('text/html'),
  );

  test('its scripts are kept for ever under names that hold their hash', async () => {
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(await (await get('/')).text())?.[1] ?? '';
    const response = await get(script);
    expect(response.headers.get('cache-control')).toContain('immutable');
    expect(await response.text()).not.toMatch(/eval\(|new Function\(/);
    expect((await get('/assets/../index.html')).status).toBe(404);
  });
});

withBrowser(`a tour of the dashboard in a real browser${file === null ? ` (${REASON})` : ''}`, () => {
  let at: DashboardBench;

  beforeAll(async () => {
    at = new DashboardBench(it, await Browser.open(file ?? ''));
    await at.browser.look(1440, 900, 'light');
    await at.browser.watch(at.origin);
  }, 180_000);

  afterAll(() => at?.browser.close());

  test('a key file signs in, and the key does not leave the page', async () => {
    const { signIn, id } = it.house.deployment.people.person('rita');
    const pem = signIn.export({ format: 'pem', type: 'pkcs8' }).toString();
    await at.open('/', 'Sign in with the key file');
    await at.chooseFile('input[type=file]', 'sign-in.pem', pem);
    await at.type('input[autocomplete=username]', id);
    await at.browser.value(`document.querySelector('input[value=auditor]').click()`);
    await at.clickOn('Sign in with the key file');
    await at.sees('Audit trail');
    await at.sees(id);
    expect(await at.browser.value('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])')).not.toContain('"d"');
    expect(at.browser.complaints()).toEqual([]);
  }, 180_000);

  test('the trail is searched, an event is opened, and its inclusion is proved in this browser', async () => {
    await at.open('/audit?type=CertificateIssued', 'CertificateIssued');
    await at.clickFirst(ROW);
    await at.sees('Checked in this browser');
    await at.sees('certified the key of ATM-000013');
    expect(at.browser.complaints()).toEqual([]);
  }, 180_000);

  test('a platform that shows another time than was sealed is found out', async () => {
    await at.open('/audit?type=CertificateIssued', 'CertificateIssued');
    await at.browser.value(`{
      const real = fetch;
      globalThis.fetch = async (...asked) => {
        const text = await (await real(...asked)).text();
        return new Response(text.replace(/("recordedAt":"[0-9T:-]+)\\.\\d{3}Z"/g, '$1.999Z"'), { headers: { 'content-type': 'application/json' } });
      };
    }`);
    await at.clickFirst(ROW);
    await at.sees('Not proved: the sealed text says something else than this page shows.');
  }, 180_000);

  test('every page answers with what it is for, with no error and no request to elsewhere', async () => {
    const wrong: string[] = [];
    for (const [path, words] of pagesOf(fingerprint)) {
      await at.open(path, words);
      wrong.push(...at.browser.complaints().map((one) => `${path} ${one}`));
    }
    expect(wrong).toEqual([]);
  }, 300_000);

  test('it asks nothing but its trusted documents', () => {
    const asked = at.browser.posted.map((body) => (JSON.parse(body) as { query: string }).query);
    expect(asked.length).toBeGreaterThan(20);
    expect([...new Set(asked)].filter((one) => !trusted.documents.includes(one))).toEqual([]);
  });

  test('an order is read from its bytes and approved by passkey, and the platform believes it', async () => {
    const bench = new PeopleBench(it);
    await at.browser.goTo(`${at.origin}/passkey`);
    await at.browser.fill('person', 'P-BO');
    await at.browser.click('enrol');
    await at.browser.until(`document.getElementById('key').textContent !== ''`);
    const key = JSON.parse((await at.browser.text('key')).split('\nThumbprint ')[0] ?? '') as ApprovalKey;
    const persons = bench.inForce.persons.map((one) =>
      one.id === 'P-BO' ? { ...one, keys: [...one.keys, key] } : one,
    );
    await bench.adopted(bench.later({ persons }));
    const bytes = bench.written({ kind: 'withdraw-operator', operator: 'P-TOM', reason: 'drill' });
    expect(codeOf(await bench.requested(bytes))).toBe('done');
    await at.enterAs('bo');
    await at.open(`/inbox/${orderId(bytes)}`, 'Withdraw P-TOM for ever: drill.');
    await at.sees('Hashed in this browser');
    await at.clickOn('Decline…');
    await at.sees('The order ends for everybody');
    await at.browser.value(`document.querySelector('[aria-label=Close]').click()`);
    await at.clickOn('Approve with passkey');
    await at.sees('signed with a passkey');
    expect(at.browser.complaints()).toEqual([]);
    const seen = await it.world.callers.ask(
      'rita',
      'query ($id: ID!) { order(id: $id) { approvers { person class } } }',
      {
        id: orderId(bytes),
      },
    );
    expect(seen).toEqual({ order: { approvers: [{ person: 'P-BO', class: 'B' }] } });
  }, 180_000);
});
