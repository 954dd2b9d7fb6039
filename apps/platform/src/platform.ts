/** The platform as a part: opens the record, founds it when it is empty, follows it, and serves GraphQL. */
import 'reflect-metadata';
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { logDecider, logStream } from '#libs/domain/log/log.ts';
import { handle } from '#libs/event-store/handle.ts';
import { type Clock, systemClock } from '#libs/kernel/clock.ts';
import { derivedId } from '#libs/kernel/ids.ts';
import { judgeOperators } from '#libs/kernel/operator.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { startTraces } from '#libs/trace/collector.ts';
import { Board } from './board.ts';
import { BODY_OCTETS_MAX, LIMITS, type Limits } from './bounds/limits.ts';
import { Rate } from './bounds/rate.ts';
import { readDocuments } from './bounds/trusted-documents.ts';
import type { PlatformConfig } from './config.ts';
import { serveDashboard } from './dashboard.ts';
import { answerOverHttp } from './graphql-http.ts';
import { Metrics } from './operations/metrics.ts';
import { Standing } from './operations/standing.ts';
import { WatchedStore, measuring } from './operations/watched-store.ts';
import { PlatformModule, type PlatformParts } from './platform.module.ts';
import { startReactions } from './reacting.ts';
import { type LogRecord, type RecordPlace, openRecord } from './record.ts';
import type { Cosigner } from './seal/cosigner.ts';
import { WITNESSES_FILE, readAddresses } from './seal/witness-addresses.ts';
import { settleLogKey } from './seal/log-keys.ts';
import { takeSockets } from './sockets.ts';
import { PROVIDER_FILE, readProvider } from './provider/settings.ts';
import { Provider } from './provider/provider.ts';
import { SideStore } from './provider/side-store.ts';
import { Together, notBehind } from './together.ts';
import { type Views, viewsAt, viewsIn } from './views.ts';
import { isWaiting } from './waiting.ts';
import { readEndpoints } from './webhook/endpoints.ts';
import { startWebhooks } from './webhook/webhooks.ts';
import { policyInForce } from './witness/log-witness.ts';

export interface Running {
  /** http://host:port. */
  readonly address: string;
  readonly close: () => Promise<void>;
}

export interface PlatformOptions {
  readonly clock?: Clock;
  /** Otherwise than by default. */
  readonly limits?: Partial<Limits>;
  /** A line for whoever watches. */
  readonly say?: (line: string) => void;
}

const quiet = (): void => undefined;

/** Rejects with one clear sentence: folder owned by another process, log rewritten, port taken, demo in production. */
export async function startPlatform(config: PlatformConfig, options: PlatformOptions = {}): Promise<Running> {
  const own = options.clock ?? systemClock;
  if (config.nodeEnv === 'production' && config.founding?.demo === true)
    throw new Error('A demo deployment never serves with NODE_ENV=production; found a real one.');
  const { folder } = config;
  const endpoints = readEndpoints(join(folder, 'webhooks.json'));
  const settings = readProvider(join(folder, PROVIDER_FILE));
  const provider = settings && { provider: new Provider(settings, own), beside: new SideStore(folder) };
  const opened = await openRecord(recordPlace(config, own));
  const views = await openViews(config, opened, options);
  const endTraces = startTraces({ endpoint: config.traces ?? null, part: 'platform' });
  const stop = new AbortController();
  try {
    await found(config, opened);
    const { kept } = await settleLogKey(opened, { ...config, origin: originOf(config) });
    kept.catch(failLoudly);
    const board = new Board(opened.store);
    const clock = opened.leases === null ? own : notBehind(own, board);
    await board.follow(stop.signal, failLoudly);
    followWitnesses(board, opened.cosigner);
    await views.start(failLoudly);
    const { store, leases } = opened;
    const webhooks = startWebhooks(endpoints, { store, leases, board, clock, folder, say: options.say ?? quiet });
    const standing = new Standing({ record: opened, board, views });
    const metrics = new Metrics(standing, { orders: () => waitingOrders(board, clock), webhooks: webhooks.waiting });
    const record = watched(opened, metrics);
    const reacting = startReactions({ record, board, clock, folder, signal: stop.signal, failed: failLoudly });
    const { app, closeSockets } = await serve(config, options, {
      record,
      board,
      clock,
      views,
      provider,
      standing,
      metrics,
    });
    const close = async (): Promise<void> => {
      await webhooks.stop();
      await closeSockets();
      await app.close();
      stop.abort();
      await reacting();
      await views.close();
      await opened.close();
      await endTraces();
    };
    return { address: await app.getUrl(), close };
  } catch (error) {
    stop.abort();
    for (const end of [() => views.close(), () => opened.close(), endTraces]) await end();
    throw error;
  }
}

function recordPlace(config: PlatformConfig, clock: Clock): RecordPlace {
  const { folder, events, logKeyFile, nextLogKeyFile } = config;
  const written = readAddresses(join(folder, WITNESSES_FILE));
  const witnesses = [...written, ...(config.witnesses ?? [])];
  const witnessPolicy = config.founding?.witnessPolicy ?? { quorum: 0, witnesses: [] };
  return { folder, events, logKeyFile, nextLogKeyFile, clock, origin: originOf(config), witnessPolicy, witnesses };
}

/** Whoever is let in is asked from then on; of what other platforms of this log wrote meanwhile nothing is missed. */
function followWitnesses(board: Board, cosigner: Cosigner): void {
  const adopt = (): void => {
    const policy = policyInForce(board.facts);
    if (!isRefusal(policy)) cosigner.adopt(policy);
  };
  adopt();
  board.listen(({ type }) => void (type === 'WitnessAdmitted' && adopt()));
}

/** Where they are not to be had, the record is closed again. */
async function openViews(
  { views, folder }: PlatformConfig,
  record: LogRecord,
  { say }: PlatformOptions,
): Promise<Views> {
  if (views == null) return viewsIn(folder, record.store, say);
  try {
    return await viewsAt(views, record.store, say);
  } catch (error) {
    await record.close();
    throw error;
  }
}

/** The record, every append of which is measured. */
function watched(record: LogRecord, metrics: Metrics): LogRecord {
  const around = measuring((seconds) => metrics.appended(seconds));
  return { ...record, port: { ...record.port, store: new WatchedStore(record.store, around) } };
}

function waitingOrders({ facts }: Board, clock: Clock): number {
  return [...facts.orders.values()].filter((one) => isWaiting(one, clock.seconds())).length;
}

/** Origin of the checkpoints: the name in the log key that the genesis holds. */
function originOf(config: PlatformConfig): string {
  return config.founding?.logKey.split('+')[0] ?? 'keyledger';
}

async function found({ founding }: PlatformConfig, { port }: LogRecord): Promise<void> {
  if (founding === null) return;
  const unfit = judgeOperators(founding.operators, founding.approverSet);
  if (unfit !== null) throw new Error(`${unfit.code}: ${unfit.message}`);
  const outcome = await handle(port, {
    decider: logDecider,
    stream: logStream(),
    command: { do: 'Found', founding },
    commandId: derivedId('found', founding.logKey),
    actor: 'founder',
    operation: 'found',
  });
  if (isRefusal(outcome)) throw new Error(`${outcome.code}: ${outcome.message}`);
}

/** A follower that fails means that what it shows is no longer true: better to stop and be started again. */
function failLoudly(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

async function serve(
  config: PlatformConfig,
  options: PlatformOptions,
  parts: Omit<PlatformParts, 'config' | 'listKey' | 'rate' | 'documents' | 'limits' | 'together'>,
): Promise<{ app: NestFastifyApplication; closeSockets: () => Promise<void> }> {
  const listKey = createPrivateKey(readFileSync(config.listKeyFile));
  const limits = { ...LIMITS, ...options.limits };
  const { leases } = parts.record;
  const together = leases === null ? null : new Together(leases, parts.board, listKey);
  const rate = new Rate(limits);
  const documents = readDocuments(join(config.folder, 'trusted-documents.json'));
  const module = PlatformModule.of({ config, listKey, rate, documents, limits, together, ...parts });
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_OCTETS_MAX,
    requestTimeout: limits.bodyMs,
    // Of the two times Node takes the greater for the whole request.
    http: { headersTimeout: limits.bodyMs, connectionsCheckingInterval: Math.min(1000, limits.bodyMs) },
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { logger: ['error', 'warn'] });
  answerOverHttp(adapter.getInstance(), documents);
  serveDashboard(adapter.getInstance(), { hasExplorer: config.nodeEnv !== 'production' });
  await app.init();
  const { schema } = app.get(GraphQLSchemaHost);
  const closeSockets = takeSockets(app.getHttpServer(), {
    schema,
    sources: { ...parts, together },
    bounds: { limits, rate, documents, hidden: config.nodeEnv === 'production' },
    say: options.say ?? quiet,
  });
  await app.listen(config.port, config.host);
  return { app, closeSockets };
}
