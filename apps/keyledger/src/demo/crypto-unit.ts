/** Where a demo's signing keys lie: in its cards, in files, or in a PKCS #11 token. Chosen at the founding, once. */
import { join } from 'node:path';
import { utf8 } from '#libs/kernel/bytes.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';
import { type SigningKeys, keysInside } from '#module-emulator/chip-card/keys.ts';
import { type Pkcs11Place, pkcs11Keys } from '#module-emulator/crypto-unit/pkcs11-keys.ts';
import { softKeys } from '#module-emulator/crypto-unit/soft-keys.ts';
import type { Places } from './places.ts';

/** `pin` opens the key for whoever has it: that is what `host` means. */
export type UnitChoice =
  | { readonly kind: 'card' }
  | { readonly kind: 'soft'; readonly pin: string }
  | ({ readonly kind: 'pkcs11' } & Pkcs11Place);

export const CARDS_ONLY: UnitChoice = { kind: 'card' };

export function chooseUnit(places: Places, choice: UnitChoice): void {
  if (choice.kind !== 'card') replaceWhole(places.cryptoUnit, utf8(JSON.stringify(choice)));
}

export function chosenUnit({ cryptoUnit }: Places): UnitChoice {
  const octets = readWhole(cryptoUnit);
  return octets === null ? CARDS_ONLY : (JSON.parse(Buffer.from(octets).toString('utf8')) as UnitChoice); // our own file
}

export interface OpenUnit {
  readonly keysOf: (card: string) => SigningKeys;
  readonly close: () => void;
}

/** Throws one clear sentence where the token does not open. */
export async function openUnit(places: Places): Promise<OpenUnit> {
  const choice = chosenUnit(places);
  if (choice.kind === 'pkcs11') {
    const keys = await pkcs11Keys(choice);
    return { keysOf: () => keys, close: () => keys.close() };
  }
  if (choice.kind === 'card') return { keysOf: () => keysInside, close: () => undefined };
  const { pin } = choice;
  return { keysOf: (card) => softKeys({ file: join(places.vault, `${card}.key.pem`), pin }), close: () => undefined };
}
