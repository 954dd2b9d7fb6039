/** `npm start` as a person meets it: it serves on, heals, takes up the same data, and says one clear sentence when it cannot. */
import { copyFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { type Command, type Line, eventsIn, keyledger, temporaryFolder } from './real-processes.ts';
import { until } from './until.ts';

const { folder, drop } = temporaryFolder();
const image = (name: string) => join(folder, 'devices', `${name}.image`);
const DEVICES = ['C-0042', 'ATM-000013'];
const open: Command[] = [];

afterAll(async () => {
  for (const one of open) one.child.kill('SIGKILL');
  await Promise.all(open.map(({ ended }) => ended));
  drop();
});

/** Starts and waits until it serves, or has ended. */
async function started(
  environment: Record<string, string>,
  onLine?: (line: Line) => void,
): Promise<{ command: Command; serving: string }> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const command = keyledger({
    args: ['start', '--json', '--baud', '0'],
    environment: { KEYLEDGER_DATA: folder, PORT: '0', ...environment },
    onLine: (line) => {
      onLine?.(line);
      if (line.serving !== undefined) resolve(line.serving);
    },
  });
  open.push(command);
  void command.ended.then(() => resolve(''));
  return { command, serving: await promise };
}

async function stopped(command: Command): Promise<number | null> {
  command.child.kill('SIGTERM');
  return (await command.ended).code;
}

const ready = async (url: string): Promise<boolean> => (await fetch(`${url}/health/ready`)).ok;

describe('npm start', () => {
  test('tells the story once, serves, starts a killed part again, and lets nobody else on its folder', async () => {
    let pids: Line['pids'];
    const { command, serving } = await started({}, (line) => {
      pids = line.pids ?? pids;
      if (line.step === 12) for (const name of DEVICES) copyFileSync(image(name), join(folder, `${name}.old`));
    });
    expect(serving).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await ready(serving)).toBe(true);
    expect(await (await fetch(serving)).text()).toContain('<title>Keyledger</title>');

    const second = await keyledger({ args: ['demo'], environment: { KEYLEDGER_DATA: folder } }).ended;
    expect(second.code).toBe(2);
    expect(second.stderr).toMatch(/owned|another process|in use/i);

    process.kill(pids?.['platform'] ?? 0, 'SIGKILL');
    expect(await until(async () => !(await ready(serving).catch(() => false)))).toBe(true);
    expect(await until(() => ready(serving))).toBe(true);
    expect(await stopped(command)).toBe(0);
  }, 180_000);

  test('a second start verifies, tells nothing again, and serves the same record', async () => {
    const before = await eventsIn(folder);
    const { command, serving } = await started({});
    expect(await ready(serving)).toBe(true);
    expect(command.lines.some(({ step }) => step !== undefined)).toBe(false);
    expect(await stopped(command)).toBe(0);
    expect((await eventsIn(folder)).slice(0, before.length)).toEqual(before);
  }, 180_000);

  test('no part outlives the supervisor, not even when that is killed', async () => {
    let pids: Line['pids'];
    const { command } = await started({}, (line) => (pids = line.pids ?? pids));
    command.child.kill('SIGKILL');
    await command.ended;
    expect(Object.keys(pids ?? {}).sort()).toEqual(['devices', 'platform', 'station', 'unit']);
    const gone = (pid: number): boolean => {
      try {
        return !process.kill(pid, 0);
      } catch {
        return true;
      }
    };
    expect(await until(() => Promise.resolve(Object.values(pids ?? {}).every(gone)))).toBe(true);
  }, 180_000);

  test('a port that is taken is one clear sentence, and exit code 2', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const { command } = await started({ PORT: port });
    const { code, stderr } = await command.ended;
    await new Promise((resolve) => taken.close(resolve));
    expect(code).toBe(2);
    expect(stderr).toContain(port);
  }, 180_000);

  test.each(DEVICES)(
    'an old image of %s is refused',
    async (name) => {
      copyFileSync(image(name), join(folder, `${name}.new`));
      copyFileSync(join(folder, `${name}.old`), image(name));
      const { command } = await started({});
      const { code, stderr } = await command.ended;
      copyFileSync(join(folder, `${name}.new`), image(name));
      expect(code).toBe(2);
      expect(stderr).toMatch(new RegExp(`${name}: IMAGE_OLD`));
    },
    60_000,
  );

  test.each([
    ['PORT', 'abc', 'BAD_PORT'],
    ['PORT', '70000', 'BAD_PORT'],
    ['KEYLEDGER_EVENTS', 'mysql://x', 'BAD_EVENTS'],
    ['KEYLEDGER_VIEWS', 'mysql://x', 'BAD_VIEWS'],
    ['KEYLEDGER_EVENTS', 'kurrentdb://user:word@db.example?colour=red', 'BAD_EVENTS'],
    ['NODE_ENV', 'staging', 'BAD_NODE_ENV'],
    ['NODE_ENV', 'production', 'DEMO_IN_PRODUCTION'],
    ['HOST', 'not a host!', 'BAD_HOST'],
    ['KEYLEDGER_DATA', '', 'BAD_DATA'],
  ])(
    '%s=%s is one clear sentence with its code, and exit code 2',
    async (name, value, code) => {
      const ended = await keyledger({
        args: ['demo'],
        environment: { KEYLEDGER_DATA: join(folder, 'none'), [name]: value },
      }).ended;
      expect(ended.code).toBe(2);
      expect(ended.stderr.trim().split('\n')).toEqual([expect.stringMatching(new RegExp(`^${code}: .*[.]$`))]);
    },
    30_000,
  );
});
