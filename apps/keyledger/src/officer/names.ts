/**
 * What people are called: one file beside the record, mode 0600, which can be corrected and thrown away. The record knows
 * pseudonyms alone, so that it stays whole and provable when a name has to go.
 */
import { join } from 'node:path';
import { utf8 } from '#libs/kernel/bytes.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { name } from '#libs/kernel/template.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';
import { Complaint } from '../config.ts';

export type Names = Readonly<Record<string, string>>;

export function namesFile(data: string): string {
  return join(data, 'people', 'names.json');
}

export function namesIn(data: string): Names {
  const octets = readWhole(namesFile(data));
  return octets === null ? {} : (JSON.parse(Buffer.from(octets).toString('utf8')) as Names); // written here alone
}

export function nameSomebody(data: string, operator: string, called: string): void {
  const pseudonym = name(operator, 'the pseudonym');
  if (isRefusal(pseudonym)) throw new Complaint('BAD_NAME', pseudonym.message);
  if (called.trim() === '' || called.length > 200) throw new Complaint('BAD_NAME', 'A name has 1 to 200 characters.');
  keep(data, { ...namesIn(data), [operator]: called });
}

/** The file without him, written anew: nothing of the name stays in it. Whether there was one. */
export function forget(data: string, operator: string): boolean {
  const { [operator]: gone, ...others } = namesIn(data);
  if (gone !== undefined) keep(data, others);
  return gone !== undefined;
}

function keep(data: string, names: Names): void {
  replaceWhole(namesFile(data), utf8(`${JSON.stringify(names, null, 2)}\n`));
}
