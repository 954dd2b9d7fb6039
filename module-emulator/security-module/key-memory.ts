/**
 * The key memory: keys that can be used and never read (S02c, S09a). A handle signs, shows its public
 * key and ends TLS sessions; the private octets stay in a private field and in the sealed image.
 */
import { type KeyObject, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import { fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import { hashId, publicHalf, spkiOf } from '#libs/kernel/hash.ts';
import { Recent } from '#libs/kernel/recent.ts';
import type { Refusal } from '#libs/kernel/refusal.ts';
import { type SecureSession, moduleServer } from '#libs/personalization-protocol/tls.ts';
import { sessionClient } from '#libs/operation-protocol/tls.ts';

/** Keys as the module's processor has them at hand; named by their digest, so that no secret text is kept. */
const OPENED = new Recent<KeyObject>(64);

export class KeyHandle {
  readonly #key: KeyObject;

  private constructor(key: KeyObject) {
    this.#key = key;
  }

  /** From the member of the image that holds it, base64url PKCS #8. Throws when it is no P-256 key. */
  static open(member: string): KeyHandle {
    const octets = fromBase64url(member) ?? new Uint8Array();
    const key = { key: Buffer.from(octets), format: 'der', type: 'pkcs8' } as const;
    return new KeyHandle(OPENED.get(hashId(octets), () => createPrivateKey(key)));
  }

  /** ECDSA P-256 with SHA-256, 64 octets r‖s, low-S. */
  sign(octets: Uint8Array): Uint8Array {
    return signRaw(octets, this.#key);
  }

  /** SubjectPublicKeyInfo, DER. */
  publicKey(): Uint8Array {
    return spkiOf(publicHalf(this.#key));
  }

  /** Ends a TLS session of the personalization line with this key. Refuses LINE_HANDSHAKE. */
  serveLine(duplex: Duplex, chainPem: string): Promise<SecureSession | Refusal> {
    return moduleServer(duplex, { chainPem, keyPem: this.#pem() });
  }

  /** Opens a mutually authenticated TLS session to a station with this key. Refuses LINE_HANDSHAKE. */
  openStation(duplex: Duplex, chainPem: string): Promise<SecureSession | Refusal> {
    return sessionClient(duplex, { chainPem, keyPem: this.#pem() });
  }

  #pem(): string {
    return this.#key.export({ format: 'pem', type: 'pkcs8' }).toString();
  }
}

/** A new key for the image, base64url PKCS #8. Only the emulator's own files call it. */
export function newIdentityKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return toBase64url(Uint8Array.from(privateKey.export({ format: 'der', type: 'pkcs8' })));
}
