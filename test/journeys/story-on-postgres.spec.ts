/** The whole story with its record on a PostgreSQL server: told, verified, reconstructed, and taken up again. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { tellStory } from '#apps/keyledger/src/story/story.ts';
import { verify } from '#apps/keyledger/src/verbs/verify.ts';
import { reconstruct } from '#apps/keyledger/src/verbs/reconstruct.ts';
import { addressFor, asRole } from '#libs/event-store/postgresql/postgresql.harness.ts';
import { foundPostgresLog } from '#libs/event-store/postgresql/found.ts';
import { existsSync, statSync } from 'node:fs';
import { type PostgresServer, postgresMissing, startPostgres } from '#test/kit/postgres.ts';
import { type HouseInProcess, houseInProcess } from './house-in-process.ts';

const missing = postgresMissing();
const onServer = missing === null ? describe : describe.skip;
if (missing !== null) process.stderr.write(`  the story on postgresql was left out: ${missing}\n`);

onServer('the story on PostgreSQL', () => {
  let server: PostgresServer;
  let owner: string;
  let it: HouseInProcess;

  beforeAll(async () => {
    server = await startPostgres();
    owner = await server.database('story');
    await foundPostgresLog(owner, 'keyledger_writer');
    it = await houseInProcess({ events: addressFor(owner) });
  }, 180_000);
  afterAll(async () => {
    await it?.close();
    await server?.close();
  }, 180_000);

  test('is told to its end, and told again adds nothing', async () => {
    const { fingerprint } = await tellStory(it.world);
    const events = await it.events();
    for (const type of ['DeploymentFounded', 'CertificateIssued', 'ModuleEnteredOperation', 'SessionRefused'])
      expect(events.some((event) => event.type === type)).toBe(true);
    expect(existsSync(join(it.folder, 'platform', 'events.sqlite'))).toBe(false);
    expect(statSync(join(it.folder, 'platform', 'events.address')).mode & 0o777).toBe(0o600);
    await tellStory(it.world);
    expect(await it.events()).toEqual(events);
    expect(await verify({ folder: it.folder }, quiet)).toBe(0);
    expect(await reconstruct({ folder: it.folder, fingerprint, out: join(it.folder, 'out.pem') }, quiet)).toBe(0);
  }, 300_000);

  test('a changed octet in the database is found by verify, at its position', async () => {
    await it.stop();
    const lines: string[] = [];
    await asRole(owner, [
      'ALTER TABLE keyledger.events DISABLE TRIGGER ALL',
      "UPDATE keyledger.events SET data = replace(data, 'ATM-000013', 'ATM-000014') WHERE type = 'ModuleInitialized'",
    ]);
    const position = (await it.events()).find(({ type }) => type === 'ModuleInitialized')?.position;
    expect(
      await verify(
        { folder: it.folder },
        { ...quiet, line: (text) => lines.push(text), warn: (text) => lines.push(text) },
      ),
    ).toBe(1);
    expect(lines.join('\n')).toContain(`DOES NOT HOLD at position ${Number(position)} `);
    expect(lines.join('\n')).toMatch(/ALTERED: [^\n]*events_no_change/);
  }, 180_000);
});

const quiet = {
  json: false,
  line: () => undefined,
  warn: () => undefined,
  data: () => undefined,
  progress: () => undefined,
};
