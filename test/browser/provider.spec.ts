/** Signing in by a provider in a real browser: there and back, with nothing of it left in the address. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ANNAS, type ProviderHouse, providerHouse } from '#test/platform/provider-house.ts';
import { asks } from '#test/kit/graphql.ts';
import { Browser, chromiumHere } from './chromium.ts';

const file = chromiumHere();
const REASON = 'skipped: no Chromium here (install it, or name it in KEYLEDGER_CHROMIUM)';
const withBrowser = file === null ? describe.skip : describe;

let house: ProviderHouse;

beforeAll(async () => {
  if (file === null) process.stderr.write(`provider in a browser: ${REASON}\n`);
  house = await providerHouse();
}, 180_000);

afterAll(() => house?.close());

describe('the page of signing in', () => {
  test('S31b comes with no script of others, stands in no frame of others, and runs nothing inline', async () => {
    const response = await fetch(`${house.url}/sign-in?code=x&state=y`);
    const [policy, text] = [response.headers.get('content-security-policy') ?? '', await response.text()];
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|http|\*/);
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(text).not.toMatch(/https?:|<script(?![^>]*src=)|\son[a-z]+=|style="/);
    const script = await (await fetch(`${house.url}/sign-in/sign-in.js`)).text();
    expect(script).not.toMatch(/https?:|innerHTML|eval\(/);
  });
});

withBrowser(`S31b the page of signing in, in a real browser${file === null ? ` (${REASON})` : ''}`, () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await Browser.open(file ?? '');
  }, 180_000);

  afterAll(() => browser?.close());

  const signsIn = async (role: string): Promise<string> => {
    await browser.goTo(`${house.url}/sign-in`);
    await browser.until(`!document.getElementById('go').disabled`);
    await browser.fill('role', role);
    await browser.click('go');
    await browser.until(
      `document.getElementById('session')?.hidden === false || (document.getElementById('outcome')?.textContent ?? '') !== ''`,
    );
    return browser.text('outcome');
  };

  test('goes to the provider and comes back with a session that opens the platform', async () => {
    expect(await signsIn('approver')).toBe('');
    const kept = await browser.value<string>(`sessionStorage.getItem('keyledger session')`);
    const { token } = JSON.parse(kept) as { token: string };
    expect((await asks({ url: house.url, token }, '{ viewer { subject roles } }')).data).toEqual({
      viewer: { subject: 'person:P-ANNA', roles: ['approver'] },
    });
    expect(await browser.value<string>('location.search')).toBe('');
  });

  test('from the page of the dashboard and back into it, to where one wanted to be, with the session that it made', async () => {
    await browser.value('void sessionStorage.clear()');
    await browser.goTo(`${house.url}/now`);
    const link = `[...document.querySelectorAll('a')].find((one) => one.innerText.includes('Sign in by'))`;
    await browser.until(`${link} !== undefined`);
    expect(await browser.value<string>(`${link}.innerText`)).toContain(new URL(house.provider.issuer).host);
    await browser.value(`${link}.click()`);
    await browser.until(`document.getElementById('go')?.disabled === false`);
    await browser.fill('role', 'approver');
    await browser.click('go');
    await browser.until(`location.pathname === '/now' && document.body?.innerText.includes('P-ANNA') === true`);
    expect(await browser.value<string>(`sessionStorage.getItem('keyledger wanted page')`)).toBeNull();
    const kept = await browser.value<string>(`sessionStorage.getItem('keyledger session')`);
    expect(JSON.parse(kept)).toMatchObject({ operator: 'P-ANNA', roles: ['approver'] });
  }, 180_000);

  test('to no page of another origin, whatever was written down', async () => {
    for (const wanted of ['//evil.example/x', 'https://evil.example/', '/.//evil.example/']) {
      await browser.goTo(`${house.url}/sign-in`);
      await browser.value(`void sessionStorage.setItem('keyledger wanted page', ${JSON.stringify(wanted)})`);
      await browser.until(`document.getElementById('go')?.disabled === false`);
      await browser.fill('role', 'approver');
      await browser.click('go');
      await browser.until(`location.pathname !== '/sign-in' && document.readyState === 'complete'`);
      expect(new URL(await browser.value<string>('location.href')).origin).toBe(new URL(house.url).origin);
    }
  }, 180_000);

  test('says why where it does not, and takes no answer that it did not ask for', async () => {
    expect(await signsIn('administrator')).toContain('SIGN_IN_ROLE');
    house.provider.subject = 'subject-9999';
    expect(await signsIn('approver')).toContain('PROVIDER_ACCOUNT');
    house.provider.subject = ANNAS;
    await browser.value<void>(`void location.assign('/sign-in?code=stolen&state=${'A'.repeat(43)}')`);
    await browser.until(
      `document.getElementById('outcome')?.textContent.includes('no sign-in that was begun in this tab') === true`,
    );
    expect(await browser.value<string>('location.search')).toBe('');
  });
});
