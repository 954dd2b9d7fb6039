/** `--unit`: where a new demo keeps its signing keys. */
import { InvalidArgumentError } from 'commander';
import { pinDigits } from '#libs/kernel/ids.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { closed, text } from '#libs/kernel/template.ts';
import { readWhole } from '#libs/local/durable-file.ts';
import type { UnitChoice } from '../demo/crypto-unit.ts';

const token = closed({ library: text(4096), token: text(32), pin: text(64) });

/** `card`, `soft`, or the path of a JSON file, so that no PIN stands on a command line. */
export function unitOf(given: string): UnitChoice {
  if (given === 'card') return { kind: 'card' };
  if (given === 'soft') return { kind: 'soft', pin: pinDigits(8) };
  const octets = readWhole(given);
  if (octets === null) throw new InvalidArgumentError('It is card, soft, or a JSON file {library, token, pin}.');
  const read = token(parsed(octets), given);
  if (isRefusal(read)) throw new InvalidArgumentError(read.message);
  return { kind: 'pkcs11', ...read };
}

function parsed(octets: Uint8Array): Parameters<typeof token>[0] {
  try {
    return JSON.parse(Buffer.from(octets).toString('utf8')) as Parameters<typeof token>[0];
  } catch {
    throw new InvalidArgumentError('The file is no JSON.');
  }
}
