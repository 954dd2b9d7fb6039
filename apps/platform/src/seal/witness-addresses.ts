/** Where witnesses are asked, as the operator wrote it down beside the record: the record names them and their keys, and no address. */
import { readWhole } from '#libs/local/durable-file.ts';
import { WITNESSES_MAX } from '#libs/kernel/witness-policy.ts';
import type { WitnessAddress } from './cosigner.ts';

/** In the platform's folder: a JSON list of `{name, address}`. */
export const WITNESSES_FILE = 'witnesses.json';

const NAME = /^[A-Za-z0-9][A-Za-z0-9.:/-]{0,63}$/;

/** None where there is no such file. Throws one clear sentence where it makes no sense. */
export function readAddresses(file: string): readonly WitnessAddress[] {
  const octets = readWhole(file);
  if (octets === null) return [];
  const all = parsed(octets);
  if (!Array.isArray(all) || all.length > WITNESSES_MAX)
    throw bad(file, `it is a list of up to ${WITNESSES_MAX} witnesses`);
  return all.map((one: unknown, at) => {
    const { name, address } = (typeof one === 'object' && one !== null ? one : {}) as Partial<WitnessAddress>;
    if (typeof name !== 'string' || !NAME.test(name))
      throw bad(file, `the name of witness ${at + 1} is not the name in its key`);
    if (typeof address !== 'string' || !isAddress(address))
      throw bad(file, `the address of witness ${name} is no http or https address without a user, and no local socket`);
    return { name, address };
  });
}

function isAddress(address: string): boolean {
  if (address.startsWith('/')) return true;
  const url = URL.canParse(address) ? new URL(address) : null;
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}

function parsed(octets: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(octets).toString('utf8'));
  } catch {
    return null; // said by the caller
  }
}

function bad(file: string, why: string): Error {
  return new Error(`The file ${file} cannot be used: ${why}.`);
}
