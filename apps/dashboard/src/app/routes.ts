/** Every view has an address; its code is loaded when it is opened. */
import { type ComponentType, lazy } from 'react';
import type { PageProps } from './page.ts';
import { partsOf } from './place.ts';

type Page = ComponentType<PageProps>;

function page(load: () => Promise<Page>): Page {
  return lazy(async () => ({ default: await load() }));
}

const home = page(async () => (await import('../pages/home/HomePage.tsx')).HomePage);
const audit = page(async () => (await import('../pages/audit/AuditPage.tsx')).AuditPage);
const inbox = page(async () => (await import('../pages/inbox/InboxPage.tsx')).InboxPage);
const cards = page(async () => (await import('../pages/cards/CardsPage.tsx')).CardsPage);
const card = page(async () => (await import('../pages/cards/CardPage.tsx')).CardPage);
const alarms = page(async () => (await import('../pages/alarms/AlarmsPage.tsx')).AlarmsPage);
const now = page(async () => (await import('../pages/now/NowPage.tsx')).NowPage);
const fleet = page(async () => (await import('../pages/fleet/FleetPage.tsx')).FleetPage);
const module = page(async () => (await import('../pages/fleet/ModulePage.tsx')).ModulePage);
const numbers = page(async () => (await import('../pages/numbers/NumbersPage.tsx')).NumbersPage);
const trustLists = page(async () => (await import('../pages/trust-lists/TrustListsPage.tsx')).TrustListsPage);
const trustList = page(async () => (await import('../pages/trust-lists/TrustListPage.tsx')).TrustListPage);
const certificates = page(async () => (await import('../pages/certificates/CertificatesPage.tsx')).CertificatesPage);
const certificate = page(async () => (await import('../pages/certificates/CertificatePage.tsx')).CertificatePage);
const orders = page(async () => (await import('../pages/orders/OrdersPage.tsx')).OrdersPage);
const ask = page(async () => (await import('../pages/orders/AskPage.tsx')).AskPage);

const ROUTES: readonly (readonly [pattern: string, page: Page])[] = [
  ['', home],
  ['/inbox', inbox],
  ['/inbox/*', inbox],
  ['/orders/new', orders],
  ['/orders/new/*', ask],
  ['/audit', audit],
  ['/audit/*', audit],
  ['/cards', cards],
  ['/cards/*', card],
  ['/now', now],
  ['/alarms', alarms],
  ['/fleet', fleet],
  ['/fleet/*', module],
  ['/numbers', numbers],
  ['/trust-lists', trustLists],
  ['/trust-lists/*', trustList],
  ['/certificates', certificates],
  ['/certificates/*', certificate],
];

export interface Found {
  readonly Page: Page;
  readonly parts: readonly string[];
}

export function pageAt(path: string): Found | null {
  for (const [pattern, Page] of ROUTES) {
    const parts = partsOf(pattern, path);
    if (parts !== null) return { Page, parts };
  }
  return null;
}
