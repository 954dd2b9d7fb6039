/** The trail over HTTP as lines: what each format holds, who may have it, and a reader who does not read. */
import { type Socket, connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { exportFrom } from '#apps/keyledger/src/verbs/export-remote.ts';
import type { Sink } from '#apps/keyledger/src/terminal.ts';
import { SIEM_FORMATS } from '#libs/siem/formats.ts';
import { heard } from '#test/journeys/story-record.ts';
import type { OperatorRole } from '#libs/kernel/operator-roles.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';
import { until } from '#test/journeys/until.ts';
import { asks } from '#test/kit/graphql.ts';
import { sessionOf } from './people.ts';

let it: HouseInProcess;
let url: string;
let token: string;
let events: readonly StoredEvent[];

beforeAll(async () => {
  it = await houseInProcess({ platformLimits: { readerMs: 400, exportsMax: 3 } });
  url = it.house.platformUrl;
  await founding(it.world);
  ({ token } = await sessionOf(it, 'rita', { roles: ['auditor'] }));
  events = await it.events();
}, 180_000);

afterAll(() => it?.close());

const got = (path: string, bearer: string | null = token): Promise<Response> =>
  fetch(`${url}/export/${path}`, bearer === null ? {} : { headers: { authorization: `Bearer ${bearer}` } });

type Line = Readonly<Record<string, unknown>>;
const linesOf = (text: string): readonly Line[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
const ids = (all: readonly { readonly id?: unknown }[]): readonly unknown[] => all.map(({ id }) => id);

/** Reads what comes until there is enough of it. */
async function following(response: Response, isEnough: (text: string) => boolean): Promise<string> {
  const reader = response.body!.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const decoder = new TextDecoder();
  let text = '';
  while (!isEnough(text)) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text;
}

describe('the trail over HTTP', () => {
  test('as OCSF has every event once, in log order, up to the position that it names', async () => {
    const response = await got('ocsf');
    expect(response.headers.get('content-type')).toContain('application/x-ndjson');
    expect(response.headers.get('keyledger-up-to')).toBe(events.at(-1)?.position);
    const lines = linesOf(await response.text());
    expect(ids(lines)).toEqual(ids(events));
    expect(lines[0]).toMatchObject({ specversion: '1.0', type: 'keyledger.DeploymentFounded' });
    expect(lines[0]?.data).toMatchObject({
      class_uid: 3004,
      metadata: { version: '1.5.0', log_name: expect.any(String) },
    });
  });

  test('as CloudEvents has the envelope of 1.0 and the event inside, without its salt', async () => {
    const text = await (await got('cloudevents')).text();
    for (const [index, line] of linesOf(text).entries()) {
      const { id, stream, type, data, recordedAt, position } = events[index]!;
      const envelope = { specversion: '1.0', id, subject: stream, type: `keyledger.${type}`, time: recordedAt };
      expect(line).toMatchObject({ ...envelope, sequence: position, datacontenttype: 'application/json' });
      expect(line.data).toMatchObject({ id, data });
    }
    expect(events.filter(({ salt }) => text.includes(salt))).toEqual([]);
  });

  test('as NDJSON is one event a line', async () => {
    const lines = linesOf(await (await got('ndjson')).text());
    expect(lines.map(({ position, data }) => ({ position, data }))).toEqual(
      events.map(({ position, data }) => ({ position, data })),
    );
  });

  test('as CSV is read by another reader', async () => {
    const response = await got('csv');
    expect(response.headers.get('content-disposition')).toContain('keyledger-events.csv');
    const rows = parse(await response.text(), { columns: true }) as readonly Record<string, string>[];
    expect(ids(rows)).toEqual(ids(events));
    expect(rows.map(({ data }) => JSON.parse(data ?? '') as unknown)).toEqual(events.map(({ data }) => data));
  });

  test('has what matches and nothing else, and goes on behind a position', async () => {
    const signedIn = events.filter(({ type }) => type === 'SignedIn');
    expect(ids(linesOf(await (await got('ndjson?type=SignedIn')).text()))).toEqual(ids(signedIn));
    const [first] = signedIn;
    const behind = linesOf(await (await got(`ndjson?type=SignedIn&after=${first?.position}`)).text());
    expect(ids(behind)).toEqual(ids(signedIn.slice(1)));
    const rest = linesOf(await (await got(`ndjson?after=${events[2]?.position}`)).text());
    expect(ids(rest)).toEqual(ids(events.slice(3)));
  });

  test.each([
    ['pdf', 400, 'FORMAT_UNKNOWN'],
    ['csv?typo=SignedIn', 400, 'BAD_FILTER'],
    ['csv?recordedFrom=yesterday', 400, 'BAD_FILTER'],
    ['csv?alarm=perhaps', 400, 'BAD_FILTER'],
    ['csv?after=nonsense', 400, 'POSITION_UNKNOWN'],
    ['csv?type=SignedIn&after=nonsense', 400, 'POSITION_UNKNOWN'],
  ])('%s is refused', async (path, status, code) => {
    const response = await got(path);
    expect([response.status, ((await response.json()) as Line).code]).toEqual([status, code]);
  });

  test.each([
    ['requester', 'clara', 403],
    ['approver', 'anna', 403],
    ['custodian', 'dora', 403],
    ['technician', 'tom', 403],
    ['auditor', 'rita', 200],
    ['administrator', 'ada', 200],
  ] as const)('is for who reads the audit trail: %s', async (role, who, status) => {
    const session = await sessionOf(it, who, { roles: [role satisfies OperatorRole] });
    const response = await got('csv', session.token);
    await response.body?.cancel();
    expect(response.status).toBe(status);
  });

  test('is for nobody without a token, nor with one that is none', async () => {
    expect((await got('csv', null)).status).toBe(401);
    expect((await got('csv', 'A'.repeat(43))).status).toBe(401);
  });

  test.each(['ndjson?follow=true', 'ndjson?follow=true&room=sign-in'])('%s goes on with what comes', async (path) => {
    const response = await got(path);
    const before = (await it.events()).length;
    const { session } = await sessionOf(it, 'anna');
    const text = await following(response, (so) => so.includes(`sign-in-${session}`));
    expect(text).toContain(`sign-in-${session}`);
    expect((await it.events()).length).toBe(before + 1);
    expect(response.headers.get('keyledger-up-to')).toBeNull();
  });

  test('ends with its session, and says so in its last line', async () => {
    const { token: short } = await sessionOf(it, 'rita', { roles: ['auditor'] });
    const response = await got('ocsf?follow=true', short);
    await asks(
      { url, token: short },
      'mutation { signOut(id: "01900000-0000-7000-8000-000000000001") { __typename } }',
    );
    const lines = linesOf(await response.text());
    expect(lines.at(-1)).toMatchObject({ type: 'keyledger.ExportCutOff', data: { status_code: 'SESSION_OVER' } });
    expect(lines.at(-1)?.sequence).toBe(lines.at(-2)?.sequence);
  }, 180_000);
});

describe('keyledger export --url', () => {
  const far = (sink: Sink, more: Partial<Parameters<typeof exportFrom>[0]> = {}): Promise<0 | 2> => {
    const { id: operator, signIn: key } = it.house.deployment.people.person('rita');
    const who = { url, operator, key, genesis: it.house.deployment.genesis };
    const how = { format: 'ocsf', follow: false, place: null, signal: new AbortController().signal } as const;
    return exportFrom({ ...who, ...how, sink, pauseMs: 20, ...more }, heard().terminal);
  };

  test.each(SIEM_FORMATS)('writes as %s what the platform on the other machine has', async (format) => {
    let text = '';
    expect(await far(async (more) => (text += more) !== '', { format })).toBe(0);
    const here = await (await got(format)).text();
    expect(here.startsWith(text)).toBe(true);
    expect(text.length).toBeGreaterThan(1000);
  });

  test.each(['ocsf', 'csv'] as const)(
    'as %s signs in anew when its session is over, and loses nothing',
    async (format) => {
      const [place, stop] = [join(it.folder, `far-${format}.place`), new AbortController()];
      let text = '';
      const sink: Sink = async (more) => (text += more) !== '';
      const running = far(sink, { format, place, follow: true, signal: stop.signal, life: 1 });
      const isThere = (session: string): Promise<boolean> => until(async () => text.includes(`sign-in-${session}`));
      expect(await isThere((await sessionOf(it, 'anna')).session)).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 2500));
      expect(await isThere((await sessionOf(it, 'bo')).session)).toBe(true);
      stop.abort();
      expect(await running).toBe(0);
      await sessionOf(it, 'anna');
      expect(await far(sink, { format, place })).toBe(0); // goes on where it stopped
      const all = await it.events();
      const found = format === 'csv' ? (parse(text, { columns: true }) as readonly Line[]) : linesOf(text);
      expect(ids(found)).toEqual(ids(all.slice(0, found.length)));
      expect(all.length - found.length).toBeLessThan(3); // what its own session wrote since
      expect(text).not.toContain('ExportCutOff');
    },
    30_000,
  );

  test.each([
    ['another deployment', { genesis: 'A'.repeat(43) }, 'SIGN_IN_OTHER_DEPLOYMENT'],
    ['a platform that is not there', { url: 'http://127.0.0.1:1' }, 'PLATFORM_UNREACHABLE'],
    ['somebody who is no auditor', { operator: 'P-CLARA' }, 'SIGN_IN'],
  ])('could not run with %s', async (_, change, code) => {
    const { terminal, warnings } = heard();
    const { id: operator, signIn: key } = it.house.deployment.people.person('rita');
    const who = { url, operator, key, genesis: it.house.deployment.genesis, ...change };
    const how = { format: 'ndjson', follow: false, place: null, signal: new AbortController().signal } as const;
    expect(await exportFrom({ ...who, ...how, sink: async () => true }, terminal)).toBe(2);
    expect(warnings.join(' ')).toContain(code);
  });
});

describe('a reader who does not read', () => {
  /** Asks, and never reads an answer. */
  const silent = async (path: string): Promise<Socket> => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.pause();
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write(`GET /export/${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\n\r\n`);
    return socket;
  };

  test('holds up nobody; there are so many of them and no more, and who leaves makes room', async () => {
    const sockets = await Promise.all([1, 2, 3].map(() => silent('ocsf?follow=true')));
    const isFull = async (): Promise<boolean> => (await got('csv?type=Nothing')).status === 429;
    expect(await until(isFull)).toBe(true);
    expect((await asks({ url, token }, '{ seal { size } }')).data).not.toBeNull();
    await sessionOf(it, 'anna'); // and what is written is written
    for (const socket of sockets) socket.destroy();
    expect(await until(async () => !(await isFull()))).toBe(true);
  }, 180_000);
});
