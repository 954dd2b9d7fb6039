/** `keyledger card serve` against a virtual reader of the test's own: the words of vpcd, and no PC/SC daemon needed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { foundDemo } from '#apps/keyledger/src/demo/found.ts';
import { cardOfImage } from '#apps/keyledger/src/demo/lone-card.ts';
import { ChipCardClient } from '#libs/chip-card-protocol/client.ts';
import { socketReader } from '#libs/chip-card-protocol/socket-reader.ts';
import { lockFolder } from '#libs/local/folder-lock.ts';

let vpcd: Server;
let folder: string;
const running: ChildProcess[] = [];
const image = () => join(folder, 'devices', 'C-0042.image');
const port = () => (vpcd.address() as AddressInfo).port;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kl-serve-'));
  foundDemo(folder);
  vpcd = createServer().listen(0, '127.0.0.1');
  await once(vpcd, 'listening');
});
afterAll(async () => {
  for (const one of running) one.kill('SIGKILL');
  vpcd.close();
  rmSync(folder, { recursive: true, force: true });
});

function serves(...options: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, ['scripts/keyledger.mjs', 'card', 'serve', ...options], { stdio: 'pipe' });
  running.push(child);
  return child;
}

async function inserted(...options: readonly string[]): Promise<{ card: ChildProcess; client: ChipCardClient }> {
  const calls = once(vpcd, 'connection') as Promise<[Socket]>;
  const card = serves('--vpcd', `127.0.0.1:${port()}`, ...options);
  const [socket] = await calls;
  socket.on('error', () => socket.destroy());
  return { card, client: new ChipCardClient(await socketReader(() => Promise.resolve(socket)).powerOn()) };
}

async function endOf(child: ChildProcess): Promise<{ code: number | null; said: string }> {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, said };
}

describe('S13e keyledger card serve', () => {
  test('calls the reader with a fresh card, and ends well at Ctrl-C', async () => {
    const { card, client } = await inserted();
    expect(await client.readLog(1)).toMatchObject({ code: 'APPLICATION_NOT_SELECTED' });
    expect(await client.select()).toBeNull();
    expect(await client.status()).toMatchObject({ card: 'C-0001', life: 'manufactured' });
    card.kill('SIGINT');
    expect((await endOf(card)).code).toBe(0);
  });

  test('calls with the card of a demo that stands still, and gives its image back', async () => {
    const { card, client } = await inserted('--image', image());
    expect(await client.select()).toBeNull();
    expect(await client.status()).toMatchObject({ card: 'C-0042', life: 'manufactured' });
    expect(() => cardOfImage(image())).toThrow(/Another process uses/);
    card.kill('SIGTERM');
    expect((await endOf(card)).code).toBe(0);
    cardOfImage(image()).release();
  });

  test('cannot run where devices hold the image, where there is none, and where no reader listens', async () => {
    const lock = lockFolder(join(folder, 'devices', 'process.lock'));
    const busy = await endOf(serves('--vpcd', `127.0.0.1:${port()}`, '--image', image()));
    lock.release();
    const none = await endOf(serves('--vpcd', `127.0.0.1:${port()}`, '--image', join(folder, 'devices', 'C-9.image')));
    const silent = await endOf(serves('--vpcd', '127.0.0.1:1'));
    expect([busy, none, silent].map(({ code, said }) => `${code} ${said.split(':')[0]}`)).toEqual([
      '2 FOLDER_BUSY',
      '2 BAD_IMAGE',
      '2 VPCD_SILENT',
    ]);
    expect(existsSync(join(folder, 'devices', 'C-9.image'))).toBe(false);
  });
});
