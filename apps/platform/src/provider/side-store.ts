/**
 * What lies beside the record of people who sign in by a provider: the key of each link, and the ID tokens that sessions
 * rest on. All of it is personal data, readable by its owner alone, and can be thrown away; the record stays whole.
 */
import { readdirSync, rmSync } from 'node:fs';
import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import type { JWK } from 'jose';
import { fromBase64url, toBase64url, utf8 } from '#libs/kernel/bytes.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { type Account, linkOf } from '#libs/kernel/provider-sign-in.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';

export interface KeptLink {
  readonly operator: string;
  readonly link: string;
  /** 32 octets, base64url. */
  readonly key: string;
}

export interface KeptToken {
  readonly token: string;
  readonly jwk: JWK;
}

export class SideStore {
  readonly #folder: string;

  /** In the platform's own folder. */
  constructor(platformFolder: string) {
    this.#folder = join(platformFolder, 'people');
  }

  /** Read anew each time: a verb of another process writes it. */
  links(): readonly KeptLink[] {
    const octets = readWhole(this.#linksFile);
    return octets === null ? [] : (JSON.parse(Buffer.from(octets).toString('utf8')) as KeptLink[]); // written here alone
  }

  /** The links that stand for this account; one, where nobody linked it twice. */
  linksTo(account: Account): readonly KeptLink[] {
    return this.links().filter(({ link, key }) => linkOf(fromBase64url(key) ?? new Uint8Array(), account) === link);
  }

  /** A fresh link: the same account linked again has another one. */
  link(operator: string, account: Account): string {
    const key = randomOctets(32);
    const link = linkOf(key, account);
    this.#keep([...this.links(), { operator, link, key: toBase64url(key) }]);
    return link;
  }

  keepToken(operator: string, hash: string, kept: KeptToken): void {
    replaceWhole(join(this.#tokensOf(operator), `${hash}.json`), utf8(JSON.stringify(kept)));
  }

  /** Null where it was thrown away, or never kept here. */
  token(operator: string, hash: string): KeptToken | null {
    const octets = readWhole(join(this.#tokensOf(operator), `${hash}.json`));
    return octets === null ? null : (JSON.parse(Buffer.from(octets).toString('utf8')) as KeptToken);
  }

  /** Everything of one person. Whether there was anything. */
  forget(operator: string): boolean {
    const links = this.links();
    const others = links.filter((one) => one.operator !== operator);
    if (others.length < links.length) this.#keep(others);
    const had = filesIn(this.#tokensOf(operator)) > 0;
    rmSync(this.#tokensOf(operator), { recursive: true, force: true });
    return had || others.length < links.length;
  }

  get #linksFile(): string {
    return join(this.#folder, 'links.json');
  }

  #tokensOf(operator: string): string {
    return join(
      this.#folder,
      'id-tokens',
      operator.replace(/[^A-Za-z0-9-]/g, (one) => `_${one.charCodeAt(0)}_`),
    );
  }

  #keep(links: readonly KeptLink[]): void {
    replaceWhole(this.#linksFile, utf8(`${JSON.stringify(links, null, 2)}\n`));
  }
}

function filesIn(folder: string): number {
  try {
    return readdirSync(folder).length;
  } catch {
    return 0; // there is none
  }
}
