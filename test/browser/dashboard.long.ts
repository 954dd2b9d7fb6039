/** Every page of the dashboard in light and dark, at 390, 1440 and 1920 pixels, by axe-core; after the story, and with trouble in it. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { tellStory } from '#apps/keyledger/src/story/story.ts';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';
import { Browser, chromiumHere } from './chromium.ts';
import { DashboardBench, pagesOf } from './dashboard-bench.ts';
import { type FurnishedHouse, furnishedHouse } from './furnished-house.ts';

const file = chromiumHere();
const REASON = 'skipped: no Chromium here (install it, or name it in KEYLEDGER_CHROMIUM)';
const withBrowser = file === null ? describe.skip : describe;

type Pages = readonly (readonly [path: string, words: string])[];

const LOOKS = [390, 1440, 1920].flatMap((width) =>
  (['light', 'dark'] as const).map((scheme) => [width, scheme] as const),
);
const HEIGHTS: Readonly<Record<number, number>> = { 390: 844, 1440: 900, 1920: 1080 };

/** What axe-core, the console, and a ruler find on the pages. */
async function wrongOn(at: DashboardBench, pages: Pages, width: number): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const [path, words] of pages) {
    await at.open(path, words);
    wrong.push(...(await at.violations()), ...at.browser.complaints());
    const isWide = await at.browser.value<boolean>(`document.documentElement.scrollWidth > ${width}`);
    if (isWide) wrong.push(`${path} is wider than ${width} pixels`);
  }
  return wrong;
}

withBrowser(`all pages of the dashboard in a real browser${file === null ? ` (${REASON})` : ''}`, () => {
  let it: HouseInProcess;
  let at: DashboardBench;
  let pages: Pages;

  beforeAll(async () => {
    it = await houseInProcess();
    const { fingerprint } = await tellStory(it.world);
    const [, , , issued] = (await it.events()).filter(({ type }) => type === 'OrderRequested').reverse();
    pages = [...pagesOf(fingerprint), [`/inbox/${issued?.stream.replace(/^order-/, '')}`, 'Hashed in this browser']];
    at = new DashboardBench(it, await Browser.open(file ?? ''));
    await at.browser.look(1440, 900, 'light');
    await at.enterAs('rita');
    await at.browser.watch(at.origin);
  }, 240_000);

  afterAll(async () => {
    await at?.browser.close();
    await it?.close();
  });

  test.each(LOOKS)(
    'nothing stands against WCAG A and AA, and nothing is too wide, at %s pixels in %s',
    async (width, scheme) => {
      await at.browser.look(width, HEIGHTS[width] ?? 900, scheme);
      expect(await wrongOn(at, pages, width)).toEqual([]);
    },
    240_000,
  );
});

withBrowser(`its pages with trouble in them${file === null ? ` (${REASON})` : ''}`, () => {
  let house: FurnishedHouse;
  let at: DashboardBench;
  let pages: Pages;

  beforeAll(async () => {
    house = await furnishedHouse();
    pages = [
      ['/alarms', 'CARD_LOG_LOST_TAIL'],
      ['/now', 'Personalizations'],
      ['/cards/C-0042', 'lost tail'],
      ['/cards/C-0043', 'no gap'],
      ['/audit?alarm=yes', 'CardLogDiverged'],
      ['/fleet', house.serial],
      [`/inbox/${house.order}`, 'Hashed in this browser'],
      ['/trust-lists/ST-POZNAN', 'Good until'],
    ];
    at = new DashboardBench(house.it, await Browser.open(file ?? ''));
    await at.browser.look(1440, 900, 'light');
    await at.enterAs('rita');
    await at.browser.watch(at.origin);
  }, 400_000);

  afterAll(async () => {
    await at?.browser.close();
    await house?.close();
  });

  test.each(LOOKS)(
    'nothing stands against WCAG A and AA, and nothing is too wide, at %s pixels in %s',
    async (width, scheme) => {
      await at.browser.look(width, HEIGHTS[width] ?? 900, scheme);
      expect(await wrongOn(at, pages, width)).toEqual([]);
    },
    240_000,
  );
});
