/** The whole story with its record in a KurrentDB database, on our own test server with users and TLS: told, verified, tampered with. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { heard } from './story-record.ts';
import { shortPosition } from '#apps/keyledger/src/story/teller.ts';
import { tellStory } from '#apps/keyledger/src/story/story.ts';
import { reconstruct } from '#apps/keyledger/src/verbs/reconstruct.ts';
import { verify } from '#apps/keyledger/src/verbs/verify.ts';
import { foundKurrentLog } from '#libs/event-store/kurrentdb/founded.ts';
import { type TestServer, WRITER, addressOf, startServer } from '#libs/event-store/kurrentdb/kurrentdb.harness.ts';
import { type HouseInProcess, houseInProcess } from './house-in-process.ts';
import { keyledger, temporaryFolder } from './real-processes.ts';

describe('the story on KurrentDB (on our own test server, not on a real one)', () => {
  let server: TestServer;
  let it: HouseInProcess;

  beforeAll(async () => {
    server = await startServer();
    await foundKurrentLog(addressOf(server, 'admin', { log: 'story' }), WRITER);
    it = await houseInProcess({ events: addressOf(server, WRITER, { log: 'story' }) });
  }, 300_000);
  afterAll(async () => {
    await it?.close();
    server?.close();
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
    expect(await verify({ folder: it.folder }, heard().terminal)).toBe(0);
    const out = join(it.folder, 'out.pem');
    expect(await reconstruct({ folder: it.folder, fingerprint, out }, heard().terminal)).toBe(0);
  }, 240_000);

  test('a changed octet in the database is found by verify, at its position, and hidden events are named', async () => {
    await it.stop();
    server.database.run(
      "UPDATE event SET data = CAST(replace(CAST(data AS TEXT), 'ATM-000013', 'ATM-000014') AS BLOB) WHERE type = 'ModuleInitialized'",
    );
    const hiding = {
      id: crypto.randomUUID(),
      type: '$metadata',
      json: true,
      data: Buffer.from('{}'),
      metadata: Buffer.of(),
    };
    server.database.append('$$story:order-1', -1n, [hiding]);
    const position = (await it.events()).find(({ type }) => type === 'ModuleInitialized')?.position ?? '';
    const { terminal, lines, warnings } = heard();
    expect(await verify({ folder: it.folder }, terminal)).toBe(1);
    const said = [...lines, ...warnings].join('\n');
    expect(said).toContain(`DOES NOT HOLD at position ${shortPosition(position)} `);
    expect(said).toMatch(/ALTERED: [^\n]*story:order-1/);
  }, 180_000);

  test('the command line founds the log, tells the story with KEYLEDGER_EVENTS, and a wrong password is one sentence', async () => {
    const owner = addressOf(server, 'admin', { log: 'typed' });
    const founded = await keyledger({ args: ['found-log', '--owner', owner, '--role', WRITER, '--json'] }).ended;
    expect({ code: founded.code, stderr: founded.stderr }).toEqual({ code: 0, stderr: '' });
    expect(founded.stdout).not.toContain('of-the-administrator');
    const { folder, drop } = temporaryFolder();
    const events = addressOf(server, WRITER, { log: 'typed' }).replace('kurrentdb:', 'esdb:');
    const environment = { KEYLEDGER_DATA: folder, KEYLEDGER_EVENTS: events };
    const wrong = await keyledger({
      args: ['demo', '--json'],
      environment: {
        KEYLEDGER_DATA: join(folder, 'none'),
        KEYLEDGER_EVENTS: events.replace('of-the-writer', 'guessed'),
      },
    }).ended;
    expect([wrong.code, `${wrong.stdout}${wrong.stderr}`]).toEqual([2, expect.stringMatching(/see user and password/)]);
    expect(`${wrong.stdout}${wrong.stderr}`).not.toContain('guessed');
    const told = await keyledger({ args: ['demo', '--baud', '0', '--json'], environment }).ended;
    expect({ code: told.code, end: told.stdout.includes('"verified":true') }).toEqual({ code: 0, end: true });
    const again = await keyledger({ args: ['verify', '--json'], environment: { KEYLEDGER_DATA: folder } }).ended;
    expect(again.code).toBe(0);
    drop();
  }, 300_000);
});
