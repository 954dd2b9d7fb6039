/** The manual and the card speak of the same commands, checks, codes and status words. */
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { INSTRUCTIONS, PIN_OWNERS, STATUS } from '#libs/chip-card-protocol/commands.ts';
import { cardLaws } from './law.ts';

const manual = readFileSync(new URL('../../docs/card-manual.md', import.meta.url), 'latin1');
const words = new Set(manual.match(/[A-Z][A-Z0-9_]{3,}/g));
const hex = (octet: number): string => octet.toString(16).padStart(2, '0').toUpperCase();

const sources = ['./', './commands/']
  .flatMap((folder) => readdirSync(new URL(folder, import.meta.url)).map((file) => `${folder}${file}`))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
  .map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'));

const { fourEyes, ...others } = cardLaws;
const lawsOf = (them: object): readonly (readonly { readonly code: string }[])[] => Object.values(them as never);
const laws = [...lawsOf(fourEyes), ...lawsOf(others)];
const checks = laws.flatMap((law) => law.map(({ code }) => code));
const answered = sources.flatMap((text) =>
  [...text.matchAll(/(?:\bno\([^,()]+, |refuse\()'([A-Z0-9_]+)'/g)].map(([, code = '']) => code),
);

describe('S13b the manual of the card', () => {
  test.each(Object.entries(INSTRUCTIONS))('tells how %s is called', (name, { cla, ins, p1, p2 }) => {
    const header = name === 'VERIFY' ? '00 20 00 0X' : [cla, ins, p1, p2].map(hex).join(' ');
    expect(manual).toContain(`\`${header}\``);
  });

  test('has no command that the card does not have', () => {
    const headings = manual.match(/^### .* `[0-9A-FX ]{11}`$/gm) ?? [];
    expect(headings).toHaveLength(Object.keys(INSTRUCTIONS).length);
  });

  test('names every check of the laws of the card, and every code that a command answers', () => {
    expect(checks.length).toBeGreaterThan(40);
    expect(answered.length).toBeGreaterThan(40);
    expect([...checks, ...answered].filter((code) => !words.has(code))).toEqual([]);
  });

  test('names no code that the card does not have', () => {
    const said = sources.join('\n');
    const protocol = ['FIELDS_MALFORMED', 'STATEMENT_MALFORMED', 'APDU_MALFORMED'];
    const codes = [...words].filter((word) => word.includes('_'));
    expect(
      codes.filter((code) => !said.includes(`'${code}'`) && !protocol.includes(code) && !checks.includes(code)),
    ).toEqual([]);
  });

  test('names every status word', () => {
    const table = new Set([...manual.matchAll(/^\| ([0-9A-FX]{4}) \|/gm)].map(([, word]) => word));
    const known = Object.values(STATUS).map((word) => (word === STATUS.PIN_WRONG ? '63CX' : hex(word)));
    expect([...table].sort()).toEqual(known.sort());
  });

  test('names every owner of a PIN', () => {
    expect(Object.values(PIN_OWNERS)).toEqual([1, 2, 3]);
    expect(manual).toContain('P2: 01 technician, 02 and 03 the custodians');
  });
});
