/**
 * A small server of our own that speaks the published protocol of KurrentDB (Streams, Gossip, ServerFeatures), for tests: it
 * is no KurrentDB and shows nothing about one. What it does in each case was read from the sources and the documentation.
 */
import { randomUUID } from 'node:crypto';
import {
  type Metadata,
  Server,
  ServerCredentials,
  type ServiceError,
  type ServerUnaryCall,
  status,
} from '@grpc/grpc-js';
import features from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_pb.js';
import featuresService from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_grpc_pb.js';
import gossipService from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_grpc_pb.js';
import type streams from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import streamsService from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb.js';
import { type Users, callerOf, mayDo } from './access.ts';
import { type Desk, append, batchAppend, remove } from './appending.ts';
import type { TestDatabase } from './database.ts';
import { type Member, accessDenied, clusterOf, failed, notLeader } from './messages.ts';
import { read } from './reading.ts';

export interface Tls {
  readonly key: Buffer;
  readonly certificate: Buffer;
}

export interface NodeOptions {
  readonly database: TestDatabase;
  readonly users?: Users;
  readonly tls?: Tls;
  readonly port?: number;
  readonly appendOctetsMax?: number;
  /** The nodes of its cluster, itself among them; it alone where nothing is said. */
  readonly members?: () => readonly Member[];
}

/** How slow it is: before an append is stored, and between that and the answer, milliseconds. */
export interface Pace {
  beforeMs: number;
  afterMs: number;
}

export interface TestNode {
  readonly id: string;
  readonly port: number;
  readonly pace: Pace;
  /** Drops every connection at once; stays down until it is started again on the same port. */
  readonly kill: () => void;
}

const HOST = '127.0.0.1';
const FEATURES: Readonly<Record<string, readonly string[]>> = {
  read: ['position', 'events'],
  append: [],
  delete: [],
  tombstone: [],
  batchappend: ['deadline_duration'],
};

export async function startNode(options: NodeOptions): Promise<TestNode> {
  const { database, users = null, tls, appendOctetsMax = 16 * 1024 * 1024 } = options;
  const server = new Server({ 'grpc.max_receive_message_length': 32 * 1024 * 1024 });
  const pace: Pace = { beforeMs: 0, afterMs: 0 };
  const id = randomUUID();
  const alone = (): readonly Member[] => [{ id, host: HOST, port, leads: true, alive: true }];
  const members = options.members ?? alone;
  const wait = (ms: number) => (ms === 0 ? Promise.resolve() : new Promise<void>((done) => setTimeout(done, ms)));
  const requireLeader = (metadata: Metadata): void => {
    const leader = members().find(({ leads }) => leads);
    if (leader?.port === port || metadata.get('requires-leader')[0] !== 'true') return;
    throw leader === undefined
      ? failed(status.UNKNOWN, 'No leader info available in response')
      : notLeader(leader.host, leader.port);
  };
  const deskFor = (metadata: Metadata): Desk => {
    const caller = callerOf(metadata, users);
    if (caller === undefined) throw failed(status.UNAUTHENTICATED, 'Bad credentials.');
    return {
      database,
      mayDo: (stream, act) => mayDo(database, users, caller, stream, act),
      requireLeader: () => requireLeader(metadata),
      before: () => wait(pace.beforeMs),
      after: () => wait(pace.afterMs),
      appendOctetsMax,
    };
  };
  server.addService(streamsService.StreamsService, {
    read: (call: Parameters<typeof read>[0]) =>
      void ending(call, async () => {
        const desk = deskFor(call.metadata);
        desk.requireLeader();
        const asked = call.request.getOptions();
        const name = Buffer.from(asked?.getStream()?.getStreamIdentifier()?.getStreamName_asU8() ?? '$all').toString();
        if (!desk.mayDo(name, '$r')) throw accessDenied();
        await desk.before();
        await read(call, database);
        call.end();
      }),
    batchAppend: (call: Parameters<typeof batchAppend>[0]) =>
      void ending(call, async () => {
        await batchAppend(call, deskFor(call.metadata));
        call.end();
      }),
    append: (call: Parameters<typeof append>[0], answer: Answer<streams.AppendResp>) =>
      void answering(answer, () => append(call, deskFor(call.metadata))),
    delete: (call: Parameters<typeof remove>[0], answer: Answer<streams.DeleteResp>) =>
      void answering(answer, () => remove(call, deskFor(call.metadata))),
    tombstone: (call: Parameters<typeof remove>[0], answer: Answer<streams.DeleteResp>) =>
      void answering(answer, () => remove(call, deskFor(call.metadata))),
  });
  server.addService(featuresService.ServerFeaturesService, {
    getSupportedMethods: (_: ServerUnaryCall<unknown, unknown>, answer: Answer<features.SupportedMethods>) =>
      answer(null, supported()),
  });
  server.addService(gossipService.GossipService, {
    read: (_: ServerUnaryCall<unknown, unknown>, answer: Answer<ReturnType<typeof clusterOf>>) =>
      answer(null, clusterOf(members())),
  });
  const credentials =
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(null, [{ private_key: tls.key, cert_chain: tls.certificate }]);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`${HOST}:${options.port ?? 0}`, credentials, (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  return { id, port, pace, kill: () => server.forceShutdown() };
}

type Answer<T> = (error: ServiceError | null, value?: T) => void;

async function answering<T>(answer: Answer<T>, work: () => Promise<T>): Promise<void> {
  try {
    answer(null, await work());
  } catch (error) {
    answer(asServiceError(error));
  }
}

async function ending(
  call: { emit(name: 'error', error: unknown): boolean },
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    call.emit('error', asServiceError(error));
  }
}

function asServiceError(error: unknown): ServiceError {
  return error instanceof Error && 'code' in error && typeof error.code === 'number'
    ? (error as ServiceError)
    : failed(status.UNKNOWN, String(error));
}

function supported(): features.SupportedMethods {
  const methods = new features.SupportedMethods().setEventStoreServerVersion('25.0.0');
  for (const [name, list] of Object.entries(FEATURES)) {
    const method = new features.SupportedMethod().setMethodName(name).setFeaturesList([...list]);
    methods.addMethods(method.setServiceName('event_store.client.streams.streams'));
  }
  return methods;
}
