/** What the board keeps of each event: one row of the table per event type that anybody asks about. */
import { type Deactivation, retiredFrom } from '#libs/domain/chip-card/signing-key.ts';
import type { Founding, WitnessAdmitted } from '#libs/domain/log/log.ts';
import { type OrderEvent, orderDecider } from '#libs/domain/order/order.ts';
import type { SignIn } from '#libs/domain/sign-in/sign-in.ts';
import type { DisabledKey } from '#libs/domain/trust-list/trust-list.ts';
import { secondsOf } from '#libs/kernel/clock.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { type PublicJwk, hashId } from '#libs/kernel/hash.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import { utf8 } from '#libs/kernel/bytes.ts';
import { makerOf, rememberRegistered, rememberRoot, rememberWithdrawn } from './manufacturer-memory.ts';
import { setInForce } from './people-facts.ts';
import { rememberOperator } from './people-memory.ts';
import { owedAfter } from './reviews-memory.ts';
import type { CardFacts, Memory, Operated, StationFacts, TrustedKey } from './board-facts.ts';

export function remember(memory: Memory, event: StoredEvent): void {
  const index = memory.events;
  memory.events += 1;
  const id = event.stream.slice(prefixOf(event.stream).length);
  if (event.stream.startsWith('order-')) rememberOrder(memory, id, event);
  else if (event.stream.startsWith('operator-')) rememberOperator(memory, id, event);
  else if (event.stream.startsWith('card-')) rememberCard(memory, id, event);
  else ROWS[event.type]?.(memory, { id, event, index, data: event.data as never }); // written by our own deciders
}

function prefixOf(stream: string): string {
  return PREFIXES.find((prefix) => stream.startsWith(prefix)) ?? '';
}

const PREFIXES = [
  'order-',
  'manufacturer-',
  'unit-',
  'station-',
  'card-',
  'trust-list-',
  'security-module-',
  'operator-',
  'sign-in-',
] as const;

interface Row {
  readonly id: string;
  readonly event: StoredEvent;
  readonly index: number;
  readonly data: never;
}

/** A report counts once it is accepted; its judgement stands right behind it. */
function keepUnjudged(memory: Memory, { event }: Row): void {
  memory.unjudged = event;
}

const ROWS: Readonly<Record<string, (memory: Memory, row: Row) => void>> = {
  DeploymentFounded: (memory, { data }) => {
    memory.founding = data;
    memory.genesis = hashId(utf8(canonicalJson(data)));
    rememberRoot(memory, (data as Founding).manufacturerRoot, null);
  },
  ApproverSetAdopted: (memory, { data }) => void memory.adopted.push(data),
  WitnessAdmitted: (memory, { event, index, data }) => {
    const admission: WitnessAdmitted['data'] = data;
    memory.admissions.push({ ...admission, event, index });
  },
  ManufacturerKeyRegistered: (memory, { data }) => rememberRegistered(memory, data),
  ManufacturerKeyWithdrawn: (memory, { id }) => rememberWithdrawn(memory, id),
  UnitEnrolled: (memory, { id, data }) => void memory.units.set(id, (data as { credential: PublicJwk }).credential),
  UnitWithdrawn: (memory, { id }) => void memory.units.delete(id),
  StationRegistered: (memory, { id, data }) => {
    const blank = { stationKey: '', spki: '', nextKey: '', trusted: new Map<string, TrustedKey>(), version: 0 };
    const { credential } = data as { credential: PublicJwk };
    memory.stations.set(id, { station: id, credential, ...blank });
  },
  StationKeyIntroduced: (memory, { id, data }) => {
    const key: { stationKey: string; spki: string; nextKey: string } = data;
    changeStation(memory, id, (station) => ({ ...station, ...key }));
  },
  CardIssued: (memory, { id, data }) => {
    const { deviceKey, deviceCertificate, order }: { deviceKey: string; deviceCertificate: string; order: string } =
      data;
    const device = { deviceSpki: deviceKey, deviceSignature: deviceCertificate };
    memory.cards.set(id, { card: id, ...device, order, keyState: 'pre-active', moment: null, owed: [], key: null });
  },
  SigningKeyCertified: (memory, { id, data }) => {
    memory.makers.cards.set(id, makerOf(memory, (data as { customerCa: string }).customerCa));
    changeCard(memory, id, { key: data });
  },
  CardActivated: (memory, { id }) => changeCard(memory, id, { keyState: 'active' }),
  SigningKeySuspended: (memory, { id }) => changeCard(memory, id, { keyState: 'suspended' }),
  SuspensionReviewed: (memory, { id }) => changeCard(memory, id, { keyState: 'active' }),
  SigningKeyDeactivated: (memory, { id, data }) =>
    changeCard(memory, id, { keyState: 'deactivated', moment: (data as Deactivation).from }),
  SigningKeyCompromised: (memory, { id }) => changeCard(memory, id, { keyState: 'compromised' }),
  CardRetired: (memory, { id }) =>
    changeCard(memory, id, { keyState: retiredFrom(memory.cards.get(id)?.keyState ?? 'active') }),
  ModuleInitialized: (memory, { id, data }) => {
    const { identityCertificate, identityCa }: { identityCertificate: string; identityCa: string } = data;
    memory.identities.set(id, identityCertificate);
    memory.makers.modules.set(id, makerOf(memory, identityCa));
  },
  ModuleReset: (memory, { id, data }) => rises(memory, id, (data as { epoch: number }).epoch + 1),
  SigningKeyTrusted: (memory, { id, event, index, data }) => {
    const { cardKey, order }: { cardKey: string; order: string } = data;
    changeEntry(memory, id, { cardKey, order, state: 'active', from: null, disabledBy: null, event, index });
  },
  SigningKeyDisabled: (memory, { id, data }) => {
    const { cardKey, to, from, order }: DisabledKey = data;
    const entry = memory.stations.get(id)?.trusted.get(cardKey);
    if (entry !== undefined) changeEntry(memory, id, { ...entry, state: to, from: from ?? null, disabledBy: order });
  },
  TrustListPublished: (memory, { id, data }) => {
    const { version }: { version: number } = data;
    changeStation(memory, id, (station) => ({ ...station, version }));
  },
  SignedIn: (memory, { id, event, data }) => {
    const now = secondsOf(event.recordedAt);
    for (const [session, { until }] of memory.signIns) if (until < now) memory.signIns.delete(session);
    const { operator, roles, until }: SignIn = data;
    memory.signIns.set(id, { operator, roles, until });
  },
  SignedOut: (memory, { id }) => void memory.signIns.delete(id),
  ModuleEnteredOperation: keepUnjudged,
  PersonalizationCompleted: keepUnjudged,
  PersonalizationFailed: keepUnjudged,
  ReportAccepted: (memory, { id, event }) => {
    const fact = memory.unjudged;
    if (fact?.stream !== event.stream) return;
    if (fact.type !== 'ModuleEnteredOperation') return void memory.ended.add(fact.stream);
    const { epoch, order, fingerprint } = fact.data as { epoch: number } & Operated;
    rises(memory, id, epoch);
    memory.operated.set(`${id} ${epoch}`, { order, fingerprint });
  },
};

function rises(memory: Memory, serial: string, epoch: number): void {
  memory.epochs.set(serial, Math.max(epoch, memory.epochs.get(serial) ?? 0));
}

function rememberOrder(memory: Memory, id: string, event: StoredEvent): void {
  const fact = { type: event.type, data: event.data } as OrderEvent;
  const before = memory.orders.get(id);
  const state = orderDecider.evolve(before?.state ?? orderDecider.initial, fact);
  if (state.is === 'unknown') return;
  if (fact.type === 'OrderRequested')
    return void memory.orders.set(id, { id, bytes: fact.data.bytes, approvals: [], state });
  const approvals =
    fact.type === 'OrderApproved' ? [...(before?.approvals ?? []), fact.data.proof] : (before?.approvals ?? []);
  memory.orders.set(id, { id, bytes: before?.bytes ?? '', approvals, state });
}

function rememberCard(memory: Memory, id: string, event: StoredEvent): void {
  ROWS[event.type]?.(memory, { id, event, index: memory.events - 1, data: event.data as never });
  const card = memory.cards.get(id);
  const owed = owedAfter(card?.owed ?? [], event, () => setInForce(memory).bytes);
  if (card !== undefined && owed !== card.owed) memory.cards.set(id, { ...card, owed });
}

function changeCard(memory: Memory, id: string, change: Partial<CardFacts>): void {
  const card = memory.cards.get(id);
  if (card !== undefined) memory.cards.set(id, { ...card, ...change });
}

function changeStation(memory: Memory, id: string, change: (station: StationFacts) => StationFacts): void {
  const station = memory.stations.get(id);
  if (station !== undefined) memory.stations.set(id, change(station));
}

function changeEntry(memory: Memory, id: string, entry: TrustedKey): void {
  changeStation(memory, id, (station) => ({
    ...station,
    trusted: new Map([...station.trusted, [entry.cardKey, entry]]),
  }));
}
