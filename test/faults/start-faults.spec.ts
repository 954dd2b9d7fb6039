/** `npm start` on a folder or a disk that is not as it should be: one clear sentence, an exit code that is not 0, the record as it was. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startPlatform } from '#apps/platform/src/platform.ts';
import { placesIn } from '#apps/keyledger/src/demo/places.ts';
import { platformConfig } from '#apps/keyledger/src/demo/configs.ts';
import { foundDemo } from '#apps/keyledger/src/demo/found.ts';
import { systemClock } from '#libs/kernel/clock.ts';
import { verify } from '#apps/keyledger/src/verbs/verify.ts';
import { foundPostgresLog } from '#libs/event-store/postgresql/found.ts';
import { type PostgresServer, postgresMissing, startPostgres } from '#test/kit/postgres.ts';
import { keyledger, temporaryFolder } from '../journeys/real-processes.ts';

const sound = temporaryFolder();
const places: (() => void)[] = [];

beforeAll(async () => {
  const command = keyledger({
    args: ['start', '--no-story', '--json', '--baud', '0'],
    environment: { KEYLEDGER_DATA: sound.folder, PORT: '0' },
    onLine: ({ serving }) => {
      if (serving !== undefined) command.child.kill('SIGTERM');
    },
  });
  expect((await command.ended).code).toBe(0);
}, 180_000);
afterEach(() => {
  for (const drop of places.splice(0).reverse()) drop();
});
afterAll(() => sound.drop());

/** A copy of the sound folder, in a place that may be a disk of its own. */
function copied(into?: string): string {
  const folder = into ?? mkdtempSync(join(tmpdir(), 'kl-'));
  if (into === undefined) places.push(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(sound.folder, folder, { recursive: true });
  return folder;
}

const eventsOf = (folder: string): string => placesIn(folder).platform.events;

async function refused(folder: string, environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const args = ['start', '--no-story', '--baud', '0'];
  const { code, stderr } = await keyledger({ args, environment: { KEYLEDGER_DATA: folder, PORT: '0', ...environment } })
    .ended;
  const said = stderr.trim().split('\n');
  expect(said).toEqual([expect.stringMatching(/^[A-Z_]+: .{10,300}[.]$/)]);
  expect([1, 2]).toContain(code);
  return said[0] ?? '';
}

const quiet = {
  json: false,
  line: () => undefined,
  warn: () => undefined,
  data: () => undefined,
  progress: () => undefined,
};

describe('npm start', () => {
  test.each([
    ['garbage', (file: string) => writeFileSync(file, 'garbage '.repeat(5000)), /is no event log/],
    [
      'cut off in the middle',
      (file: string) => truncateSync(file, statSync(file).size / 2 - 96),
      /damaged|cannot be read|no event log/,
    ],
    ['cut off to nothing', (file: string) => truncateSync(file, 0), /event log/],
  ])(
    'with an event file that is %s',
    async (_what, damage, says) => {
      const folder = copied();
      damage(eventsOf(folder));
      const before = readFileSync(eventsOf(folder));
      expect(await refused(folder)).toMatch(says);
      expect(readFileSync(eventsOf(folder)).equals(before)).toBe(true);
    },
    60_000,
  );

  test('with a clock set back behind what the record says', async () => {
    const folder = copied();
    const config = platformConfig(
      foundDemo(folder, systemClock),
      { host: '127.0.0.1', sockets: folder, nodeEnv: 'test' },
      0,
    );
    const back = 3600;
    const clock = {
      seconds: () => systemClock.seconds() - back,
      rfc3339: () => new Date((systemClock.seconds() - back) * 1000).toISOString(),
    };
    await expect(startPlatform(config, { clock })).rejects.toThrow(
      /^CLOCK_SET_BACK: The clock says [^\n]+; set the clock, then start again\.$/,
    );
    expect(await verify({ folder }, quiet)).toBe(0);
  }, 180_000);

  const disk = diskMissing();
  const onDisk = disk === null ? test : test.skip;
  if (disk !== null) process.stderr.write(`  a disk of its own was left out: ${disk}\n`);

  onDisk(
    'on a file system that may only be read',
    async () => {
      const mounted = mount();
      copied(mounted);
      execFileSync('mount', ['-o', 'remount,ro', mounted]);
      expect(await refused(mounted)).toMatch(/may not be written|read-only|may not be opened/);
      expect(await verify({ folder: mounted }, quiet)).toBe(0);
    },
    60_000,
  );

  onDisk(
    'on a disk that is full',
    async () => {
      const mounted = mount();
      copied(mounted);
      const filler = join(mounted, 'filler');
      spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4096'], { stdio: 'ignore' });
      expect(await refused(mounted)).toMatch(/disk is full|no room|see the disk/);
      rmSync(filler);
      expect(await verify({ folder: mounted }, quiet)).toBe(0);
    },
    60_000,
  );
});

/** Why no disk can be made for a test; null where one can. */
function diskMissing(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root on Linux may mount one';
  const folder = mkdtempSync(join(tmpdir(), 'kl-disk-'));
  const done = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', folder], { stdio: 'ignore' });
  if (done.status === 0) spawnSync('umount', [folder]);
  rmSync(folder, { recursive: true, force: true });
  return done.status === 0 ? null : 'nothing may be mounted here';
}

function mount(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kl-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'none', folder]);
  places.push(() => {
    spawnSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

const missing = postgresMissing();
const onServer = missing === null ? describe : describe.skip;

onServer('npm start with KEYLEDGER_EVENTS', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
    await server.database('faults');
    await foundPostgresLog(await server.database('founded'), 'keyledger_writer');
  }, 180_000);
  afterAll(() => server?.close());

  test.each([
    [
      'of a server that is not there',
      () => 'postgresql://keyledger_writer@127.0.0.1:1/faults',
      /cannot be reached \(ECONNREFUSED\)/,
    ],
    [
      'of a database that is not there',
      () => server.address('absent', 'keyledger_writer'),
      /lets this role not in|no such database/,
    ],
    ['of a database without a log', () => server.address('faults'), /holds no event log/],
    ['of a role that may do more', () => server.address('founded'), /may change what is stored/],
  ])(
    '%s',
    async (_what, address, says) => {
      const empty = mkdtempSync(join(tmpdir(), 'kl-'));
      places.push(() => rmSync(empty, { recursive: true, force: true }));
      expect(await refused(empty, { KEYLEDGER_EVENTS: address() })).toMatch(says);
    },
    60_000,
  );
});
