/** A restored older copy cannot un-revoke: the platform learns from its witness that the log was longer, and decides nothing. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { STATION } from '#apps/keyledger/src/demo/names.ts';
import type { Health } from '#apps/platform/src/operations/health.ts';
import { placesIn } from '#apps/keyledger/src/demo/places.ts';
import { type IssuedCard, issueCard } from '#apps/keyledger/src/story/card.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { suspended } from '#apps/keyledger/src/story/operation.ts';
import { backup, restore } from '#apps/keyledger/src/verbs/backup.ts';
import { exportTo, importFrom } from '#apps/keyledger/src/verbs/export.ts';
import { foundPostgresLog } from '#libs/event-store/postgresql/found.ts';
import { addressFor, asRole } from '#libs/event-store/postgresql/postgresql.harness.ts';
import { asks } from '#test/kit/graphql.ts';
import { type PostgresServer, postgresMissing, startPostgres } from '#test/kit/postgres.ts';
import { type HouseInProcess, houseInProcess } from './house-in-process.ts';
import { heard } from './story-record.ts';
import { until } from './until.ts';

const room = mkdtempSync(join(tmpdir(), 'kl-restore-'));
const folder = join(room, 'data');
const [older, newer, file] = [join(room, 'older'), join(room, 'newer'), join(room, 'log.ndjson')];
let card: IssuedCard;
let events: number;
const codes: number[] = [];

const ready = async (it: HouseInProcess) => {
  const response = await fetch(`${it.house.platformUrl}/health/ready`);
  const { cosigned, parts } = (await response.json()) as Health;
  const { why, code } = parts.witnesses;
  return { status: response.status, cosigned, why, code };
};

async function inHouse<Answer>(run: (it: HouseInProcess) => Promise<Answer>): Promise<Answer> {
  const it = await houseInProcess({ folder });
  try {
    return await run(it);
  } finally {
    await it.close();
  }
}

/** State of the card's key at the station itself. */
function stateAtStation(): string | undefined {
  const { keys } = JSON.parse(readFileSync(join(placesIn(folder).station.folder, 'trust.json'), 'utf8')) as {
    keys: { cardKey: string; state: string }[];
  };
  return keys.find(({ cardKey }) => cardKey === card.cardKey)?.state;
}

beforeAll(async () => {
  await inHouse(async (it) => {
    await founding(it.world);
    card = await issueCard(it.world);
    codes.push(await backup({ folder, to: older }, heard().terminal));
    await suspended(it.world, card);
    events = (await it.events()).length;
    expect(await until(async () => (await ready(it)).cosigned === events)).toBe(true);
    codes.push(await backup({ folder, to: newer }, heard().terminal));
    codes.push(await exportTo({ folder, file }, heard().terminal));
  });
}, 300_000);

afterAll(() => rmSync(room, { recursive: true, force: true }));

describe('a backup', () => {
  test('is made beside the running platform, belongs to its owner, and holds no views, tiles or locks', () => {
    expect(codes).toEqual([0, 0, 0]);
    expect(statSync(older).mode & 0o777).toBe(0o700);
    const names = readdirSync(join(older, 'platform'));
    for (const name of names)
      expect([name, statSync(join(older, 'platform', name)).mode & 0o777]).toEqual([name, 0o600]);
    expect(names).toEqual(
      expect.arrayContaining(['checkpoints.ndjson', 'cosigned.json', 'events.sqlite', 'log-key.pem']),
    );
    expect(names.filter((name) => /lock|views|tiles|wal|shm/.test(name))).toEqual([]);
  });

  test('that somebody altered is not restored, nor one of another kind', async () => {
    const key = join(newer, 'platform', 'log-key.pem');
    const genuine = readFileSync(key);
    writeFileSync(key, readFileSync(join(newer, 'platform', 'list-key.pem')));
    const { terminal, warnings } = heard();
    expect(await restore({ folder, to: newer }, terminal)).toBe(2);
    expect(warnings.join()).toContain('BACKUP_ALTERED');
    writeFileSync(key, genuine);
    expect(await restore({ folder, to: room }, terminal)).toBe(2);
    expect(warnings.join()).toContain('NO_BACKUP');
  });

  test('is not put in the place of a platform that runs', async () => {
    await inHouse(async () => {
      const { terminal, warnings } = heard();
      expect(await restore({ folder, to: older }, terminal)).toBe(2);
      expect(warnings.join()).toMatch(/FOLDER_BUSY: A running platform uses/);
    });
  }, 180_000);
});

test('an older copy is restored, learns from the witness that it is old, and decides nothing until a newer one is there', async () => {
  expect(await restore({ folder, to: older }, heard().terminal)).toBe(0);
  await inHouse(async (it) => {
    expect(await until(async () => (await ready(it)).status === 503)).toBe(true);
    expect(await ready(it)).toMatchObject({ status: 503, code: 'LOG_BEHIND' });
    expect(String((await ready(it)).why)).toMatch(
      new RegExp(
        `^The witness \\S+ has seen ${events} events of this log and \\d+ are here: an older copy was restored`,
      ),
    );
    const list = await fetch(`${it.house.platformUrl}/trust-lists/${STATION}.jws`);
    expect([list.status, ((await list.json()) as { code: string }).code]).toEqual([404, 'LOG_BEHIND']);
    await expect(it.world.callers.signedIn('anna')).resolves.toMatchObject({ code: 'LOG_BEHIND' });
    const { data } = await asks({ url: it.house.platformUrl }, '{ seal { standstill } }');
    expect(data).toMatchObject({ seal: { standstill: expect.stringContaining('older copy') } });
    expect(stateAtStation()).toBe('suspended');
  });
  expect(await restore({ folder, to: newer }, heard().terminal)).toBe(0);
  await inHouse(async (it) => {
    expect(await until(async () => (await ready(it)).status === 200)).toBe(true);
    await expect(it.world.callers.signedIn('anna')).resolves.not.toHaveProperty('code');
    expect(stateAtStation()).toBe('suspended');
  });
  expect(readdirSync(folder).filter((name) => name.startsWith('platform.before-')).length).toBe(2);
}, 300_000);

test('an export is imported into an empty folder with the same root, and verified', async () => {
  const empty = join(room, 'empty');
  const [{ terminal, data }, again] = [heard(true), heard(true)];
  expect(await importFrom({ folder: empty, file }, terminal)).toBe(0);
  expect(await importFrom({ folder: empty, file }, again.terminal)).toBe(0);
  const [imported, verified] = data as [{ root: string; events: number }, { root: string; witnessed: number }];
  expect(verified).toMatchObject({ verified: true, root: imported.root, sealed: imported.events });
  expect(verified.witnessed).toBeGreaterThan(0);
  expect(again.data[0]).toMatchObject({ resumed: imported.events });
  expect(existsSync(`${file}.part`)).toBe(false);
  const { warnings, terminal: third } = heard();
  expect(await exportTo({ folder: empty, file }, third)).toBe(2);
  expect(warnings.join()).toContain('FILE_EXISTS');
}, 180_000);

(postgresMissing() === null ? describe : describe.skip)('an export that is imported into a PostgreSQL log', () => {
  const there = join(room, 'on-a-server');
  let server: PostgresServer;
  let owner: string;

  beforeAll(async () => {
    server = await startPostgres();
    owner = await server.database('imported');
    await foundPostgresLog(owner, 'keyledger_writer');
  }, 180_000);
  afterAll(async () => server?.close(), 60_000);

  test('has the same root, and verify holds on both', async () => {
    const [{ terminal, data }, other] = [heard(true), heard(true)];
    expect(await importFrom({ folder: there, file, events: addressFor(owner) }, terminal)).toBe(0);
    const [imported, verified] = data as [{ root: string; events: number }, { root: string; witnessed: number }];
    expect(await importFrom({ folder: join(room, 'in-a-file'), file }, other.terminal)).toBe(0);
    expect(other.data[0]).toMatchObject({ root: imported.root, events: imported.events });
    expect(verified).toMatchObject({ verified: true, root: imported.root, sealed: imported.events });
    expect(existsSync(join(there, 'platform', 'events.sqlite'))).toBe(false);
    const again = heard(true);
    expect(await importFrom({ folder: there, file }, again.terminal)).toBe(0);
    expect(again.data[0]).toMatchObject({ resumed: imported.events });
  }, 180_000);

  test('is exported again with the same lines', async () => {
    const once = join(room, 'again.ndjson');
    expect(await exportTo({ folder: there, file: once }, heard().terminal)).toBe(0);
    const events = (of: string): readonly string[] => readFileSync(of, 'utf8').split('\n').slice(1, -2);
    expect(events(once)).toEqual(events(file));
  }, 180_000);

  test('is not put into another log, nor where nothing was founded', async () => {
    const { terminal, warnings } = heard();
    const bare = await server.database('bare');
    await expect(importFrom({ folder: join(room, 'x'), file, events: addressFor(bare) }, terminal)).rejects.toThrow(
      /holds no event log/,
    );
    const full = await server.database('taken');
    await foundPostgresLog(full, 'keyledger_writer');
    const foreign = join(room, 'foreign.ndjson');
    writeFileSync(foreign, readFileSync(file, 'utf8').replace('"recordedAt":"2', '"recordedAt":"3'));
    expect(await importFrom({ folder: join(room, 'y'), file: foreign, events: addressFor(full) }, terminal)).toBe(2);
    expect(await importFrom({ folder: join(room, 'z'), file, events: addressFor(full) }, terminal)).toBe(2);
    expect(warnings.join()).toContain('OTHER_LOG');
  }, 180_000);

  test('is backed up as far as it is ours, and a server that forgot a part of it is found out', async () => {
    const [copy, lines, restored] = [join(room, 'copy'), heard(), join(room, 'restored')];
    expect(await backup({ folder: there, to: copy }, lines.terminal)).toBe(0);
    expect(readdirSync(join(copy, 'platform')).sort()).toEqual(
      ['checkpoints.ndjson', 'cosigned.json', 'events.address'].sort(),
    );
    expect(lines.lines.join('\n')).toMatch(/events lie in postgresql:\/\/[^\n]*take a backup of that database/);
    expect(await restore({ folder: restored, to: copy }, heard().terminal)).toBe(0);
    expect(readdirSync(join(restored, 'platform'))).toContain('events.address');
    await asRole(owner, [
      ...['events', 'log_tip'].map((table) => `ALTER TABLE keyledger.${table} DISABLE TRIGGER ALL`),
      'DELETE FROM keyledger.events WHERE position = (SELECT max(position) FROM keyledger.events)',
      'UPDATE keyledger.log_tip SET position = position - 1',
      ...['events', 'log_tip'].map((table) => `ALTER TABLE keyledger.${table} ENABLE TRIGGER ALL`),
    ]);
    const { terminal, warnings, lines: told } = heard();
    expect(await restore({ folder: restored, to: copy }, terminal)).toBe(1);
    expect([...warnings, ...told].join('\n')).toMatch(/SEAL_TAIL: \d+ events were sealed/);
  }, 180_000);
});
