/** The explorer of the GraphQL interface in a real browser: every field with its description, and a question asked as who is signed in. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fastify } from 'fastify';
import { serveDashboard } from '#apps/platform/src/dashboard.ts';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { Browser, chromiumHere } from './chromium.ts';
import { DashboardBench } from './dashboard-bench.ts';

const file = chromiumHere();
const REASON = 'skipped: no Chromium here (install it, or name it in KEYLEDGER_CHROMIUM)';
const withBrowser = file === null ? describe.skip : describe;

test.each([
  [true, 200],
  [false, 404],
])('where the schema is told: %j, its page answers %d', async (hasExplorer, status) => {
  const server = fastify();
  serveDashboard(server, { hasExplorer });
  expect((await server.inject('/explorer')).statusCode).toBe(status);
  expect((await server.inject('/')).body.includes('content="/explorer"')).toBe(hasExplorer);
  await server.close();
});

withBrowser(`the explorer in a real browser${file === null ? ` (${REASON})` : ''}`, () => {
  let it: HouseInProcess;
  let at: DashboardBench;

  beforeAll(async () => {
    if (file === null) process.stderr.write(`explorer in a browser: ${REASON}\n`);
    it = await houseInProcess();
    await founding(it.world);
    at = new DashboardBench(it, await Browser.open(file ?? ''));
    await at.browser.look(1440, 900, 'light');
    await at.browser.watch(at.origin);
  }, 300_000);

  afterAll(async () => {
    await at?.browser.close();
    await it?.close();
  });

  test('asks its first question with the session of the tab, and is answered', async () => {
    await at.enterAs('rita');
    await at.open('/explorer', 'P-RITA');
    await at.browser.until(
      `document.querySelector('.graphiql-query-editor .CodeMirror')?.CodeMirror?.getValue().includes('viewer') === true`,
    );
    await at.clickFirst('.graphiql-execute-button');
    await at.browser.until(`document.querySelector('.result-window')?.innerText.includes('person:P-RITA') === true`);
    expect(await at.text('.result-window')).toContain('"sealedAt"');
    expect(at.browser.complaints()).toEqual([]);
  }, 180_000);

  test('shows what a field means, as the schema says it', async () => {
    await at.clickFirst('[aria-label="Show Documentation Explorer"]');
    await at.sees('Docs');
    await at.clickOn('Query');
    await at.sees('How far the log is sealed.');
    expect(at.browser.complaints()).toEqual([]);
  }, 180_000);
});
