/** `keyledger links`: a link for each of the demo's people who has something to do at the dashboard, each a session of its own. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { tellServing } from '#apps/keyledger/src/demo/running.ts';
import { asks } from '#test/kit/graphql.ts';
import { type HouseInProcess, houseInProcess } from './house-in-process.ts';

let it: HouseInProcess;

beforeAll(async () => {
  it = await houseInProcess();
}, 180_000);

afterAll(() => it?.close());

async function links(
  folder: string,
): Promise<{ readonly code: number; readonly lines: readonly string[]; readonly said: string }> {
  const args = ['--import', './scripts/ts.mjs', 'apps/keyledger/src/main.ts', 'links', '--data', folder];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [text, said] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more));
  child.stderr.setEncoding('utf8').on('data', (more: string) => (said += more));
  const code = await new Promise<number>((resolve) => child.on('close', (it) => resolve(it ?? -1)));
  return {
    code,
    said,
    lines: text
      .trim()
      .split('\n')
      .filter((line) => line !== ''),
  };
}

test('keyledger links prints a link for each person of a demo that serves, and each opens the dashboard as that person', async () => {
  tellServing(it.house);
  const { code, lines } = await links(it.folder);
  expect(code).toBe(0);
  expect(lines).toHaveLength(6);
  const { genesis } = it.house.deployment;
  const subjects: unknown[] = [];
  for (const line of lines) {
    const [, origin, token, of] =
      /(http:\/\/localhost:\d+)\/#session=([A-Za-z0-9_-]{43})&genesis=([A-Za-z0-9_-]{43})$/.exec(line) ?? [];
    expect([origin, of]).toEqual([it.house.platformUrl.replace('127.0.0.1', 'localhost'), genesis]);
    const { data } = await asks(
      { url: it.house.platformUrl, token: token ?? '' },
      '{ viewer { subject roles until } }',
    );
    const viewer = data?.viewer as { subject: string; roles: readonly string[]; until: number };
    for (const role of viewer.roles) expect(line).toContain(role);
    expect(viewer.until - it.world.clock.seconds()).toBeGreaterThan(3000);
    subjects.push(viewer.subject);
  }
  expect(subjects).toEqual(['P-ANNA', 'P-BO', 'P-CLARA', 'P-DORA', 'P-RITA', 'P-ADA'].map((id) => `person:${id}`));
  expect(new Set(lines).size).toBe(6);
}, 180_000);

test('keyledger links says what to do where nothing serves', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kl-'));
  const { code, lines, said } = await links(folder);
  rmSync(folder, { recursive: true, force: true });
  expect([code, lines]).toEqual([2, []]);
  expect(said).toContain('NOT_SERVING');
  expect(said).toContain('npm start does');
}, 180_000);
