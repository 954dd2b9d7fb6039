/** The personalization unit: a mobile computer with a chip card and a line. It does the work that approved orders give it. */
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CardGone, socketReader } from '#libs/chip-card-protocol/socket-reader.ts';
import { ascii, fromBase64url } from '#libs/kernel/bytes.ts';
import { type Clock, systemClock } from '#libs/kernel/clock.ts';
import { parseOrder } from '#libs/kernel/order.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { BEARER_LIFE, bearerToken } from '#libs/platform-client/bearer.ts';
import { PlatformClient, PlatformUnreachable } from '#libs/platform-client/platform-client.ts';
import { Outbox } from '#libs/platform-client/outbox.ts';
import { ReportLine } from '#libs/platform-client/report-line.ts';
import { namesSerial } from '#libs/serial-tree/serial-tree.ts';
import { connectLocal } from '#libs/local/local-socket.ts';
import type { UnitConfig } from './config.ts';
import { Journal } from './journal.ts';
import type { Job, UnitParts, Work } from './parts.ts';
import { personalize } from './personalize.ts';
import { type ResetJob, resetJobOf, resetModule } from './reset.ts';
import { Plugged } from './plugged.ts';

export interface Running {
  readonly address: string;
  readonly close: () => Promise<void>;
}

export interface UnitOptions {
  readonly clock?: Clock;
  readonly say?: (line: string) => void;
}

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

const WORK = `{ work { order { id bytes approvals { protected signature } } serial inclusion issued stationSpki card customerCa cardCa crl } }`;

export function startUnit(config: UnitConfig, options: UnitOptions = {}): Promise<Running> {
  const parts = partsOf(config, options);
  const desk = new WorkLoop(parts);
  const unlisten = parts.client.listen('subscription { workChanged }', () => void desk.look());
  void desk.look();
  const close = async (): Promise<void> => {
    unlisten();
    await desk.stop();
    await parts.client.close();
  };
  return Promise.resolve({ address: config.unit, close });
}

function partsOf(config: UnitConfig, options: UnitOptions): UnitParts {
  const clock = options.clock ?? systemClock;
  const credential = createPrivateKey(readFileSync(config.credentialFile));
  const aud = config.pins.genesis;
  const token = () => bearerToken({ aud, exp: clock.seconds() + BEARER_LIFE, sub: `unit:${config.unit}` }, credential);
  const client = new PlatformClient({ url: config.platformUrl, token });
  const say = options.say ?? (() => undefined);
  const line = new ReportLine({ client, by: `unit:${config.unit}`, genesis: aud, credential, clock });
  const refused = ({ code }: Refusal): void => say(`a report that had waited was refused: ${code}`);
  return {
    config,
    clock,
    client,
    credential,
    reports: new Outbox({ file: join(config.folder, 'outbox.json'), line, refused }),
    plugged: new Plugged(join(config.folder, 'plugged.json')),
    readerWith: (card) => {
      const address = config.cards[card];
      return address === undefined ? null : socketReader(() => connectLocal(address));
    },
    say,
  };
}

/** One job at a time; looks again at every piece of news, and a little later after a passing fault. */
class WorkLoop {
  readonly #parts: UnitParts;
  /** Orders to reset a module that card or module refused. */
  readonly #notReset = new Set<string>();
  #working: Promise<void> | null = null;
  #again = false;
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
    const waiting = await this.#waiting();
    if (waiting === null) return this.#later();
    for (const work of waiting) {
      if (this.#stopped) return;
      const erasing = resetJobOf(work);
      if (erasing !== null) {
        await this.#reset(erasing);
        continue;
      }
      const job = jobOf(work);
      const journal = new Journal(this.#parts.config.folder, work.order.id, work.serial);
      if (isRefusal(job)) {
        this.#parts.say(`${work.serial}: ${job.code}`);
        continue;
      }
      if (journal.gaveUp !== null) {
        await this.#tell(job, journal);
        continue;
      }
      const refusal = await this.#attempt(() => personalize(this.#parts, job));
      if (refusal !== null) await this.#after(job, journal, refusal);
    }
    if (!this.#parts.reports.isEmpty) this.#later();
  }

  async #waiting(): Promise<readonly Work[] | null> {
    try {
      if (!(await this.#parts.reports.flush())) return null; // what is done already is told first
      return (await this.#parts.client.ask<{ work: Work[] }>(WORK)).work;
    } catch {
      return null; // silent, or this unit is not enrolled yet
    }
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
function jobOf(work: Work): Job | Refusal {
  const order = parseOrder(ascii(work.order.bytes));
  if (isRefusal(order)) return order;
  if (order.kind !== 'personalize')
    return refuse('WRONG_ORDER_KIND', 'Only an order to personalize is work for a unit.');
  const inclusion = fromBase64url(work.inclusion) ?? new Uint8Array();
  if (!namesSerial(order.serials, work.serial, inclusion))
    return refuse('SERIAL_NOT_IN_ORDER', 'The order does not name this module, whatever the platform says.');
  return { work, inclusion, order, stream: `personalization-${work.order.id}-${work.serial}` };
}
