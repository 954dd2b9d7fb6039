/**
 * What every secure element must hold, chip card and security module alike (S08a): one suite. An element is used through
 * its own interface; its memory lies in a real sealed image with a real counter, and the power may go at any writing.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import { verifyRaw } from '#libs/certificates/ecdsa.ts';
import { fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import { keyFromSpki, spkiOf } from '#libs/kernel/hash.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { counterFile } from '#module-emulator/counter-file.ts';
import { type SealedImage, openSealedImage } from '#module-emulator/sealed-image.ts';

/** An element with power. */
export interface Element {
  /** SPKI of its own key, DER, as it shows it. */
  readonly publicKey: () => Promise<Uint8Array>;
  /** Something that it signs with that key. */
  readonly sign: () => Promise<{ readonly over: Uint8Array; readonly signature: Uint8Array }>;
  /** Certifies or makes one key more; gives its own count of them. */
  readonly advance: () => Promise<number>;
  /** Octets in, octets out: whatever an attacker sends. */
  readonly transmit: (octets: Uint8Array) => Promise<Uint8Array>;
  /** Every command that it has, with something to read in each. */
  readonly commands: readonly Uint8Array[];
  /** All octets that it has given so far. */
  readonly given: () => Buffer;
  /** The object itself, as a program sees it. */
  readonly device: object;
}

export interface ElementKind<Memory> {
  readonly name: string;
  /** As its maker leaves it, with this key entered as its own, base64url PKCS #8. */
  readonly made: (ownKey: string) => Promise<Memory>;
  readonly powerOn: (image: SealedImage<Memory>) => Promise<Element>;
  /** Every private key and PIN hash in its memory, base64url. */
  readonly secrets: (memory: Memory) => readonly string[];
}

class PowerLost extends Error {}

/** Windows of eight octets of each secret, raw and as text. */
function canariesOf(secrets: readonly string[]): readonly Buffer[] {
  return secrets.flatMap((secret) => {
    const octets = Buffer.from(fromBase64url(secret) ?? []);
    const scalar = octets.length > 68 ? octets.subarray(36, 68) : octets; // PKCS #8 of P-256 (RFC 5915)
    const text = Buffer.from(secret.length > 90 ? secret.slice(48, 90) : secret);
    return [scalar, text].flatMap((whole) =>
      Array.from({ length: Math.floor(whole.length / 8) }, (_, at) => whole.subarray(at * 8, at * 8 + 8)),
    );
  });
}

export function conforms<Memory>(kind: ElementKind<Memory>): void {
  const folder = mkdtempSync(join(tmpdir(), 'keyledger-element-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const ownKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const member = toBase64url(Uint8Array.from(ownKey.export({ format: 'der', type: 'pkcs8' })));
  let made = 0;

  async function fresh() {
    const name = String((made += 1));
    const sealingKey = randomOctets(32);
    const source = {
      file: join(folder, 'images', name),
      device: name,
      sealingKey,
      counter: counterFile(join(folder, 'counters', name)),
    };
    const first = openSealedImage<Memory>({ ...source, empty: await kind.made(member) });
    if (isRefusal(first)) throw new Error(first.code);
    first.write(first.read());
    const image = (): SealedImage<Memory> => {
      const opened = openSealedImage<Memory>(source);
      if (isRefusal(opened)) throw new Error(opened.code);
      return opened;
    };
    return { source, image, powerOn: () => kind.powerOn(image()) };
  }

  describe(`S08a a secure element: ${kind.name}`, () => {
    test('S02d uses the key that was entered, and no command gives it out again', async () => {
      const it = await fresh();
      const element = await it.powerOn();
      const spki = await element.publicKey();
      expect(toBase64url(spki)).toBe(toBase64url(spkiOf(createPublicKey(ownKey))));
      const { over, signature } = await element.sign();
      expect(verifyRaw(over, signature, keyFromSpki(spki))).toBe(true);
      await element.advance();
      for (const command of element.commands) await element.transmit(command);
      const secrets = kind.secrets(it.image().read());
      expect(secrets).toContain(member);
      expect(canariesOf(secrets).length).toBeGreaterThan(8);
      expect(canariesOf(secrets).filter((canary) => element.given().includes(canary))).toEqual([]);
      expect(element.given().length).toBeGreaterThan(500);
    });

    test('S02c shows nothing of a key to a program that looks at it, nor to whoever reads its files', async () => {
      const it = await fresh();
      const element = await it.powerOn();
      await element.advance();
      const canaries = canariesOf(kind.secrets(it.image().read()));
      const seen = Buffer.from(
        `${inspect(element.device, { depth: 9, showHidden: true })}${JSON.stringify(element.device)}`,
      );
      const file = readFileSync(it.source.file);
      expect(canaries.filter((canary) => seen.includes(canary) || file.includes(canary))).toEqual([]);
    });

    test('S21b is the same after a loss of power', async () => {
      const it = await fresh();
      const before = await it.powerOn();
      const [spki, count] = [await before.publicKey(), await before.advance()];
      const after = await it.powerOn();
      expect(await after.publicKey()).toEqual(spki);
      expect(await after.advance()).toBe(count + 1);
    });

    test('S21b loses the power at any writing, before it or behind it, and never counts back', async () => {
      const it = await fresh();
      let least = await (await it.powerOn()).advance();
      for (let at = 0; at < 6; at += 1)
        for (const behind of [false, true]) {
          let writes = 0;
          const image = it.image();
          const cut: SealedImage<Memory> = {
            read: () => image.read(),
            write: (next) => {
              const isCut = writes === at;
              writes += 1;
              if (isCut && !behind) throw new PowerLost();
              image.write(next);
              if (isCut) throw new PowerLost();
            },
          };
          try {
            least = Math.max(least, await (await kind.powerOn(cut)).advance());
          } catch (error) {
            if (!(error instanceof PowerLost)) throw error;
          }
          const count = await (await it.powerOn()).advance();
          expect(count).toBeGreaterThan(least);
          least = count;
        }
    });

    test('S21b refuses an image of before, one of another device, and one that somebody touched', async () => {
      const it = await fresh();
      const before = readFileSync(it.source.file);
      await (await it.powerOn()).advance();
      const now = readFileSync(it.source.file);
      writeFileSync(it.source.file, before);
      expect(openSealedImage<Memory>(it.source)).toMatchObject({ code: 'IMAGE_OLD' });
      writeFileSync(it.source.file, now);
      expect(openSealedImage<Memory>({ ...it.source, device: 'another' })).toMatchObject({ code: 'IMAGE_ALTERED' });
      const touched = Buffer.from(now);
      touched[touched.length - 3]! ^= 1;
      writeFileSync(it.source.file, touched);
      expect(openSealedImage<Memory>(it.source)).toMatchObject({ code: 'IMAGE_ALTERED' });
    });

    test('S13c breaks under nothing that is sent to it, answers all of it, and gives no secret away', async () => {
      const it = await fresh();
      const element = await it.powerOn();
      await element.advance();
      for (const command of element.commands)
        for (let at = 0; at < 24; at += 1) {
          const octets = Uint8Array.from(command);
          const where = (at * 7919) % octets.length;
          octets[where] = (octets[where] ?? 0) ^ (1 + ((at * 31) % 255));
          const sent = at % 3 === 0 ? octets.slice(0, where) : octets;
          expect((await element.transmit(sent)).length).toBeGreaterThan(1);
        }
      const canaries = canariesOf(kind.secrets(it.image().read()));
      expect(canaries.filter((canary) => element.given().includes(canary))).toEqual([]);
      expect(
        createPrivateKey({ key: Buffer.from(fromBase64url(member) ?? []), format: 'der', type: 'pkcs8' }).type,
      ).toBe('private');
    });
  });
}
