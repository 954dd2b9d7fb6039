/**
 * What the platform counts and measures, in the text form of Prometheus. Labels are words of ours and of a bounded number:
 * rooms, steps, codes, operations. No person, serial, card or order is ever one.
 */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { ROOMS, roomOfStream } from '#libs/domain/rooms.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { Enforcing } from './enforcing.ts';
import type { Standing } from './standing.ts';

/** Codes come from devices too: so many of them are told by name, the rest together. */
const CODES_MAX = 300;
const CODE = /^[A-Z][A-Z0-9_]{2,47}$/;
const OTHERS = 'OTHER';

const STEPS = [
  'PersonalizationStarted',
  'ModuleIdentified',
  'ModuleKeyReceived',
  'CertificateIssued',
  'CertificateInstalled',
  'PersonalizationCompleted',
  'PersonalizationFailed',
  'PersonalizationOverdue',
] as const;

export interface Waits {
  readonly orders: () => number;
  readonly webhooks: () => Promise<number>;
}

export class Metrics {
  readonly #registry = new Registry();
  readonly #codes = new Set<string>();
  readonly #enforcing = new Enforcing();
  readonly #events = this.#counter('keyledger_events_total', 'Events appended since the start, by room.', ['room']);
  readonly #refusals = this.#counter('keyledger_refusals_total', 'Recorded refusals since the start, by code.', [
    'code',
  ]);
  readonly #steps = this.#counter('keyledger_personalizations_total', 'Steps of personalizations since the start.', [
    'step',
  ]);
  readonly #append = this.#histogram('keyledger_append_seconds', 'From the call to the durable answer.', {
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2],
  });
  readonly #enforced = this.#histogram(
    'keyledger_trust_list_enforcement_seconds',
    'From a published trust list to the station that has it in force.',
    { buckets: [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600] },
  );
  readonly #graphql = this.#histogram('keyledger_graphql_seconds', 'Operations of the schema, by name.', {
    labelNames: ['operation', 'outcome'],
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5],
  });

  constructor(standing: Standing, waits: Waits) {
    for (const room of [...Object.keys(ROOMS), 'refusal']) this.#events.inc({ room }, 0);
    for (const step of STEPS) this.#steps.inc({ step }, 0);
    collectDefaultMetrics({ register: this.#registry, prefix: 'keyledger_' });
    this.#gauge('keyledger_events', 'Events of the whole log.', () => standing.events);
    this.#gauge('keyledger_views_lag_events', 'Events that the views have not seen.', () => standing.views.events);
    this.#gauge('keyledger_views_lag_seconds', 'For how long.', () => standing.views.seconds);
    this.#gauge('keyledger_views_serving', '1 while the views answer, 0 while they are made anew.', () =>
      standing.watched.views.state.is === 'serving' ? 1 : 0,
    );
    this.#gauge('keyledger_seal_lag_events', 'Events under no checkpoint yet.', () => standing.seal.events);
    this.#gauge('keyledger_seal_lag_seconds', 'For how long.', () => standing.seal.seconds);
    this.#gauge('keyledger_seal_failed', '1 while the seal stands still.', () =>
      standing.watched.record.sealer.failed === null ? 0 : 1,
    );
    this.#gauge('keyledger_record_holds', '1 while every event holds as an auditor judges it.', () =>
      standing.watched.board.finding === null ? 1 : 0,
    );
    this.#gauge('keyledger_orders_waiting', 'Orders that wait for approvers.', waits.orders);
    this.#gauge('keyledger_webhooks_waiting', 'Events that no webhook endpoint has taken yet.', waits.webhooks);
    standing.watched.board.listen((event) => this.#count(event));
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The whole page. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  appended(seconds: number): void {
    this.#append.observe(seconds);
  }

  /** The name is one of the schema's root fields. */
  answered(operation: string, outcome: 'answered' | 'refused' | 'failed', seconds: number): void {
    this.#graphql.observe({ operation, outcome }, seconds);
  }

  #count(event: StoredEvent): void {
    this.#events.inc({ room: roomOfStream(event.stream) ?? 'refusal' });
    if (event.type === 'OperationRefused') this.#refusals.inc({ code: this.#codeOf(event) });
    if ((STEPS as readonly string[]).includes(event.type)) this.#steps.inc({ step: event.type });
    const seconds = this.#enforcing.take(event);
    if (seconds !== null) this.#enforced.observe(seconds);
  }

  #codeOf({ data }: StoredEvent): string {
    const { code } = data as { readonly code?: unknown };
    if (typeof code !== 'string' || !CODE.test(code)) return OTHERS;
    if (!this.#codes.has(code) && this.#codes.size >= CODES_MAX) return OTHERS;
    this.#codes.add(code);
    return code;
  }

  #counter<L extends string>(name: string, help: string, labelNames: L[]): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #histogram<L extends string>(
    name: string,
    help: string,
    it: { readonly buckets: number[]; readonly labelNames?: L[] },
  ): Histogram<L> {
    return new Histogram({ name, help, registers: [this.#registry], ...it });
  }

  #gauge(name: string, help: string, now: () => number | Promise<number>): void {
    const registers = [this.#registry];
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers,
      collect: async () => {
        gauge.set(await now());
      },
    });
  }
}
