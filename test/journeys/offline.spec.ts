/** Offline work: the unit takes orders along, the card a lease for the field; what happens where nobody answers is told later. */
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { headquartersConfig } from '#apps/keyledger/src/demo/configs.ts';
import { keyAt } from '#apps/keyledger/src/demo/found.ts';
import { CARD, SERIALS, UNIT } from '#apps/keyledger/src/demo/names.ts';
import { modulePaper } from '#apps/keyledger/src/demo/papers.ts';
import { type IssuedCard, issueCard } from '#apps/keyledger/src/story/card.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { personalizationOrder } from '#apps/keyledger/src/story/personalization.ts';
import type { WrittenOrder } from '#apps/keyledger/src/story/world.ts';
import { reconcile } from '#apps/keyledger/src/verbs/reconcile.ts';
import { reconstruct } from '#apps/keyledger/src/verbs/reconstruct.ts';
import { leaseForTheField } from '#apps/headquarters/src/field-lease.ts';
import { socketReader } from '#libs/chip-card-protocol/socket-reader.ts';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import { encodeLease } from '#libs/chip-card-protocol/statements.ts';
import type { FieldLease } from '#libs/domain/chip-card/field-lease.ts';
import { toBase64url, utf8 } from '#libs/kernel/bytes.ts';
import { signDetached } from '#libs/kernel/detached-jws.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { rfc3339Of, secondsOf, systemClock } from '#libs/kernel/clock.ts';
import { proofText, signReport } from '#libs/kernel/report.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { connectLocal } from '#libs/local/local-socket.ts';
import { lineAddress } from '#libs/local/plug.ts';
import { isFinding, replay } from '#libs/proof/replay.ts';
import { askState } from '#module-emulator/security-module/control.ts';
import { type Log, altered, nth, numbered, octets } from './forgery.ts';
import { CutNetwork } from './cut-network.ts';
import { type HouseInProcess, houseInProcess } from './house-in-process.ts';
import { heard } from './story-record.ts';
import { until } from './until.ts';

const OFFLINE_MS = 1200;
/** The machines that the technician stands before: a folder of plugs, empty until he gets there. */
const site = mkdtempSync(join(tmpdir(), 'kl-site-'));
/** The unit's folder as it was before it went away. */
const olderUnit = mkdtempSync(join(tmpdir(), 'kl-older-'));
let it: HouseInProcess;
let network: CutNetwork;
let card: IssuedCard;
const orders: WrittenOrder[] = [];

beforeAll(async () => {
  it = await houseInProcess({
    unitReaches: async (platformUrl) => (network = await CutNetwork.before(platformUrl)).url,
    unitConfig: (given) => ({ ...given, worksOffline: true, lines: {}, plugs: site }),
  });
  const { world } = it;
  await founding(world);
  card = await issueCard(world);
  for (const serial of SERIALS) {
    const paper = { ...modulePaper(it.house.deployment.places, serial) };
    const step = { by: 'tom', name: `register ${serial}`, operation: 'registerModule' } as const;
    await world.does(step, { identity: 'String!', identityCa: 'String!' }, paper);
    const order = personalizationOrder(world, { name: `offline ${serial}`, cardKey: card.cardKey, serials: [serial] });
    await world.orderedByTwo(order);
    orders.push(order);
  }
}, 180_000);

afterAll(async () => {
  await it?.close();
  await network?.close();
  for (const folder of [site, olderUnit]) rmSync(folder, { recursive: true, force: true });
});

const typed = async (...types: readonly string[]): Promise<readonly StoredEvent[]> =>
  (await it.events()).filter(({ type }) => types.includes(type));
const runOf = (at: number): string => `personalization-${orders[at]?.id ?? ''}-${SERIALS[at] ?? ''}`;
const arrivesAt = (serial: string): void =>
  symlinkSync(it.house.devices.lines[serial] ?? '', lineAddress(site, serial));
const isOperating = async (serial: string): Promise<boolean> => {
  const stated = await askState(it.house.devices.controls[serial] ?? '');
  return !isRefusal(stated) && stated.state === 'operating';
};

test('S08b the unit takes approved orders along: the record reserves each module for it, and nothing has begun', async () => {
  expect(await until(async () => (await typed('OrderTaken')).length === 2)).toBe(true);
  expect((await typed('OrderTaken')).map(({ data }) => data)).toEqual(
    SERIALS.map((serial) => ({ serial, unit: UNIT })),
  );
  expect(await typed('PersonalizationStarted')).toEqual([]);
  cpSync(it.house.deployment.places.unit.folder, olderUnit, { recursive: true });
});

test('headquarters gives a lease for as many signatures as its policy allows, with both custodians’ PINs', async () => {
  const { deployment, platformUrl, sockets, devices } = it.house;
  const where = { host: '127.0.0.1', sockets, nodeEnv: 'test' };
  const config = headquartersConfig(deployment, where, { platformUrl, clock: systemClock });
  const reader = socketReader(() => connectLocal(devices.cards[CARD] ?? ''));
  const asked = { card: CARD, reader, pins: deployment.people.pins, order: utf8(orders[0]?.text ?? ''), entries: 2 };
  expect(await leaseForTheField(config, asked)).toMatchObject({ code: 'FIELD_ENTRIES' });
  const allowing = { ...config, fieldEntriesMax: 2 };
  expect(await leaseForTheField(allowing, { ...asked, entries: 3 })).toMatchObject({ code: 'FIELD_ENTRIES' });
  const pins = { custodian1: '00000000', custodian2: deployment.people.pins.custodian2 };
  expect(await leaseForTheField(allowing, { ...asked, pins })).not.toBeNull();
  expect(await typed('FieldLeaseGiven')).toEqual([]);
  expect(await leaseForTheField(allowing, asked)).toBeNull();
});

test('S29b the record has the lease, under headquarters’ own key, before the card had it', async () => {
  const all = await it.events();
  const at = all.findIndex(({ type }) => type === 'FieldLeaseGiven');
  const [given, judged] = [all[at]!, all[at + 1]!];
  expect(given).toMatchObject({ stream: `card-${CARD}`, metadata: { actor: 'headquarters:HQ' } });
  expect(given.data).toMatchObject({ entries: 2, withdrawn: [], after: 0 });
  expect(judged).toMatchObject({ type: 'ReportAccepted', stream: given.stream });
  const asked = `query ($card: String!, $after: String!) {
    chipCard(card: $card, after: $after) { fieldLeases { entries time after withdrawn approverSet position used left isLast until } }
  }`;
  const seen = await it.world.callers.ask('rita', asked, { card: CARD, after: judged.position });
  const { time, approverSet } = given.data as { time: number; approverSet: string };
  const lease = {
    entries: 2,
    after: 0,
    withdrawn: [],
    approverSet,
    time: rfc3339Of(time),
    position: expect.any(String),
    ...{ used: 0, left: 2, isLast: true, until: null },
  };
  expect(seen).toEqual({ chipCard: { fieldLeases: [lease] } });
});

test('S29a without any network card and module finish, even under an order that was withdrawn meanwhile', async () => {
  network.cut();
  const order = orders[1]!;
  const proof = signDetached('keyledger-withdrawal+jws', utf8(order.text), it.world.keyOf('bo'));
  const step = { by: 'bo', name: 'withdraw', operation: 'withdrawOrder' } as const;
  const types = { order: 'ID!', proof: 'ProofInput!' };
  expect(isRefusal(await it.world.attempt(step, types, { order: order.id, proof }))).toBe(false);
  for (const serial of SERIALS) arrivesAt(serial);
  for (const serial of SERIALS) expect(await until(() => isOperating(serial))).toBe(true);
  expect(await typed('PersonalizationStarted', 'CertificateIssued')).toEqual([]);
  await it.restartUnit();
  await new Promise((resolve) => setTimeout(resolve, OFFLINE_MS));
}, 180_000);

test('what was done is told later, in its order; occurred and recorded times differ, and the withdrawn one is contested', async () => {
  network.mend();
  expect(await until(async () => (await typed('PersonalizationCompleted')).length === 2)).toBe(true);
  const issued = await typed('CertificateIssued');
  expect(issued.map(({ stream }) => stream)).toEqual([runOf(0), runOf(1)]);
  for (const { occurredAt, recordedAt } of issued)
    expect(Date.parse(recordedAt) - Date.parse(occurredAt)).toBeGreaterThanOrEqual(OFFLINE_MS - 100);
  const left = `{ chipCard(card: "${CARD}") { fieldLeases { used left } } }`;
  expect(await it.world.callers.ask('dora', left, {})).toEqual({ chipCard: { fieldLeases: [{ used: 2, left: 0 }] } });
  const contests = (await typed('ReportContested')).filter(({ stream }) => stream === runOf(1));
  expect(contests[0]?.data).toMatchObject({ fact: 'CertificateIssued', code: 'AFTER_WITHDRAWAL' });
  expect((await typed('CertificateRecorded')).length).toBe(1);
}, 180_000);

test('S29b the evidence says when it was signed, told and recorded, and what a withdrawal could not catch', async () => {
  const fingerprints = (await typed('CertificateIssued')).map(
    ({ data }) => (data as { fingerprint: string }).fingerprint,
  );
  const evidence = async (fingerprint = ''): Promise<string> => {
    const { terminal, lines } = heard();
    await reconstruct({ folder: it.folder, fingerprint }, terminal);
    return lines.join('\n');
  };
  const [kept, late] = [await evidence(fingerprints[0]), await evidence(fingerprints[1])];
  expect(kept).toMatch(/Under a lease of \S+Z; issued at \S+Z by the unit’s clock, recorded at \S+Z\./);
  expect(kept).toMatch(
    /Withdrawn or expired after a card got its lease for the field, this order may still bring up to one certificate/,
  );
  expect(late).toMatch(/CONTESTED/);
  expect(late).toMatch(/The order was withdrawn at \S+Z, and the card could not know/);
});

test('a unit whose folder is put back as it was does its work over again, and nothing comes of it', async () => {
  const before = (await typed('CertificateIssued')).length;
  const unplugged = (await typed('LineDetached')).length;
  network.cut();
  cpSync(olderUnit, it.house.deployment.places.unit.folder, { recursive: true });
  await it.restartUnit();
  await new Promise((resolve) => setTimeout(resolve, OFFLINE_MS));
  network.mend();
  expect(await until(async () => (await typed('LineDetached')).length === unplugged + SERIALS.length)).toBe(true);
  expect(await typed('CertificateIssued')).toHaveLength(before);
  for (const serial of SERIALS) expect(await isOperating(serial)).toBe(true);
}, 180_000);

test('the card’s log agrees with the record, and the record holds', async () => {
  const result = await replay(await it.events());
  expect(isFinding(result) ? result : 'held').toBe('held');
  const { terminal, lines } = heard();
  expect([await reconcile({ folder: it.folder }, terminal), lines]).toEqual([0, [expect.stringContaining('agrees')]]);
});

describe('S29b whoever owns the platform, and even the lease key,', () => {
  const judged = async (log: Log): Promise<string> => {
    const result = await replay(numbered(log));
    return isFinding(result) ? `${result.code} ${result.type}` : 'holds';
  };
  /** The report signed anew with the lease key, and the lease itself too unless told otherwise. */
  const leasedAnew = (event: StoredEvent, change: Partial<FieldLease>, signs = true): StoredEvent => {
    const { places, genesis } = it.house.deployment;
    const key = keyAt(places.headquarters.leaseKey, 'P-256');
    const said = { ...(event.data as FieldLease), ...change };
    const all = { ...said, challenge: octets(said.challenge), approverSet: octets(said.approverSet) };
    const lease = encodeLease({ ...all, card: CARD, withdrawn: said.withdrawn.map(octets) });
    const data = signs ? { ...said, signature: toBase64url(signRaw(lease, key)) } : said;
    const fact = { type: event.type, data };
    const { occurredAt, stream } = event;
    const { proof } = signReport({ by: 'headquarters:HQ', genesis, stream, occurredAt, fact }, key);
    return { ...event, data, metadata: { ...event.metadata, proof: proofText(proof) } };
  };
  const changed = async (change: Partial<FieldLease>, signs = true): Promise<string> => {
    const log = await it.events();
    const given = nth(log, 'FieldLeaseGiven');
    return judged(log.map((one) => (one === given ? leasedAnew(one, change, signs) : one)));
  };

  test('writes another lease down than the one signed: found', async () => {
    const log = await it.events();
    const given = nth(log, 'FieldLeaseGiven');
    expect(await judged(altered(log, given, (data) => ({ ...data, entries: 9 })))).toBe(
      'REPORT_SIGNATURE FieldLeaseGiven',
    );
    expect(await changed({})).toBe('holds');
    expect(await changed({ entries: 9 }, false)).toBe('LEASE_SIGNATURE FieldLeaseGiven');
    expect(await changed({ approverSet: orders[0]!.id })).toBe('LEASE_OTHER_APPROVER_SET FieldLeaseGiven');
  });

  test('says later that the lease had named an order which the card used under it: found', async () => {
    expect(await changed({ withdrawn: [orders[0]!.id] })).toBe('LEASE_WITHDREW_ORDER CertificateIssued');
  });

  test('gives a lease that keeps a withdrawal from the card: found', async () => {
    const log = await it.events();
    const withdrawn = nth(log, 'OrderWithdrawn');
    const given = nth(log, 'FieldLeaseGiven');
    const accepted = log[log.indexOf(given) + 1]!;
    const later = leasedAnew(given, { time: secondsOf(withdrawn.recordedAt) + 120 });
    const others = log.filter((one) => one !== given && one !== accepted);
    const at = others.indexOf(withdrawn) + 1;
    expect(await judged([...others.slice(0, at), later, accepted, ...others.slice(at)])).toBe(
      'LEASE_HIDES_WITHDRAWAL FieldLeaseGiven',
    );
  });
});
