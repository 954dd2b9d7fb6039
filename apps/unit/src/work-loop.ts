/**
 * The unit's work: one job at a time; it looks again at every piece of news, and a little later after a passing fault.
 * A unit that works offline takes along what it is given, and goes on with that where nobody answers any more.
 */
import { CardGone } from '#libs/chip-card-protocol/socket-reader.ts';
import { ascii, fromBase64url } from '#libs/kernel/bytes.ts';
import { parseOrder } from '#libs/kernel/order.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { PlatformUnreachable } from '#libs/platform-client/platform-client.ts';
import { inSpan, underTrace } from '#libs/trace/spans.ts';
import { namesSerial } from '#libs/serial-tree/serial-tree.ts';
import { Journal } from './journal.ts';
import { MANUFACTURERS, type NamedManufacturer } from './manufacturers.ts';
import type { Job, UnitParts } from './parts.ts';
import type { Work } from './work.ts';
import { personalize, takeWork } from './personalize.ts';
import { type ResetJob, resetJobOf, resetModule } from './reset.ts';
import { standsHere } from './plug-in.ts';

const RETRY_MS = 500;

/** Broken wires and silence: worth another try. Whatever else refuses has a reason that trying again does not mend. */
const PASSING = new Set([
  'LINE_CLOSED',
  'LINE_SILENT',
  'LINE_HANDSHAKE',
  'CARD_GONE',
  'CARD_SILENT',
  'PLATFORM_SILENT',
  'HEADQUARTERS_SILENT',
  'LEASE_PLATFORM_SILENT',
  'STREAM_BUSY',
]);

/** Refused for want of a lease: the card must go back to headquarters, or somebody must answer again. */
const WANTS_LEASE = new Set(['LEASE_MISSING', 'LEASE_ENTRIES']);

const WORK = `{ work { order { id bytes approvals { protected signature } } serial inclusion issued stationSpki card cardLog { number head } customerCa cardCa crl trace } ${MANUFACTURERS} }`;

interface Given {
  readonly work: readonly Work[];
  readonly manufacturerKeys: readonly NamedManufacturer[];
}

const EXPIRED = refuse('ORDER_EXPIRED', 'By the clock of the unit the order has expired; request a new one.');

export class WorkLoop {
  readonly #parts: UnitParts;
  #working: Promise<void> | null = null;
  #again = false;
  /** What no further try helps before somebody answers again. */
  readonly #resting = new Set<string>();
  /** Orders to reset a module that card or module refused. */
  readonly #notReset = new Set<string>();
  #stopped = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: UnitParts) {
    this.#parts = parts;
  }

  async look(): Promise<void> {
    if (this.#stopped) return;
    if (this.#working !== null) {
      this.#again = true;
      return;
    }
    this.#working = this.#work();
    await this.#working;
    this.#working = null;
    if (!this.#again) return;
    this.#again = false;
    await this.look();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#working;
  }

  async #work(): Promise<void> {
    const given = await this.#given();
    const { satchel } = this.#parts;
    if (given === null && satchel === null) return this.#later();
    if (given !== null) {
      this.#resting.clear();
      await this.#takeAlong(given);
    }
    for (const work of given ?? satchel?.open ?? []) {
      if (this.#stopped) return;
      const works = (): Promise<void> => this.#workOn(work, given === null);
      await underTrace(work.trace, () => inSpan('unit works', {}, works));
    }
    if (given === null || satchel !== null || !this.#parts.reports.isEmpty) this.#later();
  }

  async #workOn(work: Work, isOffline: boolean): Promise<void> {
    const { config, satchel, say } = this.#parts;
    const erasing = resetJobOf(work);
    if (erasing !== null) return isOffline ? undefined : this.#reset(erasing);
    const job = jobOf(work, { isOffline, isTaken: satchel?.holds(work) === true });
    const journal = new Journal(config.folder, work.order.id, work.serial);
    if (isRefusal(job)) return say(`${work.serial}: ${job.code}`);
    if (journal.gaveUp !== null) return this.#tell(job, journal);
    if (satchel !== null && (satchel.isDone(work) || !standsHere(config, work.serial))) return; // done, or not there yet
    if (isOffline && this.#resting.has(job.stream)) return;
    const refusal = await this.#attempt(() => this.#personalize(job));
    if (refusal !== null) await this.#after(job, journal, refusal);
    else satchel?.finish(work);
  }

  async #given(): Promise<readonly Work[] | null> {
    try {
      if (!(await this.#parts.reports.flush())) return null; // what is done already is told first
      const { client, manufacturers } = this.#parts;
      const { work, manufacturerKeys } = await client.ask<Given>(WORK);
      await manufacturers.learn(manufacturerKeys, client);
      return work;
    } catch {
      return null; // silent, or this unit is not enrolled yet
    }
  }

  /** Taken while there is a network: the record reserves each module for this unit. */
  async #takeAlong(given: readonly Work[]): Promise<void> {
    const { satchel, say } = this.#parts;
    if (satchel === null) return;
    satchel.keepOnly(given);
    for (const work of given) {
      if (satchel.holds(work) || work.issued || this.#stopped) continue;
      const refusal = await takeWork(this.#parts, work).catch(() => null);
      if (refusal === null) satchel.take(work);
      else say(`${work.serial}: ${refusal.code}`);
    }
  }

  #personalize(job: Job): Promise<Refusal | null> {
    if (job.isOffline && this.#parts.clock.seconds() > job.order.notAfter) return Promise.resolve(EXPIRED);
    return personalize(this.#parts, job);
  }

  /** What is not passing is not tried again while this unit has power: the module keeps its key. */
  async #reset(job: ResetJob): Promise<void> {
    const { id } = job.work.order;
    if (this.#notReset.has(id)) return;
    const refusal = await this.#attempt(() => resetModule(this.#parts, job));
    if (refusal === null) return;
    this.#parts.say(`${job.order.serial}: ${refusal.code}`);
    if (PASSING.has(refusal.code)) this.#later();
    else this.#notReset.add(id);
  }

  async #attempt(does: () => Promise<Refusal | null>): Promise<Refusal | null> {
    try {
      return await does();
    } catch (error) {
      if (error instanceof CardGone) return refuse('CARD_GONE', 'The chip card was taken out; put it in again.');
      if (error instanceof PlatformUnreachable) return refuse('PLATFORM_SILENT', 'The platform does not answer.');
      throw error;
    }
  }

  async #after(job: Job, journal: Journal, refusal: Refusal): Promise<void> {
    this.#parts.say(`${job.work.serial}: ${refusal.code}`);
    if (job.isOffline && WANTS_LEASE.has(refusal.code)) return void this.#resting.add(job.stream);
    if (PASSING.has(refusal.code)) return this.#later();
    const message = refusal.message.replace(/[^ !#-[\]-~]/g, '?').slice(0, 300);
    journal.giveUp({ code: refusal.code, message });
    await this.#tell(job, journal);
  }

  /** Also the first thing after a loss of power between giving up and saying so. */
  async #tell(job: Job, journal: Journal): Promise<void> {
    const data = journal.owesWord;
    if (data === null) return;
    await this.#parts.reports.sendOrKeep(job.stream, { type: 'PersonalizationFailed', data });
    journal.hasTold();
  }

  #later(): void {
    if (this.#stopped) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.look(), RETRY_MS);
  }
}

/** The unit reads the order itself: what it does follows from the signed bytes alone. */
function jobOf(work: Work, how: Pick<Job, 'isOffline' | 'isTaken'>): Job | Refusal {
  const order = parseOrder(ascii(work.order.bytes));
  if (isRefusal(order)) return order;
  if (order.kind !== 'personalize')
    return refuse('WRONG_ORDER_KIND', 'Only an order to personalize is work for a unit.');
  const inclusion = fromBase64url(work.inclusion) ?? new Uint8Array();
  if (!namesSerial(order.serials, work.serial, inclusion))
    return refuse('SERIAL_NOT_IN_ORDER', 'The order does not name this module, whatever the platform says.');
  return { work, inclusion, order, stream: `personalization-${work.order.id}-${work.serial}`, ...how };
}
