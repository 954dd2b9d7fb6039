/** Files that the operator writes by hand beside the record: JSON, and one clear sentence where it makes no sense. */
import { readWhole } from '#libs/local/durable-file.ts';

/** Null where there is no such file; the value is undefined where it is no JSON. */
export function writtenByHand(file: string): { readonly value: unknown } | null {
  const octets = readWhole(file);
  if (octets === null) return null;
  try {
    return { value: JSON.parse(Buffer.from(octets).toString('utf8')) };
  } catch {
    return { value: undefined };
  }
}

export function unusable(file: string, why: string): Error {
  return new Error(`The file ${file} cannot be used: ${why}.`);
}
