/** Sends the spans of this process to a collector (OTLP over HTTP). One for the whole process, whoever starts it first. */
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOnSampler, BatchSpanProcessor, ParentBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';

export interface Collector {
  /** Address without path, for example http://127.0.0.1:4318; null traces nothing. */
  readonly endpoint: string | null;
  /** Name of the part. */
  readonly part: string;
}

const nothing = (): Promise<void> => Promise.resolve();
const SEND_EVERY_MS = 500;
/** What a collector that hangs costs: so many spans in memory, the rest is dropped. */
const QUEUE_MAX = 2048;

let users = 0;
let running: TracerProvider | null = null;

/** Answers with the way to stop; what was not sent by then is sent, or dropped within two seconds. */
export function startTraces({ endpoint, part }: Collector): () => Promise<void> {
  if (endpoint === null) return nothing;
  users += 1;
  running ??= begun(endpoint, part);
  let stopped = false;
  return async () => {
    if (stopped) return;
    stopped = true;
    users -= 1;
    if (users > 0) return void (await running?.forceFlush().catch(nothing));
    const ending = running;
    running = null;
    for (const api of [trace, context, propagation]) api.disable();
    await ending?.shutdown().catch(nothing);
  };
}

function begun(endpoint: string, part: string): TracerProvider {
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: 2000 });
  const provider = new TracerProvider({
    sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    resource: resourceFromAttributes({ 'service.name': 'keyledger', 'service.instance.id': part }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        scheduledDelayMillis: SEND_EVERY_MS,
        maxQueueSize: QUEUE_MAX,
        exportTimeoutMillis: 2000,
      }),
    ],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  return provider;
}
