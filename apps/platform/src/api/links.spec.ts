/** From one thing to another: however many entries a page has, each kind that they lead to is one statement. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rebuild } from '#libs/views/projection.ts';
import { type Reading, openReading } from '#libs/views/sqlite/reading.ts';
import { ViewFolder } from '#libs/views/sqlite/view-folder.ts';
import { logOf } from '#test/kit/made-log.ts';
import type { Role } from '../caller.ts';
import type { RequestContext } from '../request-context.ts';
import { Links } from './links.ts';

const MODULES = 200;
const folder = mkdtempSync(join(tmpdir(), 'kl-links-'));
let reading: Reading;
let asked: string[] = [];
let links: Links;

const serial = (index: number): string => `ATM-${index}`;
const identity = { moduleClass: 'ATM-SM-1', identityCertificate: 'AAAA', identityCa: 'AAAA' };
const log = logOf([
  ...Array.from({ length: MODULES }, (_, index) => {
    const data = { serial: serial(index), ...identity };
    return [`security-module-${serial(index)}`, { type: 'ModuleInitialized', data }] as const;
  }),
  [
    'unit-U-7',
    {
      type: 'UnitEnrolled',
      data: { unit: 'U-7', credential: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }, order: 'o' },
    },
  ],
]);

beforeAll(async () => {
  const place = new ViewFolder(folder);
  const events = (async function* () {
    yield* log;
  })();
  await rebuild({ log: 'log', events, factOf: () => Promise.resolve(null), place });
  reading = await openReading(place.file, { query: (sql) => asked.push(sql) });
  links = new Links({ ask: (_seen, question) => question(reading) });
});

afterAll(async () => {
  await reading.$disconnect();
  rmSync(folder, { recursive: true });
});

const by = (...roles: readonly Role[]): RequestContext => {
  const caller = { id: 'P-1', subject: 'person:P-1', roles, session: 'x' };
  return { caller, callerNow: () => caller, address: '', deadline: null };
};

describe('links', () => {
  test('of two hundred entries to their modules and their unit are two statements', async () => {
    asked = [];
    const auditor = by('auditor');
    const pages = Array.from({ length: MODULES }, (_, index) => [
      links.to('SecurityModule', serial(index), auditor),
      links.to('Unit', 'U-7', auditor),
    ]);
    const found = await Promise.all(pages.flat());
    expect(found.map((node) => node?.['serial'] ?? node?.['unit'])).toEqual(
      Array.from({ length: MODULES }, (_, index) => [serial(index), 'U-7']).flat(),
    );
    expect(asked.filter((sql) => sql.startsWith('SELECT'))).toHaveLength(2);
  });

  test('to nothing, and for roles that do not read the kind, ask nothing', async () => {
    asked = [];
    const none = [
      links.to('SecurityModule', null, by('auditor')),
      links.to('SecurityModule', serial(1), by('unit')),
      links.to('Unit', 'U-7', by()),
    ];
    expect(await Promise.all(none)).toEqual([null, null, null]);
    expect(asked).toEqual([]);
  });

  test('keep nothing: what the views have now is what is answered', async () => {
    expect(await links.to('Unit', 'U-8', by('auditor'))).toBeNull();
    asked = [];
    await links.to('Unit', 'U-8', by('auditor'));
    expect(asked).toHaveLength(1);
  });
});
