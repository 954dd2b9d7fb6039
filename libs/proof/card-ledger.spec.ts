/** The account of a card, sighting by sighting, where the order in which they come in makes a difference. */
import { describe, expect, test } from '@jest/globals';
import { CardLedger, type EntrySighting } from './card-ledger.ts';

const FIRST = 'A'.repeat(43);
const at = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`;

function entry(number: number, head: string, previousHead: string, change: Partial<EntrySighting> = {}): EntrySighting {
  const named = { order: 'order', serial: `SM-${number}`, tbs: `tbs-${head}`, fingerprint: `print-${head}` };
  return {
    number,
    head,
    previousHead,
    ...named,
    cardTime: number,
    reported: true,
    backed: true,
    at: at(number),
    ...change,
  };
}

const said = (ledger: CardLedger): readonly string[] =>
  ledger.open.map(({ kind, number, head }) => `${kind} ${number} ${head}`);

describe('the account of a card', () => {
  test('S29a a number that was left out is told as soon as the entry before it is known, and not as an upload that is missing', () => {
    const ledger = new CardLedger();
    ledger.takeEntry(entry(1, 'a', FIRST));
    ledger.takeEntry(entry(4, 'd', 'b'));
    expect(said(ledger)).toEqual(['missing-upload 3 b']);
    ledger.takeEntry(entry(2, 'b', 'a'));
    expect(said(ledger)).toEqual(['skipped-counter 4 d']);
  });

  test('S29a a report that was withheld shows, when it comes, that an older image was read since', () => {
    const ledger = new CardLedger();
    ledger.takeEntry(entry(1, 'a', FIRST));
    ledger.takeHead({ number: 1, head: 'a', at: at(30) });
    expect(said(ledger)).toEqual([]);
    ledger.takeEntry(entry(2, 'b', 'a', { at: at(20) }));
    expect(said(ledger)).toEqual(['lost-tail 1 a']);
  });

  test('a reading that is told late accuses nobody: it was read before', () => {
    const ledger = new CardLedger();
    ledger.takeEntry(entry(1, 'a', FIRST));
    ledger.takeEntry(entry(2, 'b', 'a', { at: at(20) }));
    ledger.takeHead({ number: 1, head: 'a', at: at(10) });
    expect(said(ledger)).toEqual([]);
  });

  test('an upload that was missing is told with its module as soon as the log of the card shows it, and heals when it comes', () => {
    const ledger = new CardLedger();
    ledger.takeEntry(entry(2, 'b', 'a'));
    expect(ledger.open).toMatchObject([{ kind: 'missing-upload', number: 1, head: 'a', serial: null }]);
    ledger.takeEntry(entry(1, 'a', FIRST, { reported: false, fingerprint: null }));
    expect(ledger.open).toMatchObject([{ kind: 'missing-upload', serial: 'SM-1', fingerprint: null, tbs: 'tbs-a' }]);
    ledger.takeEntry(entry(1, 'a', FIRST));
    expect([ledger.open, ledger.healed.length, ledger.known]).toMatchObject([[], 1, { number: 2, head: 'b' }]);
  });

  test('a lease from before the suspension or after the review is none under a disabled key', () => {
    const ledger = new CardLedger();
    ledger.disable(10);
    ledger.disable(15);
    ledger.enable(20);
    const times = [10, 11, 20, 21];
    let before = FIRST;
    for (const [index, cardTime] of times.entries()) {
      ledger.takeEntry(entry(index + 1, `h${index}`, before, { cardTime }));
      before = `h${index}`;
    }
    expect(said(ledger)).toEqual(['used-while-disabled 2 h1', 'used-while-disabled 3 h2']);
  });

  test('an order that is approved after its signature was seen does not wash it clean', () => {
    const ledger = new CardLedger();
    ledger.takeEntry(entry(1, 'a', FIRST, { reported: false, backed: false, fingerprint: null }));
    ledger.takeEntry(entry(1, 'a', FIRST));
    expect(ledger.open).toMatchObject([{ kind: 'rogue-signature', number: 1, fingerprint: 'print-a' }]);
  });
});
