/** A PC/SC daemon of the test's own, with a virtual reader at a free port; or the reason why there can be none here. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PCSCD_SOCKET, pcscReaders } from '#libs/crypto-unit/pcsc.ts';
import { lockFolder } from '#libs/local/folder-lock.ts';
import { freePort } from '#test/kit/free-port.ts';

const PCSCD = '/usr/sbin/pcscd';
export const OPENSC = '/usr/bin/opensc-tool';
const DRIVERS = ['/usr/lib/pcsc/drivers/serial/libifdvpcd.so', '/usr/lib64/pcsc/drivers/serial/libifdvpcd.so'];
const UP_MS = 10_000;
const TRIES_MAX = 5;
const ONE_AT_A_TIME = join(tmpdir(), 'keyledger-pcscd', 'lock');
const LOCK_MS = 120_000;

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

/** One at a time on this machine, whichever suite asks for it. Answers when its reader listens. */
export async function startPcsc(): Promise<PcscDaemon> {
  const lock = lockFolder(ONE_AT_A_TIME, LOCK_MS);
  try {
    for (let tries = 1; ; tries += 1) {
      const started = await tryPcsc();
      if (started !== null) return { ...started, close: () => started.close().finally(lock.release) };
      if (tries === TRIES_MAX) throw new Error(`pcscd does not come up with a reader at ${PCSCD_SOCKET}`);
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Null where the daemon, or the reader in it, does not come up. */
async function tryPcsc(): Promise<PcscDaemon | null> {
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
  while (!(await hasReader(reader))) {
    if (Date.now() < until && daemon.exitCode === null) continue;
    await close();
    return null;
  }
  return { port, reader, opensc: OPENSC, close };
}

const hasReader = (reader: string): Promise<boolean> =>
  pcscReaders().then(
    (all) => all.some(({ name }) => name.startsWith(reader)),
    () => false,
  );

async function ended(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null) return;
  const exit = new Promise((resolve) => daemon.once('exit', resolve));
  daemon.kill('SIGTERM');
  await exit;
}
