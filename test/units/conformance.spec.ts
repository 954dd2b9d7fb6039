/** Every crypto unit but the one in PC/SC, which shares its daemon with `pcsc.spec.ts`, and the table that lists them. */
import { describe, expect, test } from '@jest/globals';
import { UNIT_DRIVERS, cryptoUnit } from '#libs/crypto-unit/drivers.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { orThrow } from '#test/attacks/card-world.ts';
import { conformance } from './conformance.ts';
import { KINDS, type Kind, whyNot } from './units-at-hand.ts';

const reasons = new Map(await Promise.all(KINDS.map(async (kind) => [kind, await whyNot(kind)] as const)));
const conform = (...kinds: readonly Kind[]): void =>
  kinds.forEach((kind) => conformance(kind, reasons.get(kind) ?? null));

describe('S13e S13b an ISO chip card, in process and in its own reader', () => conform('in process', 'iso'));
describe('S13f a PC Card', () => conform('pcmcia'));
describe('S13g external units, on USB and FireWire', () => conform('usb', 'firewire'));
describe('S13h software alone, and a token that signs for whoever has its PIN', () => conform('soft', 'pkcs11'));

describe('S13b the table of crypto units', () => {
  test('has a row for each kind, with its transport and who enforces the law', () => {
    expect(Object.entries(UNIT_DRIVERS).map(([kind, row]) => `${kind} ${row.requirement} ${row.enforcement}`)).toEqual([
      'iso S13e device',
      'pcsc S13e device',
      'pcmcia S13f device',
      'usb S13g device',
      'firewire S13g device',
      'pkcs11 S13g host',
      'soft S13h host',
    ]);
  });

  test('names what stands in no row', () => {
    const unknown = cryptoUnit('parallel:/dev/lp0');
    expect(isRefusal(unknown) && unknown.code).toBe('UNIT_UNKNOWN');
  });

  test('knows a unit that is not there by its silence', async () => {
    for (const kind of ['usb', 'pcmcia', 'firewire', 'iso', 'soft'])
      await expect(orThrow(cryptoUnit(`${kind}:/tmp/no-such-unit.sock`)).powerOn()).rejects.toMatchObject({
        code: 'CARD_GONE',
      });
  });
});
