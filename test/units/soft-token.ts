/** A token of SoftHSM for one test, in the machine's own store; or the reason why there can be none here. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { pinDigits, randomOctets } from '#libs/kernel/ids.ts';
import { toHex } from '#libs/kernel/bytes.ts';
import type { Pkcs11Place } from '#module-emulator/crypto-unit/pkcs11-keys.ts';

const LIBRARIES = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib64/pkcs11/libsofthsm2.so'];
const UTIL = '/usr/bin/softhsm2-util';
const STORE = '/var/lib/softhsm/tokens';

/** Null where it can run here; else the reason, for a skip's title. */
export async function whyNoToken(): Promise<string | null> {
  if (library() === undefined || !existsSync(UTIL)) return 'SoftHSM2 is not installed';
  try {
    accessSync(STORE, constants.W_OK);
  } catch {
    return 'the token store of SoftHSM2 cannot be written';
  }
  try {
    await import('pkcs11js');
    return null;
  } catch {
    return 'pkcs11js is not built: npm rebuild pkcs11js --ignore-scripts=false';
  }
}

const library = (): string | undefined => LIBRARIES.find((file) => existsSync(file));

export interface SoftToken {
  readonly place: Pkcs11Place;
  readonly remove: () => void;
}

export function freshToken(): SoftToken {
  const [token, pin] = [`keyledger ${toHex(randomOctets(6))}`, pinDigits(8)];
  const run = (...options: readonly string[]): void => void execFileSync(UTIL, [...options], { stdio: 'ignore' });
  run('--init-token', '--free', '--label', token, '--pin', pin, '--so-pin', pinDigits(8));
  return { place: { library: library() ?? '', token, pin }, remove: () => run('--delete-token', '--token', token) };
}
