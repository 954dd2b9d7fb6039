/** A business "no": a value with a stable code, never an exception. Exceptions are defects and broken wires. */

export interface Refusal {
  readonly is: 'refusal';
  /** Stable, upper snake case; people and scripts may rely on it. */
  readonly code: string;
  /** One sentence: what was wrong and what would help. Never holds a secret or an attacker's bytes. */
  readonly message: string;
}

export function refuse(code: string, message: string): Refusal {
  return { is: 'refusal', code, message };
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'is' in value && value.is === 'refusal';
}

/** The compiler's proof that a switch forgot no case; reaching it at run time is a defect. */
export function never(value: never): never {
  throw new Error(`unreachable case: ${JSON.stringify(value)}`);
}
