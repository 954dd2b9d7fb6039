/** `keyledger attack` as a person runs it: a line for each attacker, and an exit code that means something. */
import { describe, expect, it } from '@jest/globals';
import type { Terminal } from '#apps/keyledger/src/terminal.ts';
import { attack } from '#apps/keyledger/src/verbs/attack.ts';
import { fourEyes } from '#module-emulator/adversary/four-eyes.ts';
import { conceded, notYetMet } from '#module-emulator/adversary/named-attackers.ts';

function recorded(): Terminal & { readonly lines: string[]; readonly objects: object[]; readonly warnings: string[] } {
  const [lines, objects, warnings]: [string[], object[], string[]] = [[], [], []];
  return {
    json: false,
    ...{ lines, objects, warnings },
    line: (text) => lines.push(text),
    data: (value) => objects.push(value),
    warn: (text) => warnings.push(text),
    progress: () => undefined,
  };
}

describe('keyledger attack', () => {
  it('tries every attacker, prints who refused him, and exits 0 when nobody got anything', async () => {
    const terminal = recorded();
    expect(await attack({ count: 1, json: false }, terminal)).toBe(0);
    const said = terminal.lines.filter((line) => line.includes(' attempts, 0 obtained; refused by '));
    expect(said).toHaveLength(fourEyes.length);
    expect(terminal.lines.filter((line) => line.includes('falls, as announced'))).toHaveLength(conceded.length);
    expect(terminal.lines.filter((line) => line.includes('not met yet'))).toHaveLength(notYetMet.length);
    expect(terminal.objects.at(-1)).toMatchObject({ attackers: fourEyes.length, obtained: 0 });
    expect(terminal.lines.join('\n')).not.toContain('GOT THROUGH');
  });

  it('S31b says before it tries anybody that two class B persons fall to a hostile dashboard', async () => {
    const terminal = recorded();
    expect(await attack({ name: 'four-eyes', count: 1, json: false }, terminal)).toBe(0);
    const told = terminal.lines.findIndex((line) => /^beforehand: hostile dashboard .* two class B persons/.test(line));
    expect(told).toBeGreaterThanOrEqual(0);
    expect(told).toBeLessThan(terminal.lines.findIndex((line) => line.includes(' attempts, ')));
  });

  it('tries one attacker by a part of his name', async () => {
    const terminal = recorded();
    expect(await attack({ name: 'Relay', count: 4, json: true }, terminal)).toBe(0);
    expect(terminal.objects[0]).toMatchObject({ attacker: 'relay between two modules', attempts: 4, obtained: 0 });
  });

  it('comes to the same in several threads as in one', async () => {
    const told = [];
    for (const workers of [1, 2]) {
      const terminal = recorded();
      expect(await attack({ name: 'thief of', count: 9, seed: 'threads', workers, json: true }, terminal)).toBe(0);
      told.push(terminal.objects);
    }
    expect(told[0]?.at(-1)).toMatchObject({ attackers: 4, attempts: 36, obtained: 0, signatures: 0 });
    expect(told[1]).toEqual(told[0]);
  });

  it('exits 2 where nothing could be tried', async () => {
    const terminal = recorded();
    expect(await attack({ name: 'nobody of this name', count: 1, json: false }, terminal)).toBe(2);
    expect(await attack({ count: 0, json: false }, terminal)).toBe(2);
    expect(terminal.warnings).toHaveLength(2);
  });
});
