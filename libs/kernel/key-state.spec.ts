/** States of a key: the table of moves, whole (NIST SP 800-57 part 1, section 7). */
import { expect, test } from '@jest/globals';
import { KEY_MOVES, type KeyState, mayMove } from './key-state.ts';

const states = Object.keys(KEY_MOVES) as KeyState[];

test('every pair of states, and whether a key may move so', () => {
  const table = states.map((from) => `${from} -> ${states.filter((to) => mayMove(from, to)).join(' | ') || 'nothing'}`);
  expect(table).toEqual([
    'pre-active -> active | compromised | destroyed',
    'active -> suspended | deactivated | compromised',
    'suspended -> active | deactivated | compromised',
    'deactivated -> compromised | destroyed',
    'compromised -> destroyed-compromised',
    'destroyed -> destroyed-compromised',
    'destroyed-compromised -> nothing',
  ]);
});

test('compromised is final: nothing leads from it back to a key that is used', () => {
  const reached = new Set<KeyState>(['compromised']);
  for (const from of reached) for (const to of KEY_MOVES[from]) reached.add(to);
  expect([...reached]).toEqual(['compromised', 'destroyed-compromised']);
});

test('only a suspended key comes back into use, and no key stays where it is by a move', () => {
  expect(states.filter((from) => mayMove(from, 'active'))).toEqual(['pre-active', 'suspended']);
  expect(states.filter((state) => mayMove(state, state))).toEqual([]);
});
