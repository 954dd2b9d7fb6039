/** A fleet as the record tells it: read on from where it was read before, without the platform. */
import { type KnownModule, securityModuleDecider } from '#libs/domain/security-module/security-module.ts';
import type { LogReader } from '#libs/event-store/log-reader.ts';
import type { Position, StoredEvent } from '#libs/kernel/event.ts';

const [MODULE, RUN, ORDER] = ['security-module-', 'personalization-', 'order-'] as const;

/** Events after which nothing more is done under an order, and the code that a module waiting under it is named by. */
const ENDINGS: Readonly<Record<string, string>> = {
  OrderDeclined: 'ORDER_DECLINED',
  OrderWithdrawn: 'ORDER_WITHDRAWN',
  OrderExpired: 'ORDER_EXPIRED',
};

/** Events after which a signing key certifies nothing; null after which it does again. */
const KEYS: Readonly<Record<string, string | null>> = {
  SigningKeySuspended: 'SIGNING_KEY_SUSPENDED',
  SuspensionReviewed: null,
  SigningKeyDeactivated: 'SIGNING_KEY_DISABLED',
  SigningKeyCompromised: 'SIGNING_KEY_COMPROMISED',
};

const ENROLMENTS: readonly string[] = ['UnitEnrolled', 'StationRegistered'];

type ModuleState = typeof securityModuleDecider.initial;

/** A run that failed: under which order, and the code that its unit gave. */
interface Failure {
  readonly order: string;
  readonly code: string;
}

export class FleetRecord {
  readonly #log: LogReader;
  readonly #modules = new Map<string, ModuleState>();
  readonly #failures = new Map<string, readonly Failure[]>();
  readonly #enrolled = new Set<string>();
  /** Of the card that issued a certificate, by its fingerprint. */
  readonly #cardKeys = new Map<string, string>();
  /** Leaf of the event that recorded a certificate, by its fingerprint. */
  readonly #recorded = new Map<string, number>();
  /** Sizes of the checkpoints from which signing keys were disabled. */
  readonly #moments = new Map<string, number>();
  #events = 0;
  readonly #endings = new Map<string, string>();
  readonly #disabled = new Map<string, string | null>();
  #after: Position | null = null;

  constructor(log: LogReader) {
    this.#log = log;
  }

  /** Reads what was appended since; answers how many events. */
  async readOn(): Promise<number> {
    let events = 0;
    for await (const event of this.#log.readAll(this.#after === null ? {} : { after: this.#after })) {
      this.#take(event);
      this.#after = event.position;
      events += 1;
    }
    return events;
  }

  /** Null where no module of this serial was recorded. */
  module(serial: string): KnownModule | null {
    const room = this.#modules.get(serial)?.room;
    return room === undefined || room.is === 'unknown' ? null : room;
  }

  operates(serial: string): boolean {
    return this.module(serial)?.is === 'operating';
  }

  /** Its last run that failed, under whatever order. */
  failure(serial: string): string | null {
    return this.#failures.get(serial)?.at(-1)?.code ?? null;
  }

  failureUnder(order: string, serial: string): string | null {
    return this.#failures.get(serial)?.findLast((one) => one.order === order)?.code ?? null;
  }

  /** Why nothing more comes of an order; null while something may. */
  ending(order: string): string | null {
    return this.#endings.get(order) ?? null;
  }

  /** Why a signing key certifies nothing; null while it does. */
  disabled(cardKey: string): string | null {
    return this.#disabled.get(cardKey) ?? null;
  }

  /** Why a module in operation is let in nowhere: its certificate falls with its card unless it was sealed before. Null while it is let in. */
  shutOut(serial: string): string | null {
    const fingerprint = this.module(serial)?.operation?.fingerprint ?? '';
    const cardKey = this.#cardKeys.get(fingerprint) ?? '';
    const outlives = (this.#recorded.get(fingerprint) ?? Infinity) < (this.#moments.get(cardKey) ?? 0);
    return outlives ? null : this.disabled(cardKey);
  }

  /** `unit-U-7`, `station-ST-1`. */
  isEnrolled(stream: string): boolean {
    return this.#enrolled.has(stream);
  }

  #take(event: StoredEvent): void {
    const { stream, type } = event;
    this.#takeKey(event, this.#events);
    this.#events += 1;
    if (stream.startsWith(MODULE)) {
      const serial = stream.slice(MODULE.length);
      const before = this.#modules.get(serial) ?? securityModuleDecider.initial;
      const fact = { type, data: event.data } as Parameters<typeof securityModuleDecider.evolve>[1]; // its room wrote it
      this.#modules.set(serial, securityModuleDecider.evolve(before, fact));
    }
    if (stream.startsWith(RUN) && type === 'PersonalizationFailed') {
      const order = stream.slice(RUN.length, RUN.length + 43);
      const { code } = event.data as { code: string };
      const serial = stream.slice(RUN.length + 44);
      this.#failures.set(serial, [...(this.#failures.get(serial) ?? []), { order, code }]);
    }
    if (ENROLMENTS.includes(type)) this.#enrolled.add(stream);
    const ending = ENDINGS[type];
    if (ending !== undefined) this.#endings.set(stream.slice(ORDER.length), ending);
  }

  #takeKey({ type, data }: StoredEvent, index: number): void {
    const disabled = KEYS[type];
    const said = data as { cardKey: string; fingerprint: string; from?: { size: number } | null };
    if (type === 'CertificateIssued') this.#cardKeys.set(said.fingerprint, said.cardKey);
    if (type === 'CertificateRecorded') this.#recorded.set(said.fingerprint, index);
    if (disabled === undefined) return;
    this.#disabled.set(said.cardKey, disabled);
    const outlives = type === 'SigningKeyDeactivated' ? (said.from?.size ?? 0) : 0;
    if (disabled !== 'SIGNING_KEY_SUSPENDED') this.#moments.set(said.cardKey, outlives);
  }
}
