/** What Nest wires together: GraphQL on Fastify, one command bus, one resolver per noun. */
import { join } from 'node:path';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import type { KeyObject } from 'node:crypto';
import type { Clock } from '#libs/kernel/clock.ts';
import { AlarmQuestions } from './api/alarm.questions.ts';
import { CardLogQuestions, LeaseQuestions } from './api/card-log.questions.ts';
import { ChipCardResolver } from './api/chip-card.resolver.ts';
import { ReceiptResolver, SealResolver } from './api/seal.resolver.ts';
import { DraftPeopleResolver } from './api/draft-people.resolver.ts';
import { DisablingResolver } from './api/disabling.resolver.ts';
import { DraftResolver } from './api/draft.resolver.ts';
import { EndingResolver } from './api/ending.resolver.ts';
import { EnrolmentResolver } from './api/enrolment.resolver.ts';
import { NameQuestions } from './api/names.questions.ts';
import { InboxQuestions } from './api/inbox.questions.ts';
import { ManufacturerResolver } from './api/manufacturer.resolver.ts';
import { WitnessResolver } from './api/witness.resolver.ts';
import { OrderWaitingResolver } from './api/order-waiting.resolver.ts';
import { OrderResolver } from './api/order.resolver.ts';
import { Questions } from './api/questions.ts';
import { PROVIDER, type ProviderDesk, ProviderResolver } from './api/provider.resolver.ts';
import { PeopleResolver } from './api/people.resolver.ts';
import { ReconstructionResolver } from './api/reconstruction.resolver.ts';
import { ReportResolver } from './api/report.resolver.ts';
import { SignInResolver } from './api/sign-in.resolver.ts';
import { HandedListResolver, LIST_KEY, LOG_RECORD, TrustListResolver } from './api/trust-list.resolver.ts';
import { CONFIG, WorkResolver } from './api/work.resolver.ts';
import type { Board } from './board.ts';
import type { PlatformConfig } from './config.ts';
import { Desk } from './desk.ts';
import { DeskModule } from './desk.module.ts';
import { withTime } from './bounds/time.ts';
import { withDoor } from './door.ts';
import { ExportController } from './export/export.controller.ts';
import { Exports } from './export/exports.ts';
import { HealthController } from './health.controller.ts';
import { LogController } from './log.controller.ts';
import { MetricsController } from './metrics.controller.ts';
import { Metrics } from './operations/metrics.ts';
import { Standing } from './operations/standing.ts';
import { withMeasure } from './operations/watched-schema.ts';
import { Names } from './names.ts';
import { PasskeyController } from './passkey.controller.ts';
import { ProofsController } from './proofs.controller.ts';
import { HungUpFilter, QuietFilter } from './quiet.filter.ts';
import { costBound, documentBound, withoutDetails } from './bounds/apollo-bounds.ts';
import type { Limits } from './bounds/limits.ts';
import type { Rate } from './bounds/rate.ts';
import type { TrustedDocuments } from './bounds/trusted-documents.ts';
import { BOUNDS, TOKENS_MAX } from './question-bounds.ts';
import type { Permissions } from './permissions.ts';
import { type RequestContext, httpContext } from './request-context.ts';
import { SignInController } from './sign-in.controller.ts';
import type { LogRecord } from './record.ts';
import type { Together } from './together.ts';
import { type Views, ViewsModule } from './views.ts';

export interface PlatformParts {
  readonly config: PlatformConfig;
  readonly record: LogRecord;
  readonly board: Board;
  readonly views: Views;
  readonly clock: Clock;
  readonly listKey: KeyObject;
  readonly limits: Limits;
  readonly rate: Rate;
  readonly documents: TrustedDocuments;
  /** With other platforms of the same log; null where there are none. */
  readonly together: Together | null;
  readonly provider: ProviderDesk;
  readonly standing: Standing;
  readonly metrics: Metrics;
  /** Operations of whoever starts it, who brings their resolvers along: files of SDL, and the whole table with their rows. */
  readonly further?: { readonly typePaths: readonly string[]; readonly permissions: Permissions };
}

/** Rooms over GraphQL. */
const RESOLVERS = [
  OrderResolver,
  OrderWaitingResolver,
  EnrolmentResolver,
  ChipCardResolver,
  TrustListResolver,
  HandedListResolver,
  AlarmQuestions,
  NameQuestions,
  CardLogQuestions,
  LeaseQuestions,
  WorkResolver,
  ReportResolver,
  SignInResolver,
  DraftResolver,
  DraftPeopleResolver,
  ReconstructionResolver,
  PeopleResolver,
  ProviderResolver,
  EndingResolver,
  SealResolver,
  ReceiptResolver,
  ManufacturerResolver,
  WitnessResolver,
  DisablingResolver,
  InboxQuestions,
];

@Module({})
export class PlatformModule {
  static of(parts: PlatformParts): DynamicModule {
    const desk = DeskModule.of({
      ...parts,
      port: parts.record.port,
      standstill: () => parts.record.cosigner.standstill,
    });
    return {
      module: PlatformModule,
      imports: [desk, graphql(parts, desk), ViewsModule.of(parts.views, parts.board, parts.record)],
      controllers: [
        ExportController,
        HealthController,
        LogController,
        MetricsController,
        PasskeyController,
        ProofsController,
        SignInController,
      ],
      providers: [
        { provide: LOG_RECORD, useValue: parts.record },
        { provide: CONFIG, useValue: parts.config },
        { provide: LIST_KEY, useValue: parts.listKey },
        { provide: PROVIDER, useValue: parts.provider },
        {
          provide: Exports,
          inject: [Questions],
          useFactory: (questions: Questions) => new Exports({ ...parts, questions }),
        },
        { provide: Names, useValue: new Names(parts.config.names ?? null) },
        { provide: Standing, useValue: parts.standing },
        { provide: Metrics, useValue: parts.metrics },
        { provide: APP_FILTER, useClass: HungUpFilter },
        { provide: APP_FILTER, useClass: QuietFilter },
        ...RESOLVERS,
      ],
    };
  }
}

/** Whoever asks is told what he did, and nothing of how the platform is made. */
const IN_PRODUCTION = { formatError: withoutDetails, hideSchemaDetailsFromClientErrors: true } as const;

const SCHEMA = join(import.meta.dirname, '../../../graphql/*.graphql');

interface HttpRequest {
  readonly headers: { readonly authorization?: string; readonly traceparent?: string };
  readonly ip: string;
}

function graphql(parts: PlatformParts, desk: DynamicModule): DynamicModule {
  return GraphQLModule.forRootAsync<ApolloDriverConfig>({
    driver: ApolloDriver,
    imports: [desk],
    inject: [Desk],
    useFactory: (it: Desk): ApolloDriverConfig => ({
      ...(parts.config.nodeEnv === 'production' ? IN_PRODUCTION : {}),
      plugins: [
        ApolloServerPluginCacheControlDisabled(),
        documentBound(parts.documents),
        costBound(parts.limits.costMax),
      ],
      typePaths: [SCHEMA, ...(parts.further?.typePaths ?? [])],
      transformSchema: (schema) =>
        withMeasure(withTime(withDoor(schema, it, parts.further?.permissions), parts.limits.answerMs), parts.metrics),
      introspection: parts.config.nodeEnv !== 'production',
      includeStacktraceInErrorResponses: false,
      csrfPrevention: true,
      playground: false,
      validationRules: [...BOUNDS],
      parseOptions: { maxTokens: TOKENS_MAX },
      context: ({ headers, ip }: HttpRequest): Promise<RequestContext> =>
        httpContext(parts, { authorization: headers.authorization, traceparent: headers.traceparent, address: ip }),
    }),
  });
}
