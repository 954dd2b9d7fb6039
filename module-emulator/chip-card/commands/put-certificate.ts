/** PUT CERTIFICATE: the card CA certificate on the key that was born here; its subject names every certificate to come. */
import { STATUS } from '#libs/chip-card-protocol/commands.ts';
import { parseCardAuthority } from '#libs/certificates/authority.ts';
import { equal, toBase64url } from '#libs/kernel/bytes.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { type CardCommand, no, ok } from '../context.ts';
import { publicSpki } from '../memory.ts';

export const putCertificate: CardCommand = (card, { data }) => {
  const { customer, signingKey, cardCa } = card.memory;
  if (customer === null || signingKey === null) return no(STATUS.CONDITIONS_NOT_SATISFIED, 'KEY_MISSING');
  if (cardCa !== null)
    return cardCa === toBase64url(data) ? ok() : no(STATUS.CONDITIONS_NOT_SATISFIED, 'CERTIFICATE_ALREADY_PUT');
  const parsed = parseCardAuthority(data);
  if (isRefusal(parsed)) return no(STATUS.WRONG_DATA, parsed.code);
  if (!equal(parsed.spki, publicSpki(signingKey))) return no(STATUS.WRONG_DATA, 'CERTIFICATE_OTHER_KEY');
  if (toBase64url(parsed.genesis) !== customer.genesis) return no(STATUS.WRONG_DATA, 'CERTIFICATE_OTHER_DEPLOYMENT');
  if (parsed.organization !== customer.organization) return no(STATUS.WRONG_DATA, 'CERTIFICATE_OTHER_CUSTOMER');
  if (parsed.enforcement !== card.keys.enforcement) return no(STATUS.WRONG_DATA, 'CERTIFICATE_OTHER_ENFORCEMENT');
  card.remember({ ...card.memory, life: 'issued', cardCa: toBase64url(data) });
  return ok();
};
