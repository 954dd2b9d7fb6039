import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connectLocal, listenLocal, localAddress } from './local-socket.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyledger-socket-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a local socket', () => {
  test('carries octets both ways, in a folder of its owner alone', async () => {
    const address = localAddress(join(folder, 'devices'), 'SM-1');
    const server = await listenLocal(address, (socket) => socket.pipe(socket));
    expect(statSync(join(folder, 'devices')).mode & 0o777).toBe(0o700);
    const socket = await connectLocal(address);
    socket.write('echo');
    expect(String(await new Promise((resolve) => socket.once('data', resolve)))).toBe('echo');
    socket.destroy();
    await server.close();
  });

  test('takes the place of one that a killed process left, and ends its connections when it closes', async () => {
    const address = localAddress(folder, 'SM-1');
    writeFileSync(address, '');
    const server = await listenLocal(address, () => undefined);
    const socket = await connectLocal(address);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await server.close();
    await closed;
    await expect(connectLocal(address)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('says what is wrong with a path that is too long', async () => {
    await expect(listenLocal(localAddress(folder, 'x'.repeat(120)), () => undefined)).rejects.toThrow(
      'too long for a socket',
    );
  });
});
