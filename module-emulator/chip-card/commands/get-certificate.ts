/** GET CERTIFICATE (GET DATA, ISO 7816-4 §11.4.3): the card CA certificate. Public: read without a PIN. */
import { STATUS } from '#libs/chip-card-protocol/commands.ts';
import { type CardCommand, no, ok } from '../context.ts';
import { octets } from '../memory.ts';

export const getCertificate: CardCommand = ({ memory }) =>
  memory.cardCa === null ? no(STATUS.NOT_FOUND, 'CERTIFICATE_MISSING') : ok(octets(memory.cardCa));
