/** SIGN LOG HEAD: number and head by the separate log key, over the caller's 16 octets, so that it is fresh. */
import { STATUS } from '#libs/chip-card-protocol/commands.ts';
import { encodeFields } from '#libs/chip-card-protocol/fields.ts';
import { encodeLogHead } from '#libs/chip-card-protocol/log-entry.ts';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import { type CardCommand, no, ok } from '../context.ts';
import { logHead, logNumber } from '../log.ts';
import { privateKey } from '../memory.ts';

export const signLogHead: CardCommand = ({ memory }, { data }) => {
  if (data.length !== 16) return no(STATUS.WRONG_LENGTH, 'NONCE_LENGTH');
  if (memory.logKey === null) return no(STATUS.CONDITIONS_NOT_SATISFIED, 'KEY_MISSING');
  const statement = encodeLogHead({ card: memory.card, number: logNumber(memory), head: logHead(memory), nonce: data });
  return ok(encodeFields(statement, signRaw(statement, privateKey(memory.logKey))));
};
