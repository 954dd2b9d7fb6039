/** GENERATE KEY (ISO 7816-8): the signing key is born inside; the device key says so (birth statement). */
import { STATUS } from '#libs/chip-card-protocol/commands.ts';
import { encodeFields } from '#libs/chip-card-protocol/fields.ts';
import { encodeBirth } from '#libs/chip-card-protocol/statements.ts';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import { fromBase64url } from '#libs/kernel/bytes.ts';
import { type Card, type CardCommand, cardKeyOf, heldBy, no, ok } from '../context.ts';
import { newPrivateKey, octets, privateKey, publicSpki } from '../memory.ts';

export const generateKey: CardCommand = (card) => {
  if (card.memory.customer === null) return no(STATUS.CONDITIONS_NOT_SATISFIED, 'APPROVER_SET_MISSING');
  if (card.memory.cardCa !== null) return no(STATUS.CONDITIONS_NOT_SATISFIED, 'KEY_ALREADY_CERTIFIED');
  if (card.memory.signingKey === null)
    card.remember({ ...card.memory, signingKey: card.keys.make(), logKey: newPrivateKey() });
  const birth = birthOf(card);
  const { deviceKey, signingKey, deviceSignature } = card.memory;
  return ok(
    encodeFields(
      publicSpki(signingKey),
      birth,
      signRaw(birth, privateKey(deviceKey)),
      publicSpki(deviceKey),
      octets(deviceSignature),
    ),
  );
};

function birthOf(card: Card): Uint8Array {
  const { pins } = heldBy(card.memory);
  const hash = (text: string) => fromBase64url(text) ?? new Uint8Array(32);
  return encodeBirth({
    card: card.memory.card,
    cardKey: hash(cardKeyOf(card.memory)),
    genesis: hash(pins.genesis),
    approverSet: hash(pins.approverSet),
    enforcement: card.keys.enforcement,
    logKey: publicSpki(card.memory.logKey),
  });
}
