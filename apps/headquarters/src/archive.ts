/**
 * A card's log taken into the custodians' archive: every entry is read, the chain is checked against the card's signed
 * head, all of it is durable here, and only then the receipt is signed by which the card makes room.
 */
import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import type { CardStatus, ChipCardClient } from '#libs/chip-card-protocol/client.ts';
import { FIRST_HEAD, decodeLogEntry, headAfter } from '#libs/chip-card-protocol/log-entry.ts';
import { encodeArchive } from '#libs/chip-card-protocol/statements.ts';
import { equal, fromBase64url, toBase64url, utf8 } from '#libs/kernel/bytes.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';

export interface ArchiveDesk {
  readonly folder: string;
  readonly leaseKey: KeyObject;
}

export interface Archived {
  readonly card: string;
  /** Entries that lie in the archive now, from the first on. */
  readonly entries: number;
}

const BROKEN = refuse(
  'ARCHIVE_CHAIN',
  'The entries of the card do not follow those in the archive; keep the card and find out why.',
);

/** With a card on which both custodians have verified their PINs. Nothing is forgotten before it lies in the archive. */
export async function archiveCardLog(card: ChipCardClient, desk: ArchiveDesk): Promise<Archived | Refusal> {
  const status = await card.status();
  if (isRefusal(status)) return status;
  const kept = keptOf(desk, status.card);
  const all = [...kept];
  for (let number = kept.length + 1; number <= status.logNumber; number += 1) {
    const entry = await card.readLog(number);
    if (isRefusal(entry)) return entry;
    all.push(entry);
  }
  if (!follows(all, status)) return BROKEN;
  replaceWhole(fileOf(desk, status.card), utf8(JSON.stringify(all.map(toBase64url))));
  const receipt = encodeArchive({ card: status.card, number: status.logNumber, head: status.head });
  const refusal = await card.archiveLog(receipt, signRaw(receipt, desk.leaseKey));
  return refusal ?? { card: status.card, entries: all.length };
}

function fileOf({ folder }: ArchiveDesk, card: string): string {
  return join(folder, `archive-${card.replace(/[^A-Za-z0-9.-]/g, '_')}.json`);
}

function keptOf(desk: ArchiveDesk, card: string): readonly Uint8Array[] {
  const octets = readWhole(fileOf(desk, card));
  const texts = octets === null ? [] : (JSON.parse(Buffer.from(octets).toString('utf8')) as string[]); // our own file
  return texts.map((text) => fromBase64url(text) ?? new Uint8Array());
}

/** Numbers without a gap, each head in the next entry, and the last one the card's own. */
function follows(entries: readonly Uint8Array[], { logNumber, head }: CardStatus): boolean {
  let before: Uint8Array = FIRST_HEAD;
  for (const [at, octets] of entries.entries()) {
    const entry = decodeLogEntry(octets);
    if (isRefusal(entry) || entry.number !== at + 1 || !equal(entry.previousHead, before)) return false;
    before = headAfter(octets);
  }
  return entries.length === logNumber && equal(before, head);
}
