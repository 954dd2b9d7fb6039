/** Every page of the dashboard in light and dark, by axe-core, and at 390 and 1920 pixels. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { tellStory } from '#apps/keyledger/src/story/story.ts';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';
import { Browser, chromiumHere } from './chromium.ts';
import { DashboardBench, pagesOf } from './dashboard-bench.ts';

const file = chromiumHere();
const REASON = 'skipped: no Chromium here (install it, or name it in KEYLEDGER_CHROMIUM)';
const withBrowser = file === null ? describe.skip : describe;

withBrowser(`all pages of the dashboard in a real browser${file === null ? ` (${REASON})` : ''}`, () => {
  let it: HouseInProcess;
  let at: DashboardBench;
  let pages: ReturnType<typeof pagesOf>;

  beforeAll(async () => {
    it = await houseInProcess();
    const { fingerprint } = await tellStory(it.world);
    const [, , , issued] = (await it.events()).filter(({ type }) => type === 'OrderRequested').reverse();
    pages = [...pagesOf(fingerprint), [`/inbox/${issued?.stream.replace(/^order-/, '')}`, 'Hashed in this browser']];
    at = new DashboardBench(it, await Browser.open(file ?? ''));
    await at.browser.look(1440, 900, 'light');
    await at.enterAs('rita');
    await at.browser.watch(at.origin);
  }, 120_000);

  afterAll(async () => {
    await at?.browser.close();
    await it?.close();
  });

  test.each(['light', 'dark'] as const)(
    'nothing stands against WCAG A and AA in %s',
    async (scheme) => {
      await at.browser.look(1440, 900, scheme);
      const wrong: string[] = [];
      for (const [path, words] of pages) {
        await at.open(path, words);
        wrong.push(...(await at.violations()).map((one) => `${path} ${one}`));
        wrong.push(...at.browser.complaints().map((one) => `${path} ${one}`));
      }
      expect(wrong).toEqual([]);
    },
    180_000,
  );

  test.each([
    [390, 844],
    [1920, 1080],
  ])(
    'nothing is wider than a page of %s pixels',
    async (width, height) => {
      await at.browser.look(width, height, 'dark');
      const wide: string[] = [];
      for (const [path, words] of pages) {
        await at.open(path, words);
        if (await at.browser.value<boolean>(`document.documentElement.scrollWidth > ${width}`)) wide.push(path);
      }
      expect(wide).toEqual([]);
    },
    180_000,
  );
});
