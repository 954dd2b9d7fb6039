import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Decider, Fact } from '#libs/kernel/decider.ts';
import { refuse } from '#libs/kernel/refusal.ts';
import { given } from './given.ts';
import { expectGolden } from './golden.ts';
import { lifecycleTable } from './lifecycle.ts';

type Lamp = Fact<'LampLit', Record<string, never>>;
type Light = { readonly do: 'Light' };

const lamp: Decider<{ readonly is: 'dark' | 'lit' }, Light, Lamp> = {
  initial: { is: 'dark' },
  decide: (_command, state) => (state.is === 'lit' ? [] : [{ type: 'LampLit', data: {} }]),
  evolve: () => ({ is: 'lit' }),
};
const lit: Lamp = { type: 'LampLit', data: {} };
const of = {
  golden: new URL('file:///none'),
  commands: { light: { do: 'Light' } as const },
  shows: (it: { is: string }) => it.is,
};

describe('given, when, then', () => {
  test('holds', () => {
    given(lamp).when({ do: 'Light' }).then(lit);
    given(lamp, lit).when({ do: 'Light' }).nothing();
  });

  test('fails where the decision is another', () => {
    expect(() => {
      given(lamp).when({ do: 'Light' }).nothing();
    }).toThrow();
    expect(() => {
      given(lamp).when({ do: 'Light' }).then(lit, lit);
    }).toThrow();
    expect(() => {
      given(lamp).when({ do: 'Light' }).refused('DARK');
    }).toThrow();
    const broken = { ...lamp, decide: () => refuse('BROKEN', 'The lamp is broken; buy another one.') };
    given(broken).when({ do: 'Light' }).refused('BROKEN');
    expect(() => {
      given(broken).when({ do: 'Light' }).refused('DARK');
    }).toThrow();
    expect(() => {
      given(broken).when({ do: 'Light' }).nothing();
    }).toThrow();
  });
});

describe('a lifecycle table', () => {
  test('shows every state and what each command does in it', () => {
    const table = lifecycleTable(lamp, of).split('\n').slice(2).join('\n');
    expect(table).toBe('#0 dark\n    light -> LampLit -> #1\n\n#1 lit\n    nothing: light\n');
  });

  test('finds a command that happens twice, and a state that is changed in place', () => {
    const twice = { ...lamp, decide: () => [lit] };
    expect(() => lifecycleTable(twice, of)).toThrow('"light" happens again');
    const inPlace: typeof lamp = { ...lamp, evolve: (state) => Object.assign(state, { is: 'lit' as const }) };
    expect(() => lifecycleTable(inPlace, of)).toThrow(TypeError);
  });

  test('finds states without end', () => {
    const counter: Decider<number, Light, Lamp> = {
      initial: 0,
      decide: (_light, n) => (n % 2 === 0 ? [lit] : []),
      evolve: (n) => n + 1,
    };
    expect(() => lifecycleTable(counter, { ...of, shows: String, statesMax: 1 })).toThrow('more than 1 states');
  });
});

describe('a golden', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keyledger-kit-'));
  const file = join(folder, 'one.txt');
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('must be there and say the same', () => {
    expect(() => {
      expectGolden(pathToFileURL(file), 'one\n', 'compare');
    }).toThrow('is missing');
    writeFileSync(file, 'one\n');
    expectGolden(pathToFileURL(file), 'one\n', 'compare');
    expect(() => {
      expectGolden(pathToFileURL(file), 'two\n', 'compare');
    }).toThrow();
    expectGolden(pathToFileURL(file), 'two\n', 'write');
    expect(readFileSync(file, 'utf8')).toBe('two\n');
  });
});
