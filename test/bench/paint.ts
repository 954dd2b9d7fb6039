/** `npm run bench -- paint`: the audit page in a real browser over many events, beside the same page over five hundred. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveDashboard } from '#apps/platform/src/dashboard.ts';
import { viewsIn } from '#apps/platform/src/views.ts';
import { openSqliteStore } from '#libs/event-store/sqlite/sqlite-store.ts';
import { Browser, chromiumHere } from '#test/browser/chromium.ts';
import { writeBigLog } from './big-log.ts';
import { serve } from './page.ts';

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
  const many = Number(args[args.indexOf('--events') + 1] ?? NaN) || 1_000_000;
  const file = chromiumHere();
  if (file === null) return console.log('skipped: no Chromium here (install it, or name it in KEYLEDGER_CHROMIUM)');
  const [few, big] = [await pageOver(FEW, file), await pageOver(many, file)];
  try {
    const rounds: { readonly few: Painted; readonly big: Painted }[] = [];
    for (const page of [few, big]) await page.paints();
    for (let round = 0; round < ROUNDS; round += 1) rounds.push({ few: await few.paints(), big: await big.paints() });
    for (const what of ['first', 'events'] as const) {
      const ratio = median(rounds.map((one) => one.big[what] / one.few[what]));
      const ms = [median(rounds.map((one) => one.few[what])), median(rounds.map((one) => one.big[what]))];
      const name = what === 'first' ? 'first contentful paint' : 'first event painted';
      console.log(`  ${name}: ${ms.map((one) => one.toFixed(0)).join(' ms, ')} ms`);
      console.log(`${`${name}, ${many} events / ${FEW} events`.padEnd(56)} ${ratio.toFixed(2)}  (<= 1.2)`);
    }
  } finally {
    await few.close();
    await big.close();
  }
}

async function pageOver(events: number, file: string) {
  const folder = mkdtempSync(join(tmpdir(), 'keyledger-paint-'));
  mkdirSync(join(folder, 'platform'));
  const log = join(folder, 'platform', 'events.sqlite');
  await writeBigLog(log, events);
  const store = await openSqliteStore(log);
  const views = viewsIn(join(folder, 'platform'), store);
  await views.start((error) => console.error(error));
  const app = await serve({ folder, store, views, prepare: (it) => serveDashboard(it.getHttpAdapter().getInstance()) });
  const origin = (await app.getUrl()).replace('127.0.0.1', 'localhost').replace('[::1]', 'localhost');
  const browser = await Browser.open(file);
  await browser.goTo(`${origin}/icon.svg`);
  await browser.value(`void sessionStorage.setItem('keyledger session', ${JSON.stringify(SESSION)})`);
  await browser.altersScripts((script) => WITHOUT_TOKEN + script);
  const close = async (): Promise<void> => {
    await browser.close();
    await app.close();
    await views.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
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

function median(all: readonly number[]): number {
  return [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;
}
