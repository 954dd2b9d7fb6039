/** Events for a SIEM: each in the form that was asked for, none lost, and a reader who does not read holds up nobody. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { parse } from 'csv-parse/sync';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { exportToSiem } from '#apps/keyledger/src/verbs/export-siem.ts';
import type { Sink } from '#apps/keyledger/src/terminal.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { type SiemFormat, SIEM_FORMATS, lineOf } from '#libs/siem/formats.ts';
import { MEANINGS, ocsfOf } from '#libs/siem/ocsf.ts';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';
import { heard } from '#test/journeys/story-record.ts';
import { until } from '#test/journeys/until.ts';
import { sessionOf } from './people.ts';

let it: HouseInProcess;
let events: readonly StoredEvent[];

beforeAll(async () => {
  it = await houseInProcess();
  await founding(it.world);
  events = await it.events();
}, 180_000);

afterAll(() => it?.close());

interface Way {
  readonly format?: SiemFormat;
  readonly sink: Sink;
  readonly follow?: boolean;
  readonly place?: string;
  readonly signal?: AbortSignal;
}

const exports = ({ format = 'ndjson', sink, follow = false, place, signal }: Way): Promise<number> =>
  exportToSiem(
    {
      folder: it.folder,
      format,
      sink,
      follow,
      place: place ?? null,
      signal: signal ?? new AbortController().signal,
      pauseMs: 20,
    },
    heard().terminal,
  );

const textOf = async (format: SiemFormat): Promise<string> => {
  let text = '';
  expect(await exports({ format, sink: async (more) => (text += more) !== '' })).toBe(0);
  return text;
};

type Line = Readonly<Record<string, unknown>>;
const linesOf = (text: string): readonly Line[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

describe('an export for a SIEM', () => {
  test('as OCSF has every event once, in a class that exists, inside a CloudEvent', async () => {
    const lines = linesOf(await textOf('ocsf'));
    expect(lines.slice(0, events.length).map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    for (const line of lines) {
      const { class_uid, activity_id, type_uid, severity_id, metadata } = line.data as Record<string, number> & {
        metadata: Line;
      };
      expect([2004, 3001, 3002, 3004, 6003]).toContain(class_uid);
      expect(type_uid).toBe(class_uid! * 100 + activity_id!);
      expect(severity_id).toBeGreaterThan(0);
      expect(metadata).toMatchObject({ version: '1.5.0', product: { name: 'Keyledger' }, uid: line.id });
      expect(line).toMatchObject({ specversion: '1.0', datacontenttype: 'application/json' });
    }
  });

  test('says who signed in, who was refused, and what somebody should look at', () => {
    const [first] = events;
    const as = (type: string, data: object = {}) => ocsfOf({ ...first!, type, data }, 'log');
    expect(as('SignedIn')).toMatchObject({ class_uid: 3002, activity_id: 1, status_id: 1 });
    expect(as('OperationRefused', { code: 'X_Y', message: 'No.' })).toMatchObject({
      class_uid: 6003,
      status_id: 2,
      status_code: 'X_Y',
      status_detail: 'No.',
    });
    expect(as('CardLogDiverged')).toMatchObject({
      class_uid: 2004,
      severity_id: 4,
      finding_info: { title: 'CardLogDiverged' },
    });
    expect(as('NobodyKnows')).toMatchObject({ class_uid: 2004, severity_id: 3 });
    expect(Object.keys(MEANINGS).length).toBeGreaterThan(60);
  });

  test('as CSV is read by another reader, and no cell is a formula', async () => {
    const rows = parse(await textOf('csv'), { columns: true }) as readonly Record<string, string>[];
    expect(rows.slice(0, events.length).map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    expect(JSON.parse(rows[0]?.data ?? '')).toEqual(events[0]?.data);
    const formula = lineOf('csv', { ...events[0]!, metadata: { actor: '=cmd()' } }, 'log');
    expect(formula).toContain(`,'=cmd(),`);
  });

  test.each(SIEM_FORMATS)('as %s never has the salt by which leaves are hidden', async (format) => {
    const text = await textOf(format);
    expect(events.filter(({ salt }) => text.includes(salt))).toEqual([]);
  });

  test('that was cut off goes on where it stopped, and loses nothing', async () => {
    const place = join(it.folder, 'siem.place');
    const ids: string[] = [];
    const stop = new AbortController();
    const sink: Sink = async (text) => {
      ids.push(...linesOf(text).map(({ id }) => String(id)));
      return true;
    };
    const following = exports({ sink, place, follow: true, signal: stop.signal });
    await until(async () => ids.length >= events.length);
    await sessionOf(it, 'rita');
    const count = (await it.events()).length;
    expect(await until(async () => ids.length >= count)).toBe(true);
    stop.abort();
    expect(await following).toBe(0);
    expect(await exports({ sink: async () => false, place })).toBe(0); // nothing was taken: nothing is forgotten
    await sessionOf(it, 'rita');
    expect(await exports({ sink: async () => false, place })).toBe(0);
    expect(await exports({ sink, place })).toBe(0);
    expect(ids).toEqual((await it.events()).map(({ id }) => id));
  }, 180_000);

  test('to a reader who does not read blocks neither the platform nor its file', async () => {
    const args = [
      '--import',
      './scripts/ts.mjs',
      'apps/keyledger/src/main.ts',
      'export',
      '--format',
      'ocsf',
      '--follow',
    ];
    const child = spawn(process.execPath, [...args, '--data', it.folder], { stdio: ['ignore', 'pipe', 'ignore'] });
    const stuck = exports({ sink: () => new Promise(() => undefined), follow: true });
    try {
      await new Promise((resolve) => child.stdout.once('readable', resolve)); // and never read from
      for (let count = 0; count < 20; count += 1) await sessionOf(it, 'rita');
      const file = new Database(it.house.deployment.places.platform.events);
      const [{ busy } = { busy: 1 }] = file.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
      file.close();
      expect(busy).toBe(0);
    } finally {
      child.kill('SIGKILL');
    }
    void stuck;
  }, 180_000);
});
