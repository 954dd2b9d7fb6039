/** Where witnesses are asked, as the operator wrote it down beside the record: the record names them and their keys, and no address. */
import { WITNESSES_MAX } from '#libs/kernel/witness-policy.ts';
import { unusable, writtenByHand } from '../by-hand.ts';
import type { WitnessAddress } from './cosigner.ts';

/** In the platform's folder: a JSON list of `{name, address}`. */
export const WITNESSES_FILE = 'witnesses.json';

const NAME = /^[A-Za-z0-9][A-Za-z0-9.:/-]{0,63}$/;

/** None where there is no such file. Throws one clear sentence where it makes no sense. */
export function readAddresses(file: string): readonly WitnessAddress[] {
  const written = writtenByHand(file);
  if (written === null) return [];
  const all = written.value;
  if (!Array.isArray(all) || all.length > WITNESSES_MAX)
    throw unusable(file, `it is a list of up to ${WITNESSES_MAX} witnesses`);
  return all.map((one: unknown, at) => {
    const { name, address } = (typeof one === 'object' && one !== null ? one : {}) as Partial<WitnessAddress>;
    if (typeof name !== 'string' || !NAME.test(name))
      throw unusable(file, `the name of witness ${at + 1} is not the name in its key`);
    if (typeof address !== 'string' || !isAddress(address))
      throw unusable(
        file,
        `the address of witness ${name} is no http or https address without a user, and no local socket`,
      );
    return { name, address };
  });
}

function isAddress(address: string): boolean {
  if (address.startsWith('/')) return true;
  const url = URL.canParse(address) ? new URL(address) : null;
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}
