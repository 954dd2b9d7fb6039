/** The audit trail as somebody uses it who believes nothing: proofs, links, and what is whose to read. */
import { X509Certificate, createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CARD, STATION } from '#apps/keyledger/src/demo/names.ts';
import { SERIAL } from '#apps/keyledger/src/story/personalization.ts';
import { ANYWHERE } from '#apps/keyledger/src/story/founding.ts';
import { tellStory } from '#apps/keyledger/src/story/story.ts';
import { decodeLogEntry } from '#libs/chip-card-protocol/log-entry.ts';
import { fromBase64url, utf8 } from '#libs/kernel/bytes.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { openCheckpoint } from '#libs/seal/checkpoint.ts';
import { leafHash } from '#libs/seal/merkle-node.ts';
import { verifyInclusion } from '#libs/seal/merkle-proof.ts';
import { parseNoteKey } from '#libs/seal/note-key.ts';
import { until } from '#test/journeys/until.ts';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';
import { type Said, asks, page } from '#test/kit/graphql.ts';
import { sessionOf } from './people.ts';

let it: HouseInProcess;
let fingerprint: string;
const tokens = { rita: '', clara: '' };

beforeAll(async () => {
  it = await houseInProcess();
  ({ fingerprint } = await tellStory(it.world));
  for (const who of ['rita', 'clara'] as const) tokens[who] = (await sessionOf(it, who)).token;
}, 180_000);

afterAll(() => it?.close());

const as = (who: keyof typeof tokens) => ({ url: it.house.platformUrl, token: tokens[who] });
const ask = (query: string, variables: object = {}): Promise<Said> => asks(as('rita'), query, variables);

interface Proof {
  readonly salt: string;
  readonly canonical: string;
  readonly entry: string;
  readonly index: number;
  readonly size: number;
  readonly path: readonly string[];
  readonly checkpoint: string;
}

const octets = (text: string): Uint8Array => fromBase64url(text) ?? new Uint8Array();

describe('an event', () => {
  const PROOF = '{ position index type data proof { salt canonical entry index size path checkpoint } }';

  test('of every type is found again under a checkpoint that the log key of the genesis signed', async () => {
    const { data } = await ask('{ deployment { genesis founding logKey customer demo foundedAt } }');
    const pinned = data.deployment as { genesis: string; founding: string; logKey: string; foundedAt: string };
    expect(createHash('sha256').update(pinned.founding).digest('base64url')).toBe(it.house.deployment.genesis);
    expect(JSON.parse(pinned.founding)).toHaveProperty('logKey', pinned.logKey);
    const logKey = parseNoteKey(pinned.logKey);
    if (isRefusal(logKey)) throw new Error(logKey.code);
    const newest = async () =>
      (await page(as('rita'), 'events', PROOF, 'first: 1')).edges[0]?.node as { proof: Proof | null };
    expect(await until(async () => (await newest()).proof !== null)).toBe(true);
    const { edges } = await page(as('rita'), 'events', PROOF, 'first: 200');
    expect(edges.length).toBeGreaterThan(80);
    for (const { node } of edges) {
      const { proof, index, type, data: said } = node as { proof: Proof; index: number; type: string; data: string };
      const { salt, canonical, path, checkpoint } = proof;
      expect(JSON.parse(canonical)).toMatchObject({ type, data: JSON.parse(said) as object });
      const opened = openCheckpoint(checkpoint, logKey);
      if (isRefusal(opened)) throw new Error(opened.code);
      const entry = createHash('sha256').update(octets(salt)).update(utf8(canonical)).digest();
      expect(entry.toString('base64url')).toBe(proof.entry);
      const leaf = leafHash(entry);
      const proven = { index, size: opened.size, root: opened.root, leafHash: leaf, proof: path.map(octets) };
      expect(verifyInclusion(proven)).toBe(true);
      expect(verifyInclusion({ ...proven, index: index === 0 ? 1 : index - 1 })).toBe(false);
    }
  });

  test('is asked by its position', async () => {
    const [edge] = (await page(as('rita'), 'events', '{ position type }', 'first: 1')).edges;
    const { position } = edge?.node as { position: string };
    const { data } = await ask(
      'query($position: String!) { event(position: $position) { type } none: event(position: "x") { type } }',
      { position },
    );
    expect(data).toMatchObject({ event: { type: (edge?.node as { type: string }).type }, none: null });
  });
});

describe('one thing leads to another', () => {
  const CERTIFICATE = `query($fingerprint: String!) { certificate(fingerprint: $fingerprint) {
    links { securityModule { serial state } order { state approvers { person } } chipCard { card } station { station } key { state } }
    events(first: 20) { edges { node { type links { securityModule { serial } } } } } } }`;

  test('a certificate to its module, order, approvers, card, key and station, and to its own events', async () => {
    const { data, errors } = await ask(CERTIFICATE, { fingerprint });
    expect(errors).toEqual([]);
    expect(data.certificate).toMatchObject({
      links: {
        securityModule: { serial: SERIAL, state: 'operating' },
        order: { state: 'spent', approvers: [{ person: 'P-ANNA' }, { person: 'P-BO' }] },
        chipCard: { card: CARD },
        station: { station: STATION },
        key: { state: 'compromised' },
      },
    });
    const { events } = data.certificate as { events: { edges: { node: { type: string } }[] } };
    expect(events.edges.map(({ node }) => node.type)).toEqual(
      expect.arrayContaining(['CertificateIssued', 'CertificateRecorded']),
    );
  });

  test.each([
    ['order', 'orders(first: 1) { edges { node', 'OrderRequested'],
    ['module', 'securityModules(first: 1) { edges { node', 'ModuleInitialized'],
    ['card', 'chipCards(first: 1) { edges { node', 'CardIssued'],
    ['station', 'stations(first: 1) { edges { node', 'StationRegistered'],
    ['unit', 'units(first: 1) { edges { node', 'UnitEnrolled'],
  ])('the %s has its events, from the first on', async (_, question, type) => {
    const { data, errors } = await ask(`{ ${question} { events(last: 3) { edges { node { type } } } } } } }`);
    expect(errors).toEqual([]);
    expect(JSON.stringify(data)).toContain(type);
  });

  test('who does not read the audit trail gets everything else, and is told', async () => {
    const said = await asks(as('clara'), CERTIFICATE, { fingerprint });
    expect(said.codes).toEqual(['FORBIDDEN']);
    expect(said.data.certificate).toMatchObject({ links: { securityModule: { serial: SERIAL } }, events: null });
  });
});

describe('the past', () => {
  const listAt = async (moment: string) => {
    const { data, errors } = await ask(
      `{ past${moment} { trustList(station: "${STATION}") { version keys { state since card links { order { kind } } } } } }`,
    );
    expect(errors).toEqual([]);
    return (
      data.past as { trustList: { version: number; keys: { state: string; since: string; card: string }[] } | null }
    ).trustList;
  };
  const timesOf = async (type: string): Promise<{ recordedAt: string; occurredAt: string }> => {
    const { edges } = await page(
      as('rita'),
      'events',
      '{ recordedAt occurredAt }',
      `first: 1, filter: { types: ["${type}"] }`,
    );
    return edges[0]?.node as { recordedAt: string; occurredAt: string };
  };
  const justBefore = (time: string): string => new Date(Date.parse(time) - 1).toISOString();

  test('of a trust list: before the key, with it, and after it was taken away', async () => {
    const trusted = (await timesOf('SigningKeyTrusted')).recordedAt;
    const compromised = (await timesOf('SigningKeyCompromised')).recordedAt;
    expect((await listAt(`(knownAt: "${justBefore(trusted)}")`))?.keys ?? []).toEqual([]);
    expect(await listAt(`(knownAt: "${trusted}")`)).toMatchObject({
      keys: [{ state: 'active', since: trusted, card: CARD, links: { order: { kind: 'trust-signing-key' } } }],
    });
    expect((await listAt(`(knownAt: "${justBefore(compromised)}")`))?.keys).toMatchObject([{ state: 'suspended' }]);
    const now = await ask(
      `{ trustListView(station: "${STATION}") { version keys { state since card links { order { kind } } } } }`,
    );
    expect(await listAt('')).toEqual(now.data.trustListView);
  });

  test('of a trust list between two moments: what differs, and what happened', async () => {
    const from = (await timesOf('SigningKeyTrusted')).recordedAt;
    const question = `query($from: String!, $to: String!) { trustListChanges(station: "${STATION}", from: $from, to: $to) {
      before { keys { state } } after { keys { state } } differences { before after links { key { holder } } }
      changes { kind at version cardKey } } }`;
    const { data, errors } = await ask(question, { from, to: '2999-01-01T00:00:00Z' });
    expect(errors).toEqual([]);
    const found = data.trustListChanges as { changes: { kind: string }[] };
    expect(found).toMatchObject({
      before: { keys: [{ state: 'active' }] },
      after: { keys: [{ state: 'compromised' }] },
      differences: [{ before: 'active', after: 'compromised', links: { key: { holder: `card:${CARD}` } } }],
    });
    const kinds = found.changes.map(({ kind }) => kind);
    expect(kinds[0]).toBe('enforced');
    for (const kind of ['suspended', 'compromised', 'published', 'enforced']) expect(kinds).toContain(kind);
    expect((await ask(question, { from, to: '2001-01-01T00:00:00Z' })).codes).toEqual(['BAD_FILTER']);
  });

  test.each([
    ['securityModule', 'serial', SERIAL, 'state site deliveredTo fingerprint epoch step stepOrder firstAt lastAt'],
    ['chipCard', 'card', CARD, 'keyState uses lastNumber readNumber retired custodians firstAt lastAt'],
    ['station', 'station', STATION, 'stationKey nextKey formerKeys lastAt'],
    ['unit', 'unit', 'U-7', 'state lines line { serial } lastAt'],
  ])('of a %s, up to now, is what the view has', async (field, argument, key, fields) => {
    const of = `${field}(${argument}: "${key}") { ${fields} }`;
    const { data, errors } = await ask(`{ now: ${of} past { ${of} } }`);
    expect(errors).toEqual([]);
    expect((data.past as Record<string, unknown>)[field]).toEqual(data.now);
  });

  test('of a certificate and its order, up to now, is what the view has', async () => {
    const fields = 'state station installedAt assurance number lastAt order';
    const { data } = await ask(
      `{ now: certificate(fingerprint: "${fingerprint}") { ${fields} } past { certificate(fingerprint: "${fingerprint}") { ${fields} } } }`,
    );
    expect((data.past as Record<string, unknown>).certificate).toEqual(data.now);
    const id = (data.now as { order: string }).order;
    const of = `order(id: "${id}") { state approvers { person at } taken { unit } spent { by } lastAt }`;
    const orders = (await ask(`{ now: ${of} past { ${of} } }`)).data;
    expect((orders.past as Record<string, unknown>).order).toEqual(orders.now);
  });

  test('of a module: every step of its life, one event after the other', async () => {
    const states: string[] = [];
    for (const type of ['ModuleInitialized', 'ModuleDelivered', 'PersonalizationReserved', 'ModuleEnteredOperation']) {
      const { recordedAt } = await timesOf(type);
      const { data } = await ask(
        `{ past(knownAt: "${recordedAt}") { securityModule(serial: "${SERIAL}") { state } } }`,
      );
      states.push((data.past as { securityModule: { state: string } }).securityModule.state);
    }
    expect(states[0]).toBe('initialized');
    const before = justBefore((await timesOf('ModuleInitialized')).recordedAt);
    const { data } = await ask(`{ past(knownAt: "${before}") { securityModule(serial: "${SERIAL}") { state } } }`);
    expect(data.past).toEqual({ securityModule: null });
  });

  test('that was told late is true as of when it happened, and known as of when it was told', async () => {
    const { occurredAt, recordedAt } = await timesOf('CertificateInstalled');
    const of = `certificate(fingerprint: "${fingerprint}") { installedAt }`;
    const { data } =
      await ask(`{ asOf: past(asOf: "${occurredAt}") { ${of} } before: past(asOf: "${justBefore(occurredAt)}") { ${of} }
      known: past(knownAt: "${recordedAt}") { ${of} } unknown: past(knownAt: "${justBefore(recordedAt)}") { ${of} } }`);
    const installed = (name: string) =>
      (data[name] as { certificate: { installedAt: string | null } | null }).certificate?.installedAt ?? null;
    expect(installed('before')).toBeNull();
    expect(installed('asOf')).not.toBeNull();
    expect(installed('unknown')).toBeNull();
  });

  test('is refused where the moment is none', async () => {
    expect((await ask(`{ past(asOf: "yesterday") { unit(unit: "U-7") { state } } }`)).codes).toEqual(['BAD_FILTER']);
  });
});

describe('numbers', () => {
  const SPAN = {
    from: new Date(Date.now() - 86_400_000).toISOString(),
    to: new Date(Date.now() + 86_400_000).toISOString(),
  };

  test('are those of the log: personalizations, refusals, waiting, enforcement', async () => {
    const { data, errors } = await ask(
      `query($from: String!, $to: String!) { numbers(from: $from, to: $to) { personalizations { day completed failed overdue } refusals { day code count }
        waiting { day orders medianSeconds p90Seconds } enforcements { station state version milliseconds links { key { holder } } } } }`,
      SPAN,
    );
    expect(errors).toEqual([]);
    const numbers = data.numbers as {
      refusals: { code: string; count: number }[];
      waiting: { orders: number }[];
      enforcements: { state: string; milliseconds: number }[];
    };
    expect(numbers).toMatchObject({ personalizations: [{ completed: 1, failed: 0, overdue: 0 }] });
    const events = await it.events();
    const refused = events.filter(({ type }) => type === 'OperationRefused' || type === 'SessionRefused').length;
    expect(numbers.refusals.reduce((sum, { count }) => sum + count, 0)).toBe(refused);
    const { edges } = await page(as('rita'), 'orders', '{ approvedAt firstAt }', 'first: 200');
    const approved = edges.filter(({ node }) => (node as { approvedAt: string | null }).approvedAt !== null);
    expect(numbers.waiting.reduce((sum, { orders }) => sum + orders, 0)).toBe(approved.length);
    expect(numbers.enforcements).toMatchObject([
      { station: STATION, state: 'suspended', links: { key: { holder: `card:${CARD}` } } },
      { station: STATION, state: 'compromised' },
    ]);
    for (const { milliseconds } of numbers.enforcements) expect(milliseconds).toBeGreaterThanOrEqual(0);
  });

  test('of events by the hour sum up to the log', async () => {
    const { data } = await ask(
      'query($from: String!, $to: String!) { eventCounts(from: $from, to: $to) { at events alarms } events(last: 1) { edges { cursor } } }',
      SPAN,
    );
    const hours = data.eventCounts as { events: number; alarms: number }[];
    const sum = (of: 'alarms' | 'events') => hours.reduce((all, hour) => all + hour[of], 0);
    const told = await it.events();
    expect(sum('events')).toBe(told.length);
    const { edges } = await page(as('rita'), 'events', '{ index }', 'first: 200, filter: { alarm: true }');
    expect(sum('alarms')).toBe(edges.length);
  });

  test.each([
    ['too long a span', { from: '2020-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }],
    ['a span that ends before it begins', { from: SPAN.to, to: SPAN.from }],
    ['no time', { from: 'x', to: 'y' }],
  ])('of %s are refused', async (_, span) => {
    const { codes } = await ask(
      'query($from: String!, $to: String!) { numbers(from: $from, to: $to) { waiting { day } } }',
      span,
    );
    expect(codes).toEqual(['BAD_FILTER']);
  });

  test('of the fleet: by state, site and assurance', async () => {
    const { data } = await ask('{ fleet { state site assurance count } }');
    expect(data.fleet).toContainEqual({ state: 'operating', site: null, assurance: 'manufacturer-anchored', count: 1 });
    const found = await page(
      as('clara'),
      'securityModules',
      '{ serial assurance }',
      'filter: { assurance: "manufacturer-anchored" }',
    );
    expect(found.edges.map(({ node }) => node)).toEqual([{ serial: SERIAL, assurance: 'manufacturer-anchored' }]);
  });
});

describe('a personalization', () => {
  test('is told step by step, and leads to what it is about', async () => {
    const node =
      '{ id state unit technician card fingerprint step steps { step at } links { order { kind } securityModule { serial } certificate { state } unit { state } } }';
    const [edge] = (await page(as('rita'), 'personalizations', node, 'filter: { state: "completed" }')).edges;
    const run = edge?.node as { id: string; steps: { step: string; at: string }[] };
    expect(run).toMatchObject({
      unit: 'U-7',
      technician: 'T-TOM',
      card: CARD,
      fingerprint,
      step: 'PersonalizationCompleted',
      links: { order: { kind: 'personalize' }, securityModule: { serial: SERIAL }, certificate: { state: 'valid' } },
    });
    expect(run.steps.map(({ step }) => step)).toEqual([
      'PersonalizationStarted',
      'ModuleIdentified',
      'ModuleKeyReceived',
      'CertificateIssued',
      'CertificateInstalled',
      'PersonalizationCompleted',
    ]);
    const { data } = await ask(
      'query($id: ID!, $serial: String!) { node(id: $id) { ... on Personalization { state } } securityModule(serial: $serial) { links { personalization { state } } } }',
      { id: run.id, serial: SERIAL },
    );
    expect(data).toEqual({
      node: { state: 'completed' },
      securityModule: { links: { personalization: { state: 'completed' } } },
    });
  });

  test('orders are asked by several states, each with who approved it and by which signature', async () => {
    const { edges } = await page(
      as('clara'),
      'orders',
      '{ state approvals { protected } approvers { proof { protected } position } ending { how } }',
      'first: 200, filter: { states: ["spent", "requested"] }',
    );
    const states = edges.map(({ node }) => (node as { state: string }).state);
    expect([...new Set(states)].every((state) => ['spent', 'requested'].includes(state))).toBe(true);
    expect(states).toContain('spent');
    for (const { node } of edges) {
      const { approvals, approvers } = node as { approvals: object[]; approvers: { proof: object }[] };
      expect(approvers.map(({ proof }) => proof)).toEqual(approvals);
    }
  });
});

describe('the evidence of a certificate', () => {
  test('is one file, in which everything is found under one checkpoint', async () => {
    const { data, errors } = await ask(
      'query($fingerprint: String!) { evidence(fingerprint: $fingerprint) { name text events } }',
      { fingerprint },
    );
    expect(errors).toEqual([]);
    const file = data.evidence as { name: string; text: string; events: number };
    const evidence = JSON.parse(file.text) as {
      pem: string;
      order: string;
      founding: string;
      checkpoint: string;
      approvals: object[];
      events: (Proof & { canonical: string })[];
    };
    expect(file.events).toBe(evidence.events.length);
    expect(new X509Certificate(evidence.pem).fingerprint256.replaceAll(':', '').toLowerCase()).toBe(
      Buffer.from(octets(fingerprint)).toString('hex'),
    );
    const logKey = parseNoteKey((JSON.parse(evidence.founding) as { logKey: string }).logKey);
    if (isRefusal(logKey)) throw new Error(logKey.code);
    const opened = openCheckpoint(evidence.checkpoint, logKey);
    if (isRefusal(opened)) throw new Error(opened.code);
    for (const { salt, canonical, index, path } of evidence.events) {
      const entry = createHash('sha256').update(octets(salt)).update(utf8(canonical)).digest();
      const proven = {
        index,
        size: opened.size,
        root: opened.root,
        leafHash: leafHash(entry),
        proof: path.map(octets),
      };
      expect(verifyInclusion(proven)).toBe(true);
    }
    const types = evidence.events.map(({ canonical }) => (JSON.parse(canonical) as { type: string }).type);
    expect(types).toEqual(
      expect.arrayContaining([
        'OrderRequested',
        'OrderApproved',
        'CertificateIssued',
        'CertificateRecorded',
        'CardActivated',
      ]),
    );
    expect(evidence.approvals.length).toBeGreaterThanOrEqual(2);
  });

  test('says when each approval was recorded, and holds the entry of the card’s own log', async () => {
    const { data, errors } = await ask(
      'query($fingerprint: String!) { reconstruction(fingerprint: $fingerprint) { requestedTime logEntry logNumber approvedBy { at position } } }',
      { fingerprint },
    );
    expect(errors).toEqual([]);
    const { requestedTime, logEntry, logNumber, approvedBy } = data.reconstruction as {
      requestedTime: string;
      logEntry: string;
      logNumber: number;
      approvedBy: { at: string; position: string }[];
    };
    expect(decodeLogEntry(octets(logEntry))).toMatchObject({ number: logNumber, serial: SERIAL });
    const times = new Map((await it.events()).map(({ position, recordedAt }) => [String(position), recordedAt]));
    expect(approvedBy.map(({ at }) => at)).toEqual(approvedBy.map(({ position }) => times.get(position)));
    expect(requestedTime < (approvedBy[0]?.at ?? '')).toBe(true);
  });

  test('of none is an error with a code', async () => {
    expect((await ask('{ evidence(fingerprint: "AAAAAAAAAAAA") { name } }')).codes[0]).toMatch(/^[A-Z_]+$/);
  });
});

describe('the inbox', () => {
  const INBOX = '{ inbox { may code mine owedPersons owedClassA keyClasses order { id kind state } } }';
  const inboxOf = async (who: 'anna' | 'bo' | 'clara' | 'dora') => {
    const { token } = await sessionOf(it, who);
    const said = await asks({ url: it.house.platformUrl, token }, INBOX);
    return {
      codes: said.codes,
      inbox: (said.data?.inbox ?? []) as {
        may: boolean;
        code: string;
        mine: boolean;
        owedPersons: number;
        order: { id: string };
      }[],
    };
  };

  test('tells each what waits for him, and why he may or may not', async () => {
    const suspension = { ...ANYWHERE, kind: 'suspend-signing-key', cardKey: 'A'.repeat(43), reason: 'drill' } as const;
    const requested = it.world.order('inbox', 'clara', suspension);
    await it.world.requests('clara', requested);
    const { id: order } = requested;
    const of = async (who: 'anna' | 'bo' | 'clara') => (await inboxOf(who)).inbox.find((one) => one.order.id === order);
    expect(await of('anna')).toMatchObject({
      may: true,
      code: 'MAY_APPROVE',
      mine: false,
      owedPersons: 1,
      keyClasses: ['A'],
      order: { kind: 'suspend-signing-key', state: 'requested' },
    });
    expect(await of('clara')).toMatchObject({ may: false, code: 'NOT_AN_APPROVER', mine: true });
    expect((await inboxOf('dora')).codes).toEqual(['FORBIDDEN']);
  });
});
