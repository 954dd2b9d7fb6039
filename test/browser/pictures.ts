/**
 * `npm run pictures -- [NAME ...]`: the pages of a furnished deployment, photographed into docs/pictures, or into the folder
 * that KEYLEDGER_PICTURES names; all of them, or those named.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Who } from '#apps/keyledger/src/demo/people.ts';
import { Browser, chromiumHere } from './chromium.ts';
import { DashboardBench } from './dashboard-bench.ts';
import { type FurnishedHouse, furnishedHouse } from './furnished-house.ts';

const FOLDER = process.env['KEYLEDGER_PICTURES'] ?? join(import.meta.dirname, '../../docs/pictures');
const SETTLED_MS = 700;
const REQUEST = '/orders/new/disable-signing-key?card=C-0043&newest=1&reason=end-of-use';

interface Picture {
  readonly name: string;
  readonly path: string;
  /** On the page before it is photographed. */
  readonly words: string;
  readonly who?: Who;
  readonly width?: number;
  readonly scheme?: 'dark';
}

function picturesOf({ order, fingerprint, serial }: FurnishedHouse): readonly Picture[] {
  const pages = [
    { name: 'inbox', path: `/inbox/${order}`, words: 'Hashed in this browser', who: 'anna' },
    { name: 'now', path: '/now', words: 'Personalizations' },
    { name: 'alarms', path: '/alarms', words: 'CARD_LOG_LOST_TAIL' },
    { name: 'audit', path: '/audit', words: 'SignedIn' },
    { name: 'event', path: '/audit?type=CertificateIssued', words: 'Checked in this browser' },
    { name: 'fleet', path: '/fleet', words: serial },
    { name: 'module', path: `/fleet/${serial}`, words: 'ModuleEnteredOperation' },
    { name: 'cards', path: '/cards', words: 'C-0043' },
    { name: 'card', path: '/cards/C-0043', words: 'no gap' },
    { name: 'card-suspended', path: '/cards/C-0042', words: 'Card' },
    { name: 'certificates', path: '/certificates', words: serial },
    { name: 'certificate', path: `/certificates/${fingerprint}`, words: 'Equal, 6' },
    { name: 'trust-lists', path: '/trust-lists', words: 'ST-POZNAN' },
    { name: 'trust-list', path: '/trust-lists/ST-POZNAN', words: 'checked in this browser' },
    { name: 'numbers', path: '/numbers', words: 'done' },
    { name: 'explorer', path: '/explorer', words: 'recordedAt' },
    { name: 'orders', path: '/orders/new', words: 'Withdraw a manufacturer', who: 'clara' },
    { name: 'request', path: REQUEST, words: 'Says what you asked', who: 'clara' },
    { name: 'sign-in', path: '/', words: 'Sign in with the key file' },
  ] as const satisfies readonly Picture[];
  const also = (name: (typeof pages)[number]['name'], how: Pick<Picture, 'width' | 'scheme'>): Picture => {
    const page: Picture = pages.find((one) => one.name === name) ?? pages[0];
    const suffix = [how.width, how.scheme].filter((part) => part !== undefined).join('-');
    return { ...page, ...how, name: `${name}-${suffix}` };
  };
  return [
    ...pages,
    also('now', { scheme: 'dark' }),
    also('event', { scheme: 'dark' }),
    also('inbox', { scheme: 'dark', width: 390 }),
    also('request', { scheme: 'dark', width: 390 }),
    also('now', { width: 390 }),
    also('audit', { width: 1920 }),
    also('now', { width: 1920 }),
  ];
}

const HEIGHTS: Readonly<Record<number, number>> = { 390: 844, 1440: 900, 1920: 1080 };

async function photographed(at: DashboardBench, { name, path, words, width = 1440, scheme }: Picture): Promise<void> {
  await at.browser.look(width, HEIGHTS[width] ?? 900, scheme ?? 'light');
  if (name.startsWith('event')) {
    await at.open(path, 'CertificateIssued');
    await at.clickFirst('[href^="/audit/0"]');
    await at.sees(words);
  } else if (path === REQUEST) {
    await at.open(path, 'must approve');
    await at.clickOn('Show the order');
    await at.sees(words);
  } else await at.open(path, words);
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  writeFileSync(join(FOLDER, `${name}.png`), await at.browser.picture());
  process.stdout.write(`${name}.png\n`);
}

const file = chromiumHere();
if (file === null) throw new Error('no Chromium here (install it, or name it in KEYLEDGER_CHROMIUM)');
const house = await furnishedHouse();
const at = new DashboardBench(house.it, await Browser.open(file));
const wanted = process.argv.slice(2);
mkdirSync(FOLDER, { recursive: true });
let last: Who | null | undefined;
for (const picture of picturesOf(house)) {
  if (wanted.length > 0 && !wanted.includes(picture.name)) continue;
  const who = picture.name === 'sign-in' ? null : (picture.who ?? 'rita');
  if (who === null) await at.leave();
  else if (who !== last) {
    await at.browser.look(1440, 900, 'light');
    await at.enterAs(who);
  }
  last = who;
  await photographed(at, picture).catch((error: unknown) =>
    process.stderr.write(`${picture.name}: ${String(error)}\n`),
  );
}
await at.browser.close();
await house.close();
