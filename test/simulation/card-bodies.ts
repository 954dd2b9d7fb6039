/** Cards for random histories: each a real emulated card with its own log, and everything that the record knows of it. */
import type { OrderCase, Signer } from '#libs/approval/approval.ts';
import { decodeLogEntry, encodeLogEntry, headAfter } from '#libs/chip-card-protocol/log-entry.ts';
import { ruleFor } from '#libs/kernel/approver-set.ts';
import { fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { type PersonalizeOrder, orderId, parseOrder } from '#libs/kernel/order.ts';
import { type Known, nothingKnown } from '#libs/proof/known.ts';
import { complete, reserve } from '#module-emulator/chip-card/log.ts';
import { keysInside } from '#module-emulator/chip-card/keys.ts';
import { cardLaws } from '#module-emulator/chip-card/law.ts';
import { type CardMemory, publicSpki } from '#module-emulator/chip-card/memory.ts';
import { CardSession } from '#module-emulator/chip-card/session.ts';
import { CardBench } from '#test/attacks/card-bench.ts';
import { CardWorld, NOW, cardKeyOf, newKey, officers, orThrow, spkiOfPrivate } from '#test/attacks/card-world.ts';
import type { Position } from '#libs/kernel/event.ts';

export interface WrittenOrder {
  readonly bytes: Uint8Array;
  readonly id: string;
  readonly order: PersonalizeOrder;
  readonly it: OrderCase;
}

/** A card as it was before any history began, an order of it that is on record, and one that is not. */
export interface Blank {
  readonly name: string;
  readonly memory: CardMemory;
  readonly approved: WrittenOrder;
  readonly rogue: WrittenOrder;
}

export const SERIALS = Array.from({ length: 16 }, (_, at) => `SM-${String(at + 100).padStart(6, '0')}`);
const SPKI = spkiOfPrivate(newKey());
const world = new CardWorld();
const signers: readonly Signer[] = [officers.ada, officers.ben].map(({ id, roles, keys: [key] }) => ({
  person: id,
  kid: key?.kid ?? '',
  keyClass: 'A',
  roles,
}));

export async function blanks(names: readonly string[]): Promise<readonly Blank[]> {
  const all: Blank[] = [];
  for (const name of names) {
    const memory = { ...(await world.active(name)), capacity: 1000 };
    const [approved, rogue] = [NOW + 7 * 86_400, NOW + 8 * 86_400].map((reportBy) => written(memory, reportBy));
    if (approved !== undefined && rogue !== undefined) all.push({ name, memory, approved, rogue });
  }
  return all;
}

function written(memory: CardMemory, reportBy: number): WrittenOrder {
  const bytes = world.personalizeOrder(memory, { serials: SERIALS, reportBy });
  const order = orThrow(parseOrder(bytes));
  if (order.kind !== 'personalize') throw new Error('an order to personalize was written');
  const pins = { genesis: world.genesisId, approverSet: world.setHash };
  const it = { order, setBytes: world.setBytes, set: world.set, rule: ruleFor(world.set, order), pins };
  return { bytes, id: orderId(bytes), order, it };
}

/** What the record knows before a history: the cards, and one approved order of each. */
export function knownOf(cards: readonly Blank[]): Known {
  const known = nothingKnown();
  const position = '0' as Position;
  for (const { name, memory, approved } of cards) {
    const key = { cardKey: cardKeyOf(memory), spki: publicSpki(memory.signingKey), logKey: publicSpki(memory.logKey) };
    // Issue and certificates of a card are looked at by nothing that reads logs.
    known.cards.set(name, { issue: {}, key, entries: [] } as never);
    const approvals = signers.map((signer) => ({ signer, position }));
    const { id, bytes, it } = approved;
    known.orders.set(id, { id, it, bytes, serials: SERIALS, requested: position, approvals, ended: null });
  }
  return known;
}

export interface Signed {
  readonly number: number;
  readonly head: string;
  readonly previousHead: string;
  /** base64url of the entry's octets. */
  readonly entry: string;
}

/** One signature as SIGN CERTIFICATE makes it once its law has let it: reserve, sign, make durable. `skips` numbers are left out by a faulty card. */
export function signOn(
  bench: CardBench,
  it: { readonly order: WrittenOrder; readonly serial: string; readonly time: number; readonly skips: number },
): Signed {
  const card = {
    get memory() {
      return bench.image.read();
    },
    remember: (next: CardMemory) => bench.image.write(next),
    session: new CardSession(),
    laws: cardLaws,
    keys: keysInside,
    random: () => new Uint8Array(),
  };
  const { order, bytes } = it.order;
  const presented = { bytes, it: it.order.it, signers };
  const attestation = { epoch: 1, serial: it.serial, spki: SPKI } as never; // all that a reservation takes of it
  reserve(card, { presented, order, time: it.time, attestation });
  leaveOut(bench, it.skips);
  const { entry } = complete(card);
  const octets = fromBase64url(entry) ?? new Uint8Array();
  const { number, previousHead } = orThrow(decodeLogEntry(octets));
  return { number, head: toBase64url(headAfter(octets)), previousHead: toBase64url(previousHead), entry };
}

/** A card that left a number out goes on behind it. */
function leaveOut(bench: CardBench, skips: number): void {
  const memory = bench.image.read();
  const number = numberAfter(memory) + skips;
  if (number === memory.log.length + 1) return;
  if (memory.reserved === null) throw new Error('a number was just reserved');
  const draft = orThrow(decodeLogEntry(fromBase64url(memory.reserved.draft) ?? new Uint8Array()));
  const text = toBase64url(encodeLogEntry({ ...draft, number }));
  bench.image.write({ ...memory, reserved: { ...memory.reserved, draft: text } });
}

function numberAfter({ log }: CardMemory): number {
  const last = log.at(-1);
  return last === undefined ? 1 : orThrow(decodeLogEntry(fromBase64url(last.entry) ?? new Uint8Array())).number + 1;
}

/** Names the certificate in a report: the account of a card reads nothing else of it. */
export function fingerprintOf({ entry }: Signed): string {
  return hashId(fromBase64url(entry) ?? new Uint8Array());
}
