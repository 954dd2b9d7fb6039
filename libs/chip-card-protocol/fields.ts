/** Several byte strings in one command: each behind its length in two octets. */
import { OctetReader, Truncated, concat, u16 } from '#libs/kernel/bytes.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';

export function encodeFields(...fields: readonly Uint8Array[]): Uint8Array {
  return concat(...fields.flatMap((field) => [u16(field.length), field]));
}

/** Exactly `count` fields and nothing behind them. */
export function decodeFields(octets: Uint8Array, count: number): readonly Uint8Array[] | Refusal {
  const malformed = refuse('FIELDS_MALFORMED', `The data does not hold exactly ${count} fields.`);
  try {
    const from = new OctetReader(octets);
    const fields = Array.from({ length: count }, () => from.take(from.u16()));
    return from.left === 0 ? fields : malformed;
  } catch (error) {
    if (error instanceof Truncated) return malformed;
    throw error;
  }
}
