/** `npm run bench -- paint`: the audit page in a real browser over many events, beside the same page over five hundred. */
import { serveDashboard } from '#apps/platform/src/dashboard.ts';
import { Browser, chromiumHere } from '#test/browser/chromium.ts';
import { eventsOf, keptLog } from './kept-log.ts';
import { type BenchRow, median, printRows } from './rows.ts';
import { serve } from './server.ts';

const FEW = 500;
const ROUNDS = 15;

/** Nobody signs in here, so that no token may go along: the door would ask whose it is. */
const WITHOUT_TOKEN = `if (globalThis.bare === undefined) {
  globalThis.bare = fetch;
  globalThis.fetch = (to, how) => bare(to, how?.headers === undefined ? how : { ...how, headers: { ...how.headers, authorization: '' } });
}
`;
const SESSION = JSON.stringify({ token: 'A'.repeat(43), operator: 'P-BENCH', roles: ['auditor'], until: null });

interface Painted {
  /** Chromium's own first contentful paint, milliseconds after the navigation began. */
  readonly first: number;
  /** The frame in which the first event of the trail stands there. */
  readonly events: number;
}

export async function benchPaint(args: readonly string[]): Promise<void> {
  const many = eventsOf(args, 5_000_000);
  const file = chromiumHere();
  if (file === null) return console.log('skipped: no Chromium here (install it, or name it in KEYLEDGER_CHROMIUM)');
  const big = await pageOver(args, { events: many, file });
  const few = await pageOver(args, { events: FEW, file });
  try {
    const rounds: { readonly few: Painted; readonly big: Painted }[] = [];
    for (const page of [few, big]) await page.paints();
    for (let round = 0; round < ROUNDS; round += 1) rounds.push({ few: await few.paints(), big: await big.paints() });
    const rows = (['first', 'events'] as const).map((what): readonly [BenchRow, string] => {
      const ratio = median(rounds.map((one) => one.big[what] / one.few[what]));
      const [ours, peer] = [median(rounds.map((one) => one.big[what])), median(rounds.map((one) => one.few[what]))];
      const work = what === 'first' ? `first paint over ${many} events` : `first event over ${many} events`;
      return [{ work, ours, peer, peerName: `over ${FEW}`, limit: null, ratio, unit: 'ms' }, '<= 1.2'];
    });
    printRows(rows, args.includes('--json'));
  } finally {
    await few.close();
    await big.close();
  }
}

async function pageOver(args: readonly string[], { events, file }: { readonly events: number; readonly file: string }) {
  const it = await keptLog(args, events);
  const app = await serve({
    ...it,
    prepare: (app) => serveDashboard(app.getHttpAdapter().getInstance(), { hasExplorer: false }),
  });
  const origin = (await app.getUrl()).replace('127.0.0.1', 'localhost').replace('[::1]', 'localhost');
  const browser = await Browser.open(file);
  await browser.goTo(`${origin}/icon.svg`);
  await browser.value(`void sessionStorage.setItem('keyledger session', ${JSON.stringify(SESSION)})`);
  await browser.altersScripts((script) => WITHOUT_TOKEN + script);
  const close = async (): Promise<void> => {
    await browser.close();
    await app.close();
    await it.close();
  };
  return { paints: () => paints(browser, `${origin}/audit`), close };
}

async function paints(browser: Browser, url: string): Promise<Painted> {
  await browser.goTo(url);
  const events = await browser.value<number>(`new Promise((resolve) => {
    const look = (now) => (document.querySelector('[href^="/audit/0"]') === null ? requestAnimationFrame(look) : resolve(now));
    requestAnimationFrame(look);
  })`);
  const first = await browser.value<number>(`performance.getEntriesByName('first-contentful-paint')[0].startTime`);
  return { first, events };
}
