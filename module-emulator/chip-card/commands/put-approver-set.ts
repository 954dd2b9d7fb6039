/** PUT APPROVER SET: the first one, with the deployment's other pins; once, at issue, with both custodians' PINs. */
import { STATUS } from '#libs/chip-card-protocol/commands.ts';
import { decodeFields } from '#libs/chip-card-protocol/fields.ts';
import { isP256Spki } from '#libs/certificates/p256.ts';
import { parseApproverSet } from '#libs/kernel/approver-set.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { type CardCommand, no, ok } from '../context.ts';

const NOTHING = new Uint8Array();

export const putApproverSet: CardCommand = (card, { data }) => {
  if (card.memory.life !== 'manufactured') return no(STATUS.CONDITIONS_NOT_SATISFIED, 'APPROVER_SET_ALREADY_PUT');
  const fields = decodeFields(data, 5);
  if (isRefusal(fields)) return no(STATUS.WRONG_DATA, fields.code);
  const [genesis = NOTHING, approverSet = NOTHING, leaseKey = NOTHING, identityCa = NOTHING, organization = NOTHING] =
    fields;
  const set = parseApproverSet(approverSet);
  if (isRefusal(set)) return no(STATUS.WRONG_DATA, set.code);
  if (genesis.length !== 32 || !isP256Spki(leaseKey) || !isP256Spki(identityCa))
    return no(STATUS.WRONG_DATA, 'PINS_MALFORMED');
  card.remember({
    ...card.memory,
    life: 'initialized',
    customer: {
      genesis: toBase64url(genesis),
      approverSet: toBase64url(approverSet),
      leaseKeySpki: toBase64url(leaseKey),
      identityCaSpki: toBase64url(identityCa),
      organization: Buffer.from(organization).toString('latin1'),
    },
  });
  return ok();
};
