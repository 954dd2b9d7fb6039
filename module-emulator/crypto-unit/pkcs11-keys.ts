/**
 * A signing key in a PKCS #11 token: born there, not to be taken out. The token signs any digest for whoever has its PIN, so
 * its enforcement is `host`, however good the token is; the law stands in the agent before it.
 */
import type { Handle, PKCS11 } from 'pkcs11js';
import { lowS } from '#libs/certificates/ecdsa.ts';
import { spkiOfPoint } from '#libs/certificates/p256.ts';
import { toHex } from '#libs/kernel/bytes.ts';
import { sha256 } from '#libs/kernel/hash.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { KeyUnavailable, type SigningKeys } from '../chip-card/keys.ts';
import { keyOutside, publicSpki } from '../chip-card/memory.ts';

export interface Pkcs11Place {
  /** Path of the token's library. */
  readonly library: string;
  /** Label of the token. */
  readonly token: string;
  readonly pin: string;
}

type Pkcs11Module = typeof import('pkcs11js');

/** DER of the object identifier of P-256. */
const P256 = Buffer.from('06082a8648ce3d030107', 'hex');
const LABEL = 'keyledger signing key';
const SIGNATURE_OCTETS = 64;

/** Opens the token and logs in. Throws KeyUnavailable where pkcs11js was not built, or there is no such token or PIN. */
export async function pkcs11Keys(place: Pkcs11Place): Promise<SigningKeys & { readonly close: () => void }> {
  const pkcs11js = await loaded();
  const token = new Token(pkcs11js, place);
  return {
    enforcement: 'host',
    make: () => token.make(),
    sign: (held, over) => token.sign(publicSpki(held), over),
    close: () => token.close(),
  };
}

async function loaded(): Promise<Pkcs11Module> {
  try {
    const loaded: { default: unknown } = await import('pkcs11js');
    return loaded.default as Pkcs11Module; // its types name the classes alone
  } catch (cause) {
    throw new KeyUnavailable('pkcs11js is not built here: npm rebuild pkcs11js --ignore-scripts=false', { cause });
  }
}

class Token {
  readonly #js: Pkcs11Module;
  readonly #library: PKCS11;
  readonly #session: Handle;

  constructor(js: Pkcs11Module, { library, token, pin }: Pkcs11Place) {
    this.#js = js;
    this.#library = new js.PKCS11();
    try {
      this.#library.load(library);
      this.#library.C_Initialize();
      this.#session = this.#library.C_OpenSession(this.#slotOf(token), js.CKF_RW_SESSION | js.CKF_SERIAL_SESSION);
      this.#library.C_Login(this.#session, js.CKU_USER, pin);
    } catch (cause) {
      throw new KeyUnavailable(`the token ${token} does not open`, { cause });
    }
  }

  #slotOf(token: string): Handle {
    const slots = this.#library.C_GetSlotList(true);
    const found = slots.find((slot) => this.#library.C_GetTokenInfo(slot).label.trim() === token);
    if (found === undefined) throw new KeyUnavailable(`there is no token ${token}`);
    return found;
  }

  /** Both halves get the hash of the public one as their id, by which the private one is found again. */
  make(): string {
    const js = this.#js;
    const mechanism = { mechanism: js.CKM_EC_KEY_PAIR_GEN };
    const id = { type: js.CKA_ID, value: Buffer.from(randomOctets(16)) };
    const label = { type: js.CKA_LABEL, value: LABEL };
    const onToken = { type: js.CKA_TOKEN, value: true };
    const open = [label, onToken, id, { type: js.CKA_EC_PARAMS, value: P256 }, { type: js.CKA_VERIFY, value: true }];
    const secret = [js.CKA_PRIVATE, js.CKA_SENSITIVE, js.CKA_SIGN].map((type) => ({ type, value: true }));
    const kept = [label, onToken, id, ...secret, { type: js.CKA_EXTRACTABLE, value: false }];
    const pair = this.#library.C_GenerateKeyPair(this.#session, mechanism, open, kept);
    const spki = this.#spkiOf(pair.publicKey);
    const named = [{ type: js.CKA_ID, value: Buffer.from(sha256(spki)) }];
    for (const half of [pair.publicKey, pair.privateKey]) this.#library.C_SetAttributeValue(this.#session, half, named);
    return keyOutside(spki);
  }

  /** CKA_EC_POINT is the point within an OCTET STRING. */
  #spkiOf(publicKey: Handle): Uint8Array {
    const [point] = this.#library.C_GetAttributeValue(this.#session, publicKey, [{ type: this.#js.CKA_EC_POINT }]);
    if (!Buffer.isBuffer(point?.value)) throw new KeyUnavailable('the token does not tell its public key');
    return spkiOfPoint(Uint8Array.from(point.value.subarray(2)));
  }

  /** The token knows ECDSA over a digest only; the hash is made outside. */
  sign(spki: Uint8Array, over: Uint8Array): Uint8Array {
    try {
      this.#library.C_SignInit(this.#session, { mechanism: this.#js.CKM_ECDSA }, this.#privateKey(spki));
      const digest = Buffer.from(sha256(over));
      return lowS(Uint8Array.from(this.#library.C_Sign(this.#session, digest, Buffer.alloc(SIGNATURE_OCTETS))));
    } catch (cause) {
      throw new KeyUnavailable(`the token does not sign with ${toHex(sha256(spki)).slice(0, 8)}`, { cause });
    }
  }

  #privateKey(spki: Uint8Array): Handle {
    const js = this.#js;
    this.#library.C_FindObjectsInit(this.#session, [
      { type: js.CKA_CLASS, value: js.CKO_PRIVATE_KEY },
      { type: js.CKA_ID, value: Buffer.from(sha256(spki)) },
    ]);
    const [found] = this.#library.C_FindObjects(this.#session, 1);
    this.#library.C_FindObjectsFinal(this.#session);
    if (found === undefined) throw new KeyUnavailable('the token holds no such key');
    return found;
  }

  close(): void {
    this.#library.C_CloseSession(this.#session);
    this.#library.C_Finalize();
    this.#library.close();
  }
}
