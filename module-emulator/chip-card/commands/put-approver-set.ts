/** PUT APPROVER SET: the first one, with the deployment's other pins; once, at issue, with both custodians' PINs. */
import { STATUS } from '#libs/chip-card-protocol/commands.ts';
import { decodeFields } from '#libs/chip-card-protocol/fields.ts';
import { parseApproverSet } from '#libs/kernel/approver-set.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { keyFromSpki } from '#libs/kernel/hash.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { type CardCommand, no, ok } from '../context.ts';

export const putApproverSet: CardCommand = (card, { data }) => {
  if (!card.session.bothCustodians) return no(STATUS.SECURITY_NOT_SATISFIED, 'CUSTODIAN_PINS_NEEDED');
  if (card.memory.life !== 'manufactured') return no(STATUS.CONDITIONS_NOT_SATISFIED, 'APPROVER_SET_ALREADY_PUT');
  const fields = decodeFields(data, 5);
  if (isRefusal(fields)) return no(STATUS.WRONG_DATA, fields.code);
  const [genesis, approverSet, leaseKey, identityCa, organization] = fields.map(toBase64url);
  const set = parseApproverSet(fields[1] ?? new Uint8Array());
  if (isRefusal(set)) return no(STATUS.WRONG_DATA, set.code);
  if (fields[0]?.length !== 32 || !isKey(fields[2]) || !isKey(fields[3])) return no(STATUS.WRONG_DATA, 'PINS_MALFORMED');
  card.remember({
    ...card.memory,
    life: 'initialized',
    customer: {
      genesis: genesis ?? '',
      approverSet: approverSet ?? '',
      leaseKeySpki: leaseKey ?? '',
      identityCaSpki: identityCa ?? '',
      organization: Buffer.from(organization ?? '', 'base64url').toString('latin1'),
    },
  });
  return ok();
};

function isKey(spki: Uint8Array | undefined): boolean {
  try {
    keyFromSpki(spki ?? new Uint8Array());
    return true;
  } catch {
    return false; // octets that are no P-256 key
  }
}
