/**
 * What no check can prevent, and where it ends: a lease for N behind a withdrawal, time that is withheld, copies of a card
 * with both of its stores. Each is bounded as it is said to be, and said where people read it.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { attackedStation } from '#apps/keyledger/src/verbs/attacked-station.ts';
import { decodeLogEntry, headAfter } from '#libs/chip-card-protocol/log-entry.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { renderOrder } from '#libs/kernel/order.ts';
import { sha256 } from '#libs/kernel/hash.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { account } from '#libs/proof/card-logs.ts';
import { nothingKnown } from '#libs/proof/known.ts';
import { Arena, paid } from '#module-emulator/adversary/arena.ts';
import { DAY, NOW } from '#module-emulator/adversary/bank.ts';
import { HeldCard, must } from '#module-emulator/adversary/held-card.ts';
import { HeldModule, deliveredModule } from '#module-emulator/adversary/held-module.ts';
import { fourEyes } from '#module-emulator/adversary/four-eyes.ts';
import { newKey, orThrow, spkiOfPrivate } from '#module-emulator/adversary/people.ts';
import { leaseFor } from '#module-emulator/adversary/visit.ts';
import { logOf } from '#test/kit/made-log.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await Arena.opened(attackedStation);
});

const SERIALS = ['SM-000013', 'SM-000014', 'SM-000015', 'SM-000016'];
const moduleOf = (serial: string) => new HeldModule(deliveredModule(arena.bank.maker, serial));
const printed = (bytes: Uint8Array): string => orThrow(renderOrder(bytes)).join('\n');
const sentence = (name: string): string => fourEyes.find((one) => one.name.startsWith(name))?.remains ?? '';

/** A card that headquarters opened with both custodians for so many signatures, at this time. */
async function inTheField(bytes: Uint8Array, entries: number, time = NOW): Promise<HeldCard> {
  const card = new HeldCard(arena.cards.card.memory);
  const client = await card.withCustodians();
  must(await client.presentOrder(bytes));
  const challenge = orThrow(await client.challenge());
  const { lease, signature } = leaseFor({ ...arena.visitOf(), lease: { entries, time } }, challenge);
  must(await client.putLease(lease, signature));
  return card;
}

/** Whether the card signs for a module, out of reach of everybody who could tell it anything. */
async function signsOffline(card: HeldCard, bytes: Uint8Array, serial: string): Promise<string> {
  const signed = await arena.visit({ card, bytes, module: moduleOf(serial), putLease: null });
  return isRefusal(signed) ? signed.code : 'signed';
}

describe('a lease for N behind a withdrawal', () => {
  test('is good for N and not for one more, and as much is said on the order that is withdrawn', async () => {
    const bytes = arena.bank.personalize(arena.cards.card.cardKey, { serials: SERIALS });
    const card = await inTheField(bytes, 3); // two persons withdraw the order now; the card cannot hear of it
    const told = [];
    for (const serial of SERIALS) told.push(await signsOffline(card, bytes, serial));
    expect(told).toEqual(['signed', 'signed', 'signed', 'LEASE_ENTRIES']);
    expect(printed(bytes)).toContain(
      'Withdrawn or expired after a card got its lease for the field, this order may still bring up to 4 certificates, one for each module.',
    );
    expect(sentence('technician who keeps a card')).toMatch(/good for N, also after a withdrawal/);
  });

  test('ends with the next lease: headquarters names what was withdrawn, and the card signs no more under it', async () => {
    const bytes = arena.bank.personalize(arena.cards.card.cardKey, { serials: SERIALS });
    const card = await inTheField(bytes, 3);
    expect(await signsOffline(card, bytes, SERIALS[0]!)).toBe('signed');
    const told = await arena.visit({
      card,
      bytes,
      module: moduleOf(SERIALS[1]!),
      lease: { withdrawn: [sha256(bytes)] },
    });
    expect(told).toMatchObject({ code: 'LEASE_WITHDRAWS_ORDER' });
  });
});

describe('time that is withheld from a card', () => {
  test('brings nothing beyond the lease: the card takes no earlier time than it has seen, and none after the window', async () => {
    const bytes = arena.bank.personalize(arena.cards.card.cardKey, { serials: SERIALS });
    const card = await inTheField(bytes, 2, NOW + 60);
    expect(await signsOffline(card, bytes, SERIALS[0]!)).toBe('signed');
    const back = await arena.visit({ card, bytes, module: moduleOf(SERIALS[1]!), lease: { time: NOW } });
    expect(back).toMatchObject({ code: 'LEASE_TIME_BACK' });
    const late = await arena.visit({ card, bytes, module: moduleOf(SERIALS[1]!), lease: { time: NOW + 2 * DAY } });
    expect(late).toMatchObject({ code: 'ORDER_EXPIRED' });
    const none = await arena.visit({ card, bytes, module: moduleOf(SERIALS[2]!), putLease: null }); // and none is put
    expect(isRefusal(none)).toBe(false); // the card cannot know how late it is: N is what remains, and the order says so
    expect(await signsOffline(card, bytes, SERIALS[3]!)).toBe('LEASE_ENTRIES');
    expect(printed(bytes)).toContain('expired after a card got its lease for the field');
    expect(sentence('withheld time')).toMatch(/good for one signature, also after a withdrawal/);
  });
});

describe('two clones of a card, with image and counter of both stores', () => {
  test('sign once each under one order, and their two entries with one number accuse the card as soon as both are known', async () => {
    const bytes = arena.bank.personalize(arena.cards.card.cardKey, { serials: SERIALS });
    const known = nothingKnown();
    const entries = [];
    for (const serial of SERIALS.slice(0, 2)) {
      const clone = new HeldCard(arena.cards.card.memory);
      const { entry } = orThrow(await arena.visit({ card: clone, bytes, module: moduleOf(serial) }));
      entries.push(entry);
      account(known, issued(entry), true);
    }
    const [one, other] = entries.map((entry) => orThrow(decodeLogEntry(entry)));
    expect([one?.number, one?.previousHead]).toEqual([other?.number, other?.previousHead]);
    const open = known.cardLogs.get('CC-01')?.ledger.open ?? [];
    expect(open).toMatchObject([{ kind: 'cloned-card', number: 1, head: toBase64url(headAfter(entries[1]!)) }]);
    expect(open[0]).toMatchObject({ serial: SERIALS[1] });
    expect(sentence('restored images')).toMatch(/makes a clone; its log number then shows twice/);
  });

  test('take no lease from each other: it answers the challenge of one of them alone', async () => {
    const bytes = arena.bank.personalize(arena.cards.card.cardKey, { serials: SERIALS });
    const [first, second] = [new HeldCard(arena.cards.card.memory), new HeldCard(arena.cards.card.memory)];
    const lease = orThrow(await arena.visit({ card: first, bytes })).lease;
    expect(await arena.visit({ card: second, bytes, putLease: () => lease })).toMatchObject({
      code: 'LEASE_OTHER_CHALLENGE',
    });
  });
});

describe('S08d a module that was moved after its personalization', () => {
  test('pays at no other station than its own, and the station reports whom it refused', async () => {
    const elsewhere = toBase64url(sha256(spkiOfPrivate(newKey())));
    const bytes = arena.bank.personalize(arena.cards.card.cardKey, { stationKey: elsewhere });
    const { caller } = await arena.operating({ bytes });
    const { station } = await arena.station();
    expect(await paid(station, caller)).toMatchObject({ code: 'CERTIFICATE_OTHER_STATION' });
    expect(station.facts).toMatchObject([
      { type: 'SessionRefused', data: { code: 'CERTIFICATE_OTHER_STATION', serial: 'SM-000013' } },
    ]);
    const stayed = await arena.operating();
    expect(isRefusal(await paid((await arena.station()).station, stayed.caller))).toBe(false);
  });
});

function issued(entry: Uint8Array): StoredEvent {
  const data = { card: 'CC-01', entry: toBase64url(entry), fingerprint: toBase64url(headAfter(entry)) };
  const [event] = logOf([['personalization-', { type: 'CertificateIssued', data }]]);
  if (event === undefined) throw new Error('one fact is one event');
  return event;
}
