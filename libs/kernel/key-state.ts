/**
 * States of a key and the moves between them (NIST SP 800-57 part 1 rev. 5, section 7).
 * An illegal move cannot be expressed: `move` takes only a pair that stands in the table.
 */
export const KEY_MOVES = {
  'pre-active': ['active', 'destroyed', 'compromised'],
  active: ['suspended', 'deactivated', 'compromised'],
  suspended: ['active', 'deactivated', 'compromised'],
  deactivated: ['destroyed', 'compromised'],
  compromised: ['destroyed-compromised'],
  destroyed: ['destroyed-compromised'],
  'destroyed-compromised': [],
} as const;

export type KeyState = keyof typeof KEY_MOVES;

export function mayMove(from: KeyState, to: KeyState): boolean {
  return (KEY_MOVES[from] as readonly KeyState[]).includes(to);
}
