/** A PC/SC daemon of the test's own, with a virtual reader at a free port; or the reason why there can be none here. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PCSCD_SOCKET, pcscReaders } from '#libs/crypto-unit/pcsc.ts';

const PCSCD = '/usr/sbin/pcscd';
export const OPENSC = '/usr/bin/opensc-tool';
const DRIVERS = ['/usr/lib/pcsc/drivers/serial/libifdvpcd.so', '/usr/lib64/pcsc/drivers/serial/libifdvpcd.so'];
const UP_MS = 5000;

export interface PcscDaemon {
  readonly port: number;
  readonly reader: string;
  readonly opensc: string;
  readonly close: () => Promise<void>;
}

/** Null where it can run here; else the reason, for a skip's title. */
export async function whyNoPcsc(): Promise<string | null> {
  if (!existsSync(PCSCD)) return 'pcscd is not installed';
  if (driver() === undefined) return 'vsmartcard-vpcd is not installed';
  if (!existsSync(OPENSC)) return 'opensc is not installed';
  if (process.getuid?.() !== 0) return 'only root may start a pcscd of its own';
  return (await answers()) ? 'another pcscd runs on this machine' : null;
}

const driver = (): string | undefined => DRIVERS.find((file) => existsSync(file));
const answers = async (): Promise<boolean> => pcscReaders().then(Boolean, () => false);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export async function startPcsc(): Promise<PcscDaemon> {
  const folder = mkdtempSync(join(tmpdir(), 'kl-pcsc-'));
  const [port, reader] = [await freePort(), 'Keyledger Virtual PCD'];
  writeFileSync(
    join(folder, 'vpcd'),
    `FRIENDLYNAME "${reader}"\nDEVICENAME /dev/null:${port}\nLIBPATH ${driver()}\nCHANNELID ${port}\n`,
  );
  const daemon = spawn(PCSCD, ['--foreground', '--config', folder], { stdio: 'ignore' });
  const close = async (): Promise<void> => {
    await ended(daemon);
    rmSync(folder, { recursive: true, force: true });
  };
  const until = Date.now() + UP_MS;
  while (!(await answers())) {
    if (Date.now() < until && daemon.exitCode === null) continue;
    await close();
    throw new Error(`pcscd does not come up at ${PCSCD_SOCKET}`);
  }
  return { port, reader, opensc: OPENSC, close };
}

async function ended(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null) return;
  const exit = new Promise((resolve) => daemon.once('exit', resolve));
  daemon.kill('SIGTERM');
  await exit;
}
