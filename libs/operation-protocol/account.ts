/**
 * The account in a withdrawal: signed only as a salted commitment, so that neither message nor signature, which the
 * record keeps for ever, lets anybody try account numbers. The opening goes beside it, inside the session.
 */
import { ascii, concat, fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { type Read, closed, text } from '#libs/kernel/template.ts';

export const accountOpening = closed({
  account: text(34, /^[A-Z0-9]{4,34}$/),
  /** 16 octets, base64url. */
  salt: text(22, /^[A-Za-z0-9_-]{22}$/),
});

export type AccountOpening = Read<typeof accountOpening>;

/** SHA-256(`keyledger account v1\n` ‖ salt ‖ account), base64url. */
export function commitmentTo({ account, salt }: AccountOpening): string {
  const octets = fromBase64url(salt) ?? new Uint8Array();
  return hashId(concat(ascii('keyledger account v1\n'), octets, ascii(account)));
}

export function openingOf(account: string): AccountOpening {
  return { account, salt: toBase64url(randomOctets(16)) };
}
