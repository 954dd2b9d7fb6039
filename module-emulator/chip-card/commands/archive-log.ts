/** ARCHIVE LOG: entries that headquarters keeps, by its signed receipt, make room for others; number and head go on. */
import { verifyRaw } from '#libs/certificates/ecdsa.ts';
import { STATUS } from '#libs/chip-card-protocol/commands.ts';
import { decodeFields } from '#libs/chip-card-protocol/fields.ts';
import { decodeArchive } from '#libs/chip-card-protocol/statements.ts';
import { keyFromSpki } from '#libs/kernel/hash.ts';
import { judge } from '#libs/kernel/law.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { type CardCommand, no, ok, refused } from '../context.ts';
import { headAt, withoutArchived } from '../log.ts';
import { octets } from '../memory.ts';

const NOTHING = new Uint8Array();

export const archiveLog: CardCommand = (card, { data }) => {
  const { memory } = card;
  if (memory.customer === null) return no(STATUS.CONDITIONS_NOT_SATISFIED, 'APPROVER_SET_MISSING');
  const fields = decodeFields(data, 2);
  if (isRefusal(fields)) return no(STATUS.WRONG_DATA, fields.code);
  const [statement = NOTHING, signature = NOTHING] = fields;
  const archive = decodeArchive(statement);
  if (isRefusal(archive)) return no(STATUS.WRONG_DATA, archive.code);
  const head = headAt(memory, archive.number);
  const leaseKey = keyFromSpki(octets(memory.customer.leaseKeySpki));
  const signatureHolds = verifyRaw(statement, signature, leaseKey);
  const refusal = judge(card.laws.archive, { archive, signatureHolds, card: memory.card, head });
  if (refusal !== null) return refused(refusal);
  if (head === null) return no(STATUS.NOT_FOUND, 'LOG_ENTRY_UNKNOWN');
  card.remember(withoutArchived(memory, archive.number));
  return ok();
};
