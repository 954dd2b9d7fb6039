/** What the board knows: the facts that questions, witnesses and reactions read. */
import type { Founding } from '#libs/domain/log/log.ts';
import type { OperatorState } from '#libs/domain/operator/operator.ts';
import { type KnownOrder } from '#libs/domain/order/order.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { type PublicJwk } from '#libs/kernel/hash.ts';
import type { OperatorRole } from '#libs/kernel/operator-roles.ts';
import type { KeyState } from '#libs/kernel/key-state.ts';
import type { Admission } from '#libs/kernel/witness-policy.ts';
import type { ManufacturerFacts } from './manufacturer-memory.ts';
import type { SignedMoment } from '#libs/domain/chip-card/signing-key.ts';
import type { Moment } from '#libs/kernel/disabling-orders.ts';
import { type AdoptedSet } from './people-memory.ts';
import type { OwedReview } from './reviews-memory.ts';

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
  /** From which its key was disabled; null where nothing outlives it, or it was not. */
  readonly moment: SignedMoment | null;
  /** Reviews that officers owe. */
  readonly owed: readonly OwedReview[];
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
  readonly state: 'active' | 'suspended' | 'deactivated' | 'compromised';
  /** Deactivated from this moment on, by this order. */
  readonly from: Moment | null;
  readonly disabledBy: string | null;
  /** The event that says so, and its leaf index. */
  readonly event: StoredEvent;
  readonly index: number;
}

/** A witness that was let in: the event that says so, and its leaf index. */
export interface AdmissionFacts extends Admission {
  readonly order: string;
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
  /** Approver sets after that of the founding, in log order; the last one is in force. */
  readonly adopted: readonly AdoptedSet[];
  /** Witnesses that were let in since the founding, in log order. */
  readonly admissions: readonly AdmissionFacts[];
  /** Operators who were changed since the founding. */
  readonly operators: ReadonlyMap<string, OperatorState>;
  readonly units: ReadonlyMap<string, PublicJwk>;
  readonly stations: ReadonlyMap<string, StationFacts>;
  readonly cards: ReadonlyMap<string, CardFacts>;
  /** Least epoch that is in operation, by module serial. */
  readonly epochs: ReadonlyMap<string, number>;
  /** By the hash of the root certificate. */
  readonly manufacturers: ReadonlyMap<string, ManufacturerFacts>;
  /** Who made a module, by serial, and who certified a card, by name: the hash of his root. */
  readonly makers: { readonly modules: ReadonlyMap<string, string>; readonly cards: ReadonlyMap<string, string> };
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
  readonly adopted: AdoptedSet[];
  readonly admissions: AdmissionFacts[];
  readonly operators: Map<string, OperatorState>;
  readonly units: Map<string, PublicJwk>;
  readonly stations: Map<string, StationFacts>;
  readonly cards: Map<string, CardFacts>;
  readonly epochs: Map<string, number>;
  readonly manufacturers: Map<string, ManufacturerFacts>;
  readonly makers: { readonly modules: Map<string, string>; readonly cards: Map<string, string> };
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
    adopted: [],
    admissions: [],
    operators: new Map(),
    units: new Map(),
    stations: new Map(),
    cards: new Map(),
    epochs: new Map(),
    manufacturers: new Map(),
    makers: { modules: new Map(), cards: new Map() },
    identities: new Map(),
    operated: new Map(),
    ended: new Set(),
    signIns: new Map(),
  };
}
