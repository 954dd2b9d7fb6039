/** The told story, asked of the views: what they say is what the log says, page by page and row by row. */
import { cpSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { platformConfig } from '#apps/keyledger/src/demo/configs.ts';
import { ANYWHERE } from '#apps/keyledger/src/story/founding.ts';
import { tellStory } from '#apps/keyledger/src/story/story.ts';
import { CARD } from '#apps/keyledger/src/demo/names.ts';
import { SERIAL } from '#apps/keyledger/src/story/personalization.ts';
import type { Terminal } from '#apps/keyledger/src/terminal.ts';
import { rebuild } from '#apps/keyledger/src/verbs/rebuild.ts';
import { type Running, startPlatform } from '#apps/platform/src/platform.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { isJudgement, isReported } from '#libs/views/told.ts';
import { asks, page } from '#test/kit/graphql.ts';
import { viewsAreFiles } from '#test/kit/house-views.ts';
import { type Rows, viewRows } from '#test/kit/view-rows.ts';
import { type HouseInProcess, houseInProcess } from './house-in-process.ts';
import { until } from './until.ts';

const onFile = viewsAreFiles() ? describe : describe.skip;
let it: HouseInProcess;
let url: string;
let events: readonly StoredEvent[];
let fingerprint: string;
/** The auditor's. */
let token: string;
const at = (address: string) => ({ url: address, token });

beforeAll(async () => {
  it = await houseInProcess();
  ({ fingerprint } = await tellStory(it.world));
  const auditor = await it.world.callers.signedIn('rita');
  if (isRefusal(auditor)) throw new Error(auditor.code);
  ({ token } = auditor.session);
  events = await it.events();
  url = it.house.platformUrl;
}, 180_000);

afterAll(() => it?.close());

const suspension = { ...ANYWHERE, kind: 'suspend-signing-key', cardKey: 'A'.repeat(43), reason: 'drill' } as const;
const folder = (): string => join(it.house.deployment.places.platform.folder, 'views');
const file = (): string => join(folder(), readdirSync(folder()).find((name) => name.endsWith('.sqlite')) ?? '');
const nodesOf = async (field: string, node: string, args = ''): Promise<readonly Record<string, unknown>[]> =>
  (await page(at(url), field, node, args)).edges.map((edge) => edge.node as Record<string, unknown>);
const head = (): string => events.at(-1)?.position ?? '';

describe('the audit trail', () => {
  const NODE =
    '{ position index eventId stream revision type schemaVersion actor command occurredAt recordedAt contested data }';

  test('is the log, event by event, over pages of 7', async () => {
    const all: object[] = [];
    for (let after: string | null = null; ;) {
      const { edges, pageInfo } = await page(at(url), 'events', NODE, `first: 7, seen: "${head()}"${after ?? ''}`);
      all.push(...edges.map(({ node }) => node));
      if (!pageInfo.hasNextPage) break;
      after = `, after: "${pageInfo.endCursor}"`;
    }
    expect(all.reverse()).toEqual(
      events.map(({ id, revision, salt: _, data, metadata, ...event }, index) => ({
        ...event,
        index,
        eventId: id,
        revision: Number(revision),
        actor: metadata.actor,
        command: metadata.command,
        occurredAt: new Date(event.occurredAt).toISOString(),
        contested: false,
        data: canonicalJson(data),
      })),
    );
  });

  const saysAll = (event: StoredEvent, ...words: readonly string[]): boolean =>
    event.type === 'OperationRefused' &&
    words.every((word) => JSON.stringify([event.data, event.metadata]).includes(word));
  const typed =
    (...types: readonly string[]) =>
    (event: StoredEvent): boolean =>
      types.includes(event.type);
  test.each<[string, string, (event: StoredEvent) => boolean]>([
    ['one type', 'types: ["OrderApproved"]', typed('OrderApproved')],
    ['several types', 'types: ["OrderApproved", "OrderSpent"]', typed('OrderApproved', 'OrderSpent')],
    ['no type', 'types: []', () => false],
    ['an actor', 'actor: "unit:U-7"', (event) => event.metadata.actor === 'unit:U-7'],
    ['a stream', 'stream: "unit-U-7"', (event) => event.stream === 'unit-U-7'],
    ['a prefix of few streams', 'streamPrefix: "trust-"', (event) => event.stream.startsWith('trust-')],
    ['a prefix of nothing', 'streamPrefix: "nothing-"', () => false],
    [
      'two at once',
      'types: ["ReportAccepted"], actor: "unit:U-7"',
      (event) => typed('ReportAccepted')(event) && event.metadata.actor === 'unit:U-7',
    ],
    ['a type under a prefix', 'types: ["OrderApproved"], streamPrefix: "order-"', typed('OrderApproved')],
    ['a room', 'room: "trust-list"', (event) => event.stream.startsWith('trust-list-')],
    ['a code', 'code: "ORDER_NOT_APPROVED"', (event) => JSON.stringify(event.data).includes('"ORDER_NOT_APPROVED"')],
    ['a text', 'text: "operationrefused"', typed('OperationRefused')],
    [
      'a text and a type',
      'text: "u-7 takeOrder", types: ["OperationRefused"]',
      (event) => saysAll(event, 'U-7', 'takeOrder'),
    ],
    ['nothing contested', 'contested: false', () => true],
    ['contested alone', 'contested: true', () => false],
  ])('is asked by %s', async (_, filter, wanted) => {
    const found = await nodesOf('events', '{ position }', `first: 200, seen: "${head()}", filter: { ${filter} }`);
    expect(found.map(({ position }) => position)).toEqual(
      events
        .filter(wanted)
        .map(({ position }) => position)
        .reverse(),
    );
  });

  test('is asked by card, and by what names its key alone', async () => {
    const types = (await nodesOf('events', '{ type card cardKey }', `first: 200, filter: { card: "${CARD}" }`)).map(
      ({ type }) => type,
    );
    const wanted = [
      'CardIssued',
      'CertificateIssued',
      'SigningKeyTrusted',
      'SigningKeyDisabled',
      'CertificateRecorded',
    ];
    expect(types).toEqual(expect.arrayContaining([...wanted, 'OrderRequested', 'CardUsed']));
  });

  test.each(['certificate', 'text'])('is asked by %s for all that names a certificate', async (by) => {
    const types = (await nodesOf('events', '{ type }', `filter: { ${by}: "${fingerprint}" }`)).map(({ type }) => type);
    const wanted = ['CertificateIssued', 'CertificateInstalled', 'CertificateRecorded', 'ModuleEnteredOperation'];
    expect(types).toEqual(expect.arrayContaining(wanted));
  });

  test('is asked for alarms: what was refused, failed or taken away', async () => {
    const types = (await nodesOf('events', '{ type code }', 'first: 200, filter: { alarm: true }')).map(
      ({ type }) => type,
    );
    expect([...new Set(types)].sort()).toEqual(
      ['OperationRefused', 'SessionRefused', 'SigningKeyCompromised', 'SigningKeySuspended'].sort(),
    );
  });

  test.each(['', ' ', '"', 'a b c d e f g h i', 'x'.repeat(201)])('refuses %j as a text', async (text) => {
    const said = await asks(at(url), 'query($text: String) { events(filter: { text: $text }) { edges { cursor } } }', {
      text,
    });
    expect(said.codes).toEqual(['BAD_FILTER']);
  });

  test('is asked by module and by order', async () => {
    const ofModule = await nodesOf('events', '{ type serial }', `first: 200, filter: { serial: "${SERIAL}" }`);
    const types = ofModule.map(({ type }) => type);
    expect(types).toEqual(
      expect.arrayContaining([
        'ModuleInitialized',
        'OrderTaken',
        'CertificateIssued',
        'ReportAccepted',
        'OperationRefused',
        'SessionEstablished',
      ]),
    );
    const order = events.find(({ type }) => type === 'OrderTaken')?.stream.slice('order-'.length) ?? '';
    const ofOrder = await nodesOf('events', '{ type order }', `first: 200, filter: { order: "${order}" }`);
    expect(ofOrder.map(({ type }) => type)).toEqual(
      expect.arrayContaining([
        'OrderRequested',
        'OrderApproved',
        'OrderSpent',
        'CertificateRecorded',
        'ModuleEnteredOperation',
      ]),
    );
    expect(new Set(ofOrder.map((node) => node.order))).toEqual(new Set([order]));
  });

  test('is asked by time of recording and of occurrence, from inclusive and to exclusive', async () => {
    const times = [...new Set(events.map(({ recordedAt }) => recordedAt))];
    const [from = '', to = ''] = [times[3], times[20]];
    const recorded = await nodesOf(
      'events',
      '{ position }',
      `first: 200, filter: { recordedFrom: "${from}", recordedTo: "${to}" }`,
    );
    const inside = events.filter(({ recordedAt }) => recordedAt >= from && recordedAt < to);
    expect(recorded.map(({ position }) => position)).toEqual(inside.map(({ position }) => position).reverse());
    const found = await page(
      at(url),
      'events',
      '{ occurredAt index }',
      `first: 10, filter: { occurredFrom: "${from}" }`,
    );
    const later = await page(
      at(url),
      'events',
      '{ occurredAt index }',
      `first: 200, after: "${found.pageInfo.endCursor}", filter: { occurredFrom: "${from}" }`,
    );
    const expected = events
      .map(({ occurredAt }, index) => ({ occurredAt: new Date(occurredAt).toISOString(), index }))
      .filter(({ occurredAt }) => occurredAt >= from)
      .sort((a, b) => (a.occurredAt === b.occurredAt ? b.index - a.index : a.occurredAt < b.occurredAt ? 1 : -1));
    expect([...found.edges, ...later.edges].map(({ node }) => node)).toEqual(expected);
    expect(await nodesOf('events', '{ index }', 'filter: { recordedFrom: "9000-01-01T00:00:00Z" }')).toEqual([]);
  });

  test('every report and nothing else is judged by the event behind it', () => {
    for (const [at, event] of events.entries()) {
      const next = events.slice(at + 1).find(({ stream }) => stream === event.stream);
      expect([event.type, isReported(event.type)]).toEqual([event.type, next !== undefined && isJudgement(next.type)]);
    }
  });
});

describe('pages', () => {
  test('backwards are the same as forwards, and know what lies on either side', async () => {
    const all = await page(at(url), 'events', '{ index }', 'first: 200');
    const cursors = all.edges.map(({ cursor }) => cursor);
    const [tenth, twentieth] = [cursors[9], cursors[19]];
    const between = await page(at(url), 'events', '{ index }', `last: 4, after: "${tenth}", before: "${twentieth}"`);
    expect(between.edges).toEqual(all.edges.slice(15, 19));
    expect(between.pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: true,
      startCursor: cursors[15],
      endCursor: cursors[18],
    });
    const forwards = await page(at(url), 'events', '{ index }', `first: 4, after: "${tenth}", before: "${twentieth}"`);
    expect(forwards.edges).toEqual(all.edges.slice(10, 14));
    const oldest = await page(at(url), 'events', '{ index }', 'last: 5');
    expect(oldest.edges.map(({ node }) => node)).toEqual([4, 3, 2, 1, 0].map((index) => ({ index })));
    expect(oldest.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect(all.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
    const beyond = await page(at(url), 'events', '{ index }', `first: 5, after: "${cursors.at(-1)}"`);
    expect(beyond).toMatchObject({
      edges: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: true, endCursor: null },
    });
  });

  test('of rows that one event began are told apart', async () => {
    const all = await page(at(url), 'keys', '{ key }', 'first: 200');
    const walked: unknown[] = [];
    for (let before = ''; ;) {
      const { edges, pageInfo } = await page(at(url), 'keys', '{ key }', `last: 2${before}`);
      walked.unshift(...edges);
      if (!pageInfo.hasPreviousPage) break;
      before = `, before: "${pageInfo.startCursor}"`;
    }
    expect(walked).toEqual(all.edges);
    expect(all.edges.length).toBeGreaterThan(15);
  });

  const keysCursor = async () => (await page(at(url), 'keys', '{ key }', 'first: 1')).pageInfo.endCursor;
  test.each<[string, string, () => Promise<string> | string]>([
    ['BAD_CURSOR', 'no cursor at all', () => 'events(after: "nonsense")'],
    [
      'BAD_CURSOR',
      'the cursor of another connection of the same shape',
      async () => `orders(after: "${await keysCursor()}")`,
    ],
    ['BAD_CURSOR', 'the cursor of another connection', async () => `events(after: "${await keysCursor()}")`],
    [
      'BAD_CURSOR',
      'a cursor of another ordering',
      async () =>
        `events(filter: { occurredFrom: "2020-01-01T00:00:00Z" }, after: "${(await page(at(url), 'events', '{ index }', 'first: 1')).pageInfo.endCursor}")`,
    ],
    ['BAD_PAGE', 'too much', () => 'events(first: 201)'],
    ['BAD_PAGE', 'nothing', () => 'orders(last: 0)'],
    ['BAD_PAGE', 'both ends', () => 'keys(first: 1, last: 1)'],
    ['BAD_FILTER', 'a time that is none', () => 'events(filter: { recordedTo: "yesterday" })'],
  ])('%s for %s', async (code, _, field) => {
    expect(await asks(at(url), `{ it: ${await field()} { edges { cursor } } }`)).toMatchObject({ codes: [code] });
  });
});

describe('the other views', () => {
  test('know the order, who signed it and what was done under it', async () => {
    const [order] = await nodesOf(
      'orders',
      '{ id state kind sentence requester persons classA approvers { person class } serials taken { serial unit } spent { serial by } }',
      'filter: { kind: "personalize", state: "spent" }',
    );
    expect(order).toMatchObject({
      requester: 'P-CLARA',
      persons: 2,
      serials: [SERIAL],
      taken: [{ serial: SERIAL, unit: 'U-7' }],
    });
    expect(order?.approvers).toEqual([
      { person: 'P-ANNA', class: 'A' },
      { person: 'P-BO', class: 'A' },
    ]);
    const { data } = await asks(
      at(url),
      `{ order(id: "${String(order?.id)}") { state bytes sentence spent { serial } approvals { protected } } }`,
    );
    expect(data.order).toMatchObject({ state: 'spent', spent: [{ serial: SERIAL }], sentence: order?.sentence });
  });

  test('know every key in its state of NIST SP 800-57', async () => {
    const keys = await nodesOf('keys', '{ kind holder state reason epoch }', 'first: 200');
    const ofKind = (kind: string) => keys.filter((one) => one.kind === kind);
    expect(ofKind('signing-key')).toEqual([
      { kind: 'signing-key', holder: 'card:C-0042', state: 'compromised', reason: 'drill', epoch: null },
    ]);
    expect(ofKind('module-key')).toMatchObject([{ holder: `module:${SERIAL}`, state: 'active', epoch: 1 }]);
    expect(
      ofKind('station-key')
        .map(({ state }) => state)
        .sort(),
    ).toEqual(['active', 'pre-active']);
    expect(new Set(keys.map(({ kind }) => kind)).size).toBe(14);
  });

  test('know module, certificate, card, unit, station, list, session and persons', async () => {
    const { data } = await asks(
      at(url),
      `{
      securityModule(serial: "${SERIAL}") { state fingerprint epoch step failure unit }
      certificate(fingerprint: "${fingerprint}") { state serial card station number assurance enforcement installedAt }
      chipCard(card: "C-0042") { keyState custodians uses lastNumber divergences { kind } retired enforcement }
      unit(unit: "U-7") { state line { serial } lines }
      station(station: "ST-POZNAN") { formerKeys retiredKeys }
      trustListView(station: "ST-POZNAN") { version entries enforcedVersion keys { state } }
      operator(person: "P-ANNA") { roles setRoles keys { class } approved requested signIns }
      auditor: operator(person: "P-RITA") { roles setRoles setVersion keys { class } signIns lastSignIn }
    }`,
    );
    expect(data).toMatchObject({
      auditor: {
        roles: ['auditor'],
        setRoles: [],
        setVersion: null,
        keys: [],
        signIns: 1,
        lastSignIn: expect.any(String),
      },
      securityModule: {
        state: 'operating',
        fingerprint,
        epoch: 1,
        step: 'PersonalizationCompleted',
        failure: null,
        unit: null,
      },
      certificate: {
        state: 'valid',
        serial: SERIAL,
        card: 'C-0042',
        station: 'ST-POZNAN',
        number: 1,
        assurance: 'manufacturer-anchored',
        enforcement: 'device',
        installedAt: expect.any(String),
      },
      chipCard: {
        keyState: 'compromised',
        custodians: ['P-DORA', 'P-EMIL'],
        uses: 1,
        lastNumber: 1,
        divergences: [],
        retired: false,
        enforcement: 'device',
      },
      unit: { state: 'enrolled', line: null, lines: 1 },
      station: { formerKeys: [], retiredKeys: [] },
      trustListView: { keys: [{ state: 'compromised' }] },
    });
    const list = data.trustListView as { version: number; enforcedVersion: number };
    expect(list.enforcedVersion).toBe(list.version);
    const anna = data.operator as { approved: number };
    expect(anna.approved).toBe(
      events.filter(
        ({ type, data: said }) => type === 'OrderApproved' && (said as { person: string }).person === 'P-ANNA',
      ).length,
    );
    expect(await nodesOf('sessions', '{ state authorized reason }', `filter: { station: "ST-POZNAN" }`)).toEqual([
      { state: 'refused', authorized: 0, reason: 'SIGNING_KEY_DISABLED' },
      { state: 'closed', authorized: 1, reason: 'goodbye' },
    ]);
  });

  test.each([
    'events',
    'orders',
    'operators',
    'units',
    'chipCards',
    'keys',
    'securityModules',
    'certificates',
    'stations',
    'trustLists',
    'sessions',
  ])('give everything of %s again by its global id', async (field) => {
    const nodes = await nodesOf(field, '{ __typename id position: __typename }', 'first: 3');
    expect(nodes.length).toBeGreaterThan(0);
    for (const { id, __typename } of nodes)
      expect((await asks(at(url), `{ node(id: "${String(id)}") { __typename id } }`)).data).toEqual({
        node: { id, __typename },
      });
  });

  test('know nothing of ids that are none', async () => {
    for (const id of [
      '',
      'nothing',
      Buffer.from('Nobody:x').toString('base64url'),
      Buffer.from('Unit:x').toString('base64url'),
    ])
      expect((await asks(at(url), 'query($id: ID!) { node(id: $id) { id } }', { id })).data).toEqual({ node: null });
  });
});

onFile('the view database, a file', () => {
  let before: Rows;

  test('holds no account, PIN or private key', () => {
    const { people } = it.house.deployment;
    const canaries = ['PL61109010140000071219812874', 'PRIVATE KEY', ...Object.values(people.pins)];
    for (const name of readdirSync(folder())) {
      const content = readFileSync(join(folder(), name), 'latin1');
      for (const canary of canaries.slice(0, 2)) expect([name, content.includes(canary)]).toEqual([name, false]);
    }
    const texts = Object.values(viewRows(file()))
      .flat()
      .map((row) => JSON.stringify(row));
    for (const canary of canaries) for (const text of texts) expect(text).not.toContain(`"${canary}"`);
  });

  test.each<[string, () => void]>([
    ['deleted', () => rmSync(folder(), { recursive: true })],
    [
      'replaced by a copy',
      () => {
        const name = file();
        cpSync(name, `${name}.copy`);
        renameSync(`${name}.copy`, name);
      },
    ],
    ['overwritten in place', () => writeFileSync(file(), Buffer.alloc(100_000, 7))],
  ])('%s while it serves: says so, heals, and is the same row by row', async (_, destroy) => {
    before = viewRows(file());
    expect(before.event).toHaveLength(events.length);
    destroy();
    const codes: string[] = [];
    const healed = await until(async () => {
      const said = await asks(at(url), '{ events(first: 1) { edges { node { index } } } }');
      codes.push(...said.codes);
      return said.codes.length === 0 && codes.length > 0;
    });
    expect([healed, [...new Set(codes)]]).toEqual([true, ['VIEWS_REBUILDING']]);
    expect(viewRows(file())).toEqual(before);
  });
});

describe('views', () => {
  test('behind what somebody has seen say so after a while', async () => {
    const said = await asks(at(url), '{ events(first: 1, seen: "99999999999999999999") { edges { cursor } } }');
    expect(said.codes).toEqual(['VIEW_BEHIND']);
  }, 180_000);
});

describe('news', () => {
  test('tell the position of what was wanted, and whoever asks with it sees it', async () => {
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${token}` },
    });
    const heard: Record<string, string[]> = { requested: [], moved: [], another: [] };
    const listen = (name: string, query: string): void => {
      const next = ({ data }: { data?: Record<string, unknown> | null }) =>
        void heard[name]?.push(String(Object.values(data ?? {})[0]));
      client.subscribe({ query }, { next, error: () => undefined, complete: () => undefined });
    };
    listen('requested', 'subscription { eventAppended(filter: { types: ["OrderApproved"], streamPrefix: "order-" }) }');
    listen('moved', 'subscription { orderChanged }');
    listen('another', 'subscription { orderChanged(order: "another") }');
    let tries = 0;
    const hears = until(async () => {
      await it.world.requests('anna', it.world.order(`first news ${(tries += 1)}`, 'anna', suspension));
      return (heard.moved?.length ?? 0) > 0;
    });
    expect(await hears).toBe(true);
    const order = it.world.order('news', 'anna', suspension);
    const requested = await it.world.requests('anna', order);
    expect(await until(() => Promise.resolve(heard.requested?.includes(requested.position) ?? false))).toBe(true);
    const found = await nodesOf('orders', '{ id state position }', `first: 1, seen: "${requested.position}"`);
    expect(found).toMatchObject([{ id: order.id, state: 'approved' }]);
    expect(heard.another).toEqual([]);
    await client.dispose();
  });
});

onFile('the view database of a platform that stopped, a file', () => {
  let running: Running | null = null;

  beforeAll(() => it.stop());
  afterEach(async () => {
    await running?.close();
    running = null;
  });

  const start = async (): Promise<string> => {
    const config = platformConfig(it.house.deployment, { host: '127.0.0.1', sockets: '', nodeEnv: 'test' }, 0);
    running = await startPlatform(config);
    return running.address;
  };

  test('is taken up where it stood', async () => {
    const [rows, name] = [viewRows(file()), file()];
    const address = await start();
    expect((await page(at(address), 'events', '{ position }', 'first: 1')).edges[0]?.node).toEqual({
      position: (await it.events()).at(-1)?.position,
    });
    expect([viewRows(file()), file()]).toEqual([rows, name]);
  });

  test('deleted is made anew at the start, the same row by row', async () => {
    const rows = viewRows(file());
    rmSync(folder(), { recursive: true });
    expect((await page(at(await start()), 'events', '{ index }', 'first: 1')).edges).toHaveLength(1);
    expect(viewRows(file())).toEqual(rows);
  });

  test('of other tables or other code is left for a new one, and removed', async () => {
    const [rows, name] = [viewRows(file()), file()];
    renameSync(name, join(folder(), 'of-another-code.sqlite'));
    writeFileSync(join(folder(), 'killed.sqlite.building'), 'half a file');
    await start();
    expect(viewRows(name)).toEqual(rows);
    expect(readdirSync(folder()).filter((other) => !other.startsWith(basename(name)))).toEqual([]);
  });

  test('of another log is made anew', async () => {
    const rows = viewRows(file());
    const database = new Database(file());
    database.exec("UPDATE progress SET log = 'another'; DELETE FROM event");
    database.close();
    await start();
    expect(viewRows(file())).toEqual(rows);
  });

  /** What the verb answers and says. */
  async function rebuilds() {
    const said: string[] = [];
    const progress: number[] = [];
    const terminal: Terminal = {
      json: false,
      line: (text) => void said.push(text),
      warn: (text) => void said.push(text),
      data: () => undefined,
      progress: (_what, done, total) => void progress.push(done, total),
    };
    return { code: await rebuild({ folder: it.folder }, terminal), said: said.join('\n'), progress };
  }

  test('is made anew by `keyledger rebuild`, the same row by row, with progress', async () => {
    const rows = viewRows(file());
    const total = rows.event?.length ?? 0;
    expect(await rebuilds()).toMatchObject({ code: 0, progress: [total, total] });
    expect(viewRows(file())).toEqual(rows);
  });

  test('that says other than the log is told of, and mended', async () => {
    const rows = viewRows(file());
    const database = new Database(file());
    database.exec("UPDATE order_view SET state = 'approved'");
    database.close();
    expect(await rebuilds()).toMatchObject({ code: 1, said: expect.stringContaining('order_view') });
    expect(viewRows(file())).toEqual(rows);
  });

  test('is not touched while the platform runs', async () => {
    await start();
    expect(await rebuilds()).toMatchObject({ code: 2, said: expect.stringMatching(/^FOLDER_BUSY: .*stop it first/) });
  });
});
