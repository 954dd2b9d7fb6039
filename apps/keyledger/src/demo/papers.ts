/** The papers that come with a device: what its maker tells whoever receives it, so that nobody has to look into the device. */
import { join } from 'node:path';
import { utf8 } from '#libs/kernel/bytes.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';
import type { Places } from './places.ts';

/** Of a chip card: hash of its device key, base64url. */
export interface CardPaper {
  readonly deviceKey: string;
  /** `host` where the law stands in an agent beside a token or a key file; absent for a card. */
  readonly enforcement?: 'host';
}

/** Of a security module: identity certificate and the CA above it, DER in base64url. */
export interface ModulePaper {
  readonly identity: string;
  readonly identityCa: string;
}

export function writePaper({ papers }: Places, device: string, paper: CardPaper | ModulePaper): void {
  replaceWhole(join(papers, `${device}.json`), utf8(JSON.stringify(paper, null, 2)));
}

/** Throws one clear sentence where a device came without. */
function paperOf({ papers }: Places, device: string): unknown {
  const file = join(papers, `${device}.json`);
  const octets = readWhole(file);
  if (octets === null) throw new Error(`${device} has no papers: ${file} is missing.`);
  return JSON.parse(Buffer.from(octets).toString('utf8')); // our own file
}

export function cardPaper(places: Places, card: string): CardPaper {
  return paperOf(places, card) as CardPaper;
}

export function modulePaper(places: Places, serial: string): ModulePaper {
  return paperOf(places, serial) as ModulePaper;
}
