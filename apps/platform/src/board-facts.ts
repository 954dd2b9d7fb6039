/** What the board keeps of each event: one row of the table per event type that anybody asks about. */
import { retiredFrom } from '#libs/domain/chip-card/signing-key.ts';
import type { Founding } from '#libs/domain/log/log.ts';
import { type KnownOrder, type OrderEvent, orderDecider } from '#libs/domain/order/order.ts';
import type { SignIn } from '#libs/domain/sign-in/sign-in.ts';
import { secondsOf } from '#libs/kernel/clock.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { type PublicJwk, hashId } from '#libs/kernel/hash.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import { utf8 } from '#libs/kernel/bytes.ts';
import type { OperatorRole } from '#libs/kernel/operator.ts';
import type { KeyState } from '#libs/kernel/key-state.ts';

export interface OrderFacts {
  readonly id: string;
  readonly bytes: string;
  /** The requester's proof, then the approvals, in log order; no proof stands twice. */
  readonly approvals: readonly Proof[];
  readonly state: KnownOrder;
}

export interface CardFacts {
  readonly card: string;
  /** SPKI of the device key and the card maker's signature on it, base64url. */
  readonly deviceSpki: string;
  readonly deviceSignature: string;
  readonly keyState: KeyState;
  readonly order: string;
  readonly key: CardKeyFacts | null;
}

/** Base64url of DER or octets. */
export interface CardKeyFacts {
  readonly cardKey: string;
  readonly spki: string;
  readonly birth: string;
  readonly birthSignature: string;
  readonly customerCa: string;
  readonly cardCa: string;
}

export interface StationFacts {
  readonly station: string;
  readonly credential: PublicJwk;
  readonly stationKey: string;
  readonly spki: string;
  readonly nextKey: string;
  /** The station's trust list: by card key. */
  readonly trusted: ReadonlyMap<string, TrustedKey>;
  readonly version: number;
}

export interface TrustedKey {
  readonly cardKey: string;
  readonly order: string;
  readonly state: 'active' | 'suspended' | 'compromised';
  /** The event that says so, and its leaf index. */
  readonly event: StoredEvent;
  readonly index: number;
}

/** A session of a person that was opened and not ended. */
export interface SignInFacts {
  readonly operator: string;
  readonly roles: readonly OperatorRole[];
  /** Seconds. */
  readonly until: number;
}

export interface Operated {
  readonly order: string;
  readonly fingerprint: string;
}

export interface Facts {
  readonly genesis: string;
  readonly founding: Founding | null;
  readonly events: number;
  readonly orders: ReadonlyMap<string, OrderFacts>;
  readonly units: ReadonlyMap<string, PublicJwk>;
  readonly stations: ReadonlyMap<string, StationFacts>;
  readonly cards: ReadonlyMap<string, CardFacts>;
  /** Least epoch that is in operation, by module serial. */
  readonly epochs: ReadonlyMap<string, number>;
  /** Certificate of its identity by module serial, base64url DER. */
  readonly identities: ReadonlyMap<string, string>;
  /** What a module operated with: by serial and epoch, `<serial> <epoch>`. */
  readonly operated: ReadonlyMap<string, Operated>;
  /** Streams of personalizations that were completed or have failed. */
  readonly ended: ReadonlySet<string>;
  /** By the hash of the session's token; without those that were over when the newest one began. */
  readonly signIns: ReadonlyMap<string, SignInFacts>;
}

export interface Memory extends Facts {
  genesis: string;
  founding: Founding | null;
  events: number;
  /** The last report that counts once it is accepted; its judgement comes right behind it. */
  unjudged: StoredEvent | null;
  readonly orders: Map<string, OrderFacts>;
  readonly units: Map<string, PublicJwk>;
  readonly stations: Map<string, StationFacts>;
  readonly cards: Map<string, CardFacts>;
  readonly epochs: Map<string, number>;
  readonly identities: Map<string, string>;
  readonly operated: Map<string, Operated>;
  readonly ended: Set<string>;
  readonly signIns: Map<string, SignInFacts>;
}

export function emptyMemory(): Memory {
  return {
    genesis: '',
    founding: null,
    events: 0,
    unjudged: null,
    orders: new Map(),
    units: new Map(),
    stations: new Map(),
    cards: new Map(),
    epochs: new Map(),
    identities: new Map(),
    operated: new Map(),
    ended: new Set(),
    signIns: new Map(),
  };
}

export function remember(memory: Memory, event: StoredEvent): void {
  const index = memory.events;
  memory.events += 1;
  const id = event.stream.slice(prefixOf(event.stream).length);
  if (event.stream.startsWith('order-')) rememberOrder(memory, id, event);
  else ROWS[event.type]?.(memory, { id, event, index, data: event.data as never }); // written by our own deciders
}

function prefixOf(stream: string): string {
  return PREFIXES.find((prefix) => stream.startsWith(prefix)) ?? '';
}

const PREFIXES = ['order-', 'unit-', 'station-', 'card-', 'trust-list-', 'security-module-', 'sign-in-'] as const;

interface Row {
  readonly id: string;
  readonly event: StoredEvent;
  readonly index: number;
  readonly data: never;
}

/** A report counts once it is accepted; its judgement stands right behind it. */
const keepUnjudged = (memory: Memory, { event }: Row): void => void (memory.unjudged = event);

const ROWS: Readonly<Record<string, (memory: Memory, row: Row) => void>> = {
  DeploymentFounded: (memory, { data }) => {
    memory.founding = data;
    memory.genesis = hashId(utf8(canonicalJson(data)));
  },
  UnitEnrolled: (memory, { id, data }) => void memory.units.set(id, (data as { credential: PublicJwk }).credential),
  UnitWithdrawn: (memory, { id }) => void memory.units.delete(id),
  StationRegistered: (memory, { id, data }) => {
    const blank = { stationKey: '', spki: '', nextKey: '', trusted: new Map<string, TrustedKey>(), version: 0 };
    const { credential } = data as { credential: PublicJwk };
    memory.stations.set(id, { station: id, credential, ...blank });
  },
  StationKeyIntroduced: (memory, { id, data: key }) =>
    changeStation(memory, id, (station) => ({
      ...station,
      ...(key as Pick<StationFacts, 'stationKey' | 'spki' | 'nextKey'>),
    })),
  CardIssued: (memory, { id, data }) => {
    const { deviceKey, deviceCertificate, order }: { deviceKey: string; deviceCertificate: string; order: string } =
      data;
    const device = { deviceSpki: deviceKey, deviceSignature: deviceCertificate };
    memory.cards.set(id, { card: id, ...device, order, keyState: 'pre-active', key: null });
  },
  SigningKeyCertified: (memory, { id, data }) => changeCard(memory, id, { key: data }),
  CardActivated: (memory, { id }) => changeCard(memory, id, { keyState: 'active' }),
  SigningKeySuspended: (memory, { id }) => changeCard(memory, id, { keyState: 'suspended' }),
  SuspensionReviewed: (memory, { id }) => changeCard(memory, id, { keyState: 'active' }),
  SigningKeyCompromised: (memory, { id }) => changeCard(memory, id, { keyState: 'compromised' }),
  CardRetired: (memory, { id }) =>
    changeCard(memory, id, { keyState: retiredFrom(memory.cards.get(id)?.keyState ?? 'active') }),
  ModuleInitialized: (memory, { id, data }) =>
    void memory.identities.set(id, (data as { identityCertificate: string }).identityCertificate),
  ModuleReset: (memory, { id, data }) => rises(memory, id, (data as { epoch: number }).epoch + 1),
  SigningKeyTrusted: (memory, { id, event, index, data }) => {
    const { cardKey, order }: { cardKey: string; order: string } = data;
    changeEntry(memory, id, { cardKey, order, state: 'active', event, index });
  },
  SigningKeyDisabled: (memory, { id, data }) => {
    const { cardKey, to }: { cardKey: string; to: 'suspended' | 'compromised' } = data;
    const entry = memory.stations.get(id)?.trusted.get(cardKey);
    if (entry !== undefined) changeEntry(memory, id, { ...entry, state: to });
  },
  TrustListPublished: (memory, { id, data }) =>
    changeStation(memory, id, (station) => ({ ...station, version: (data as { version: number }).version })),
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
