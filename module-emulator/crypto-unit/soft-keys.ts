/**
 * A signing key in a file (S13h), encrypted under the unit's PIN. Whoever has file and PIN signs what he likes, with any
 * program: so its enforcement is `host`, and a policy has to let it in.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import { equal, utf8 } from '#libs/kernel/bytes.ts';
import { spkiOf } from '#libs/kernel/hash.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';
import { KeyUnavailable, type SigningKeys } from '../chip-card/keys.ts';
import { keyOutside, publicSpki } from '../chip-card/memory.ts';

export interface SoftKeyPlace {
  /** Path of the key, PKCS #8, PEM, encrypted. */
  readonly file: string;
  readonly pin: string;
}

export function softKeys({ file, pin }: SoftKeyPlace): SigningKeys {
  return {
    enforcement: 'host',
    make: () => {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const sealed = privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: pin });
      replaceWhole(file, utf8(sealed.toString()));
      return keyOutside(spkiOf(publicKey));
    },
    sign: (held, over) => signRaw(over, openKey({ file, pin }, publicSpki(held))),
  };
}

function openKey({ file, pin }: SoftKeyPlace, spki: Uint8Array) {
  const octets = readWhole(file);
  if (octets === null) throw new KeyUnavailable('the key file is gone');
  const key = opened(octets, pin);
  if (!equal(spkiOf(createPublicKey(key)), spki)) throw new KeyUnavailable('the file holds another key');
  return key;
}

function opened(octets: Uint8Array, pin: string) {
  try {
    return createPrivateKey({ key: Buffer.from(octets), format: 'pem', passphrase: pin });
  } catch (cause) {
    throw new KeyUnavailable('the key file does not open with this PIN', { cause });
  }
}
