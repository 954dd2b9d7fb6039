/** What a walk over the log knows so far: only what was checked, each fact with the event that says so. */
import type { OrderCase, Signer } from '#libs/approval/approval.ts';
import type { Authority, CardAuthority, Identity } from '#libs/certificates/authority.ts';
import type { ManufacturerRoot } from '#libs/certificates/manufacturer-roots.ts';
import type { LogEntry } from '#libs/chip-card-protocol/log-entry.ts';
import type { Issue } from '#libs/domain/chip-card/chip-card.ts';
import type { FieldLease } from '#libs/domain/chip-card/field-lease.ts';
import type { WitnessPolicy } from '#libs/seal/cosignature.ts';
import type { NoteKey } from '#libs/seal/note-key.ts';
import type { Founding } from '#libs/domain/log/log.ts';
import type { OperatorState } from '#libs/domain/operator/operator.ts';
import type { StationKey } from '#libs/domain/station/station.ts';
import type { ApproverSet } from '#libs/kernel/approver-set.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import type { Moment } from '#libs/kernel/disabling-orders.ts';
import type { Position, StoredEvent } from '#libs/kernel/event.ts';
import type { PublicJwk } from '#libs/kernel/hash.ts';
import type { StatedPolicy } from '#libs/kernel/witness-policy.ts';
import type { CardLedger } from './card-ledger.ts';

/** In force over whatever holds the leaf `from`. */
export interface KnownPolicy {
  readonly from: number;
  readonly stated: StatedPolicy;
  readonly policy: WitnessPolicy;
}

export interface Genesis {
  /** base64url(SHA-256(JCS of the founding)). */
  readonly hash: string;
  readonly founding: Founding;
}

/** An approver set by which orders were judged. */
export interface SetFacts {
  readonly hash: string;
  readonly bytes: Uint8Array;
  readonly set: ApproverSet;
}

export interface OrderFacts {
  readonly id: string;
  readonly it: OrderCase;
  readonly bytes: Uint8Array;
  /** All that the order names, held against its list or the root of its tree; empty for kinds without. */
  readonly serials: readonly string[];
  readonly requested: Position;
  /** Every approval whose proof holds, in log order. */
  readonly approvals: readonly { readonly signer: Signer; readonly position: Position }[];
  readonly ended: 'declined' | 'withdrawn' | 'expired' | null;
  /** When it was recorded that it was declined or withdrawn, RFC 3339. */
  readonly endedAt?: string;
}

export interface CardKey {
  readonly cardKey: string;
  readonly spki: Uint8Array;
  /** base64url(SHA-256(birth statement)). */
  readonly birthHash: string;
  /** SPKI of the key that signs heads of its log. */
  readonly logKey: Uint8Array;
  /** Root certificate of the manufacturer who certified it, DER. */
  readonly root: Uint8Array;
  readonly customerCa: Authority;
  readonly cardCa: CardAuthority;
}

/** An entry of a card's own log as a unit reported it; heads as base64url. */
export interface CardEntry {
  readonly number: number;
  readonly previousHead: string;
  readonly head: string;
  /** A contested entry proves nothing by itself; it may still be the missing link between two others. */
  readonly accepted: boolean;
  readonly event: StoredEvent;
}

export interface CardFacts {
  readonly issue: Issue;
  readonly key: CardKey | null;
  readonly entries: readonly CardEntry[];
}

/** A card's own log held against the record, and the nonces of its readings: a statement is shown once. */
export interface CardLogFacts {
  readonly ledger: CardLedger;
  readonly nonces: Set<string>;
}

export interface StationFacts {
  readonly order: string;
  readonly keys: readonly StationKey[];
}

/** The key that a personalization is about. */
export interface ModuleKey {
  readonly spki: Uint8Array;
  readonly epoch: number;
}

/** A certificate rebuilt from the log. */
export interface IssuedFacts {
  readonly fingerprint: string;
  readonly der: Uint8Array;
  readonly order: string;
  readonly serial: string;
  readonly station: string;
  readonly card: string;
  readonly cardKey: string;
  readonly entry: LogEntry;
  readonly moduleKey: ModuleKey;
  readonly accepted: boolean;
  readonly event: StoredEvent;
}

/** What a module signed that it holds: fingerprints, each with the event that says so. */
export interface InstalledFacts {
  readonly fingerprint: string;
  readonly position: Position;
}

export interface SessionFacts {
  readonly certificate: IssuedFacts;
  readonly station: string;
  readonly exporter: string;
}

/** A signing key that was disabled, by the order that did it. */
export interface DisabledFacts {
  readonly cardKey: string;
  readonly at: Seconds;
  readonly position: Position;
  /** Fewer than two persons had signed. */
  readonly alone: boolean;
  /** Null where nothing outlives it. */
  readonly moment: Moment | null;
}

/** By id: order, unit, station, card, serial, stream of the personalization, fingerprint, stream of the session. */
export interface Known {
  genesis: Genesis | null;
  /** Keys that signed checkpoints of the log, one after the other. */
  logKeys: readonly NoteKey[];
  /** Who had to have seen a checkpoint, one policy after the other: each from a leaf on, the first from 0. */
  witnessPolicies: readonly KnownPolicy[];
  /** Hash of the approver set in force; empty before the founding. */
  setInForce: string;
  /** By hash: that of the founding and all that were adopted. */
  readonly sets: Map<string, SetFacts>;
  /** Of devices that report, by `unit:U-7`, `station:ST-1`. */
  readonly credentials: Map<string, PublicJwk>;
  readonly orders: Map<string, OrderFacts>;
  readonly stations: Map<string, StationFacts>;
  readonly cards: Map<string, CardFacts>;
  /** By card; only the walk itself writes here (`card-logs.ts`). */
  readonly cardLogs: Map<string, CardLogFacts>;
  /** By the hash of the root: that of the founding and all that were registered. */
  readonly manufacturers: Map<string, ManufacturerRoot>;
  /** By card, in log order. */
  readonly fieldLeases: Map<string, readonly FieldLease[]>;
  readonly modules: Map<string, Identity>;
  readonly moduleKeys: Map<string, ModuleKey>;
  readonly certificates: Map<string, IssuedFacts>;
  readonly installed: Map<string, readonly InstalledFacts[]>;
  readonly sessions: Map<string, SessionFacts>;
  /** By name; who was not changed since the founding is missing. */
  readonly operators: Map<string, OperatorState>;
  /** Operator by session of a sign-in. */
  readonly signIns: Map<string, string>;
  /** `order stream`: what was done in which stream under which order. */
  readonly acts: Set<string>;
  /** Of the event in hand, from 0: its leaf in the tree. */
  index: number;
  /** Leaf of the event that recorded a certificate, by fingerprint. */
  readonly recorded: Map<string, number>;
  /** By serial: the first epoch whose key was not erased; beyond all where the module was retired. */
  readonly leastEpochs: Map<string, number>;
  readonly disabled: Map<string, DisabledFacts>;
  /** By signing key: whether it rests or is gone, as its card's own stream says. */
  readonly rests: Map<string, boolean>;
  /** Until when a review is owed: of a suspension by its order, of an alarm by card and alarm. */
  readonly due: Map<string, Seconds>;
}

export function nothingKnown(): Known {
  return {
    genesis: null,
    logKeys: [],
    witnessPolicies: [],
    setInForce: '',
    sets: new Map(),
    credentials: new Map(),
    orders: new Map(),
    stations: new Map(),
    cards: new Map(),
    cardLogs: new Map(),
    manufacturers: new Map(),
    fieldLeases: new Map(),
    modules: new Map(),
    moduleKeys: new Map(),
    certificates: new Map(),
    installed: new Map(),
    sessions: new Map(),
    operators: new Map(),
    signIns: new Map(),
    acts: new Set(),
    index: -1,
    recorded: new Map(),
    leastEpochs: new Map(),
    disabled: new Map(),
    rests: new Map(),
    due: new Map(),
  };
}

/** The name behind the prefix of a stream: `unit-U-7` → `U-7`. */
export function nameIn(stream: string, prefix: string): string {
  return stream.slice(prefix.length);
}

/** Order and serial of `personalization-<order>-<serial>`. */
export function runOf(stream: string): { readonly order: string; readonly serial: string } {
  const at = 'personalization-'.length;
  return { order: stream.slice(at, at + 43), serial: stream.slice(at + 44) };
}
