/** READ LOG: one entry by its number (S29a). Readable without a PIN, alterable by nobody. */
import { STATUS } from '#libs/chip-card-protocol/commands.ts';
import { type CardCommand, no, ok } from '../context.ts';
import { octets } from '../memory.ts';

export const readLog: CardCommand = ({ memory }, { data }) => {
  if (data.length !== 2) return no(STATUS.WRONG_LENGTH, 'LOG_NUMBER_MALFORMED');
  const number = Buffer.from(data).readUInt16BE();
  if (number > 0 && number <= memory.archived.number) return no(STATUS.NOT_FOUND, 'LOG_ENTRY_ARCHIVED');
  const issue = memory.log[number - memory.archived.number - 1];
  return issue === undefined ? no(STATUS.NOT_FOUND, 'LOG_ENTRY_UNKNOWN') : ok(octets(issue.entry));
};
