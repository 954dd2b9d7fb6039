/** The story with its record on a PostgreSQL server, as one types it: founded, told, verified by the command line alone. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type PostgresServer, postgresMissing, startPostgres } from '#test/kit/postgres.ts';
import { keyledger, temporaryFolder } from './real-processes.ts';

const missing = postgresMissing();
const onServer = missing === null ? describe : describe.skip;
if (missing !== null) process.stderr.write(`  the story typed for postgresql was left out: ${missing}\n`);

onServer('the story on PostgreSQL, typed', () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres();
  }, 180_000);
  afterAll(() => server?.close(), 180_000);

  test('the command line founds the log, tells the story with KEYLEDGER_EVENTS, and refuses another engine afterwards', async () => {
    const owned = await server.database('typed');
    const founded = await keyledger({ args: ['found-log', '--owner', owned, '--role', 'keyledger_typed', '--json'] })
      .ended;
    expect({ code: founded.code, stderr: founded.stderr }).toEqual({ code: 0, stderr: '' });
    const { events } = JSON.parse(founded.stdout) as { events: string };
    const { folder, drop } = temporaryFolder();
    const environment = { KEYLEDGER_DATA: folder, KEYLEDGER_EVENTS: events };
    const told = await keyledger({ args: ['demo', '--baud', '0', '--json'], environment }).ended;
    expect({ code: told.code, end: told.stdout.includes('"verified":true') }).toEqual({ code: 0, end: true });
    const again = await keyledger({ args: ['verify', '--json'], environment: { KEYLEDGER_DATA: folder } }).ended;
    expect(again.code).toBe(0);
    const other = await keyledger({
      args: ['demo', '--json'],
      environment: { ...environment, KEYLEDGER_EVENTS: 'sqlite:' },
    }).ended;
    expect([other.code, other.stdout]).toEqual([2, expect.stringContaining('"EVENTS_CHOSEN"')]);
    drop();
  }, 180_000);
});
