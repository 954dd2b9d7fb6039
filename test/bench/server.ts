/** The platform's own GraphQL over kept views, where nobody signs in, with resolvers beside that answer with a constant. */
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Query, Resolver } from '@nestjs/graphql';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Board } from '#apps/platform/src/board.ts';
import { Metrics } from '#apps/platform/src/operations/metrics.ts';
import { Standing } from '#apps/platform/src/operations/standing.ts';
import { LIMITS } from '#apps/platform/src/bounds/limits.ts';
import { Rate } from '#apps/platform/src/bounds/rate.ts';
import { NO_DOCUMENTS } from '#apps/platform/src/bounds/trusted-documents.ts';
import type { PlatformConfig } from '#apps/platform/src/config.ts';
import { PERMISSIONS, type Permissions } from '#apps/platform/src/permissions.ts';
import { PlatformModule } from '#apps/platform/src/platform.module.ts';
import type { LogRecord } from '#apps/platform/src/record.ts';
import type { Views } from '#apps/platform/src/views.ts';
import type { EventStore } from '#libs/event-store/event-store.ts';
import { recordedTimes } from '#libs/event-store/recorded-times.ts';
import { MemoryEventStore } from '#libs/event-store/memory/memory-store.ts';
import { systemClock } from '#libs/kernel/clock.ts';

let constantPage: object = {};

/** What the constant resolver answers. */
export function answerAlways(page: object): void {
  constantPage = page;
}

@Resolver()
class ConstantResolver {
  @Query('constantPage')
  page(): object {
    return constantPage;
  }

  @Query('constantWord')
  word(): string {
    return 'constant';
  }
}

@Module({})
class BenchModule {
  static of(platform: DynamicModule): DynamicModule {
    return { module: BenchModule, imports: [platform], providers: [ConstantResolver] };
  }
}

/** Nobody signs in here: what is measured are the questions. */
const OPEN: Permissions = {
  ...PERMISSIONS,
  Query: Object.fromEntries(
    [...Object.keys(PERMISSIONS.Query), 'constantPage', 'constantWord'].map((name) => [name, 'anybody' as const]),
  ),
};

const SDL = 'extend type Query { constantPage: EventConnection!  constantWord: String! }';

interface Served {
  readonly folder: string;
  readonly store: EventStore;
  readonly views: Views;
  /** Before it listens. */
  readonly prepare?: (app: NestFastifyApplication) => void;
}

export async function serve({ folder, store, views, prepare }: Served): Promise<NestFastifyApplication> {
  const sdl = join(folder, 'constant.graphql');
  writeFileSync(sdl, SDL);
  const config: PlatformConfig = {
    host: '127.0.0.1',
    port: 0,
    folder,
    events: null,
    founding: null,
    logKeyFile: '',
    listKeyFile: '',
    crlFile: '',
    nodeEnv: 'test',
  };
  const record: LogRecord = {
    store,
    port: { store, times: await recordedTimes(store, systemClock) },
    get sealer(): never {
      throw new Error('no question of the bench asks the seal');
    },
    sealedAt: () => null,
    logKeyLinks: () => [],
    get cosigner(): never {
      throw new Error('no question of the bench asks the witnesses');
    },
    leases: null,
    close: () => store.close(),
  };
  const listKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const board = new Board(new MemoryEventStore());
  const standing = new Standing({ record, board, views });
  const further = { typePaths: [sdl], permissions: OPEN };
  const limits = { ...LIMITS, burst: 1e12, perSecond: 1e12 };
  const parts = {
    config,
    record,
    board,
    views,
    clock: systemClock,
    listKey,
    provider: null,
    standing,
    metrics: new Metrics(standing, { orders: () => 0, webhooks: () => Promise.resolve(0) }),
    limits,
    rate: new Rate(limits),
    documents: NO_DOCUMENTS,
    together: null,
    further,
  };
  const module = BenchModule.of(PlatformModule.of(parts));
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), { logger: ['error'] });
  prepare?.(app);
  await app.listen(0, '127.0.0.1');
  return app;
}
