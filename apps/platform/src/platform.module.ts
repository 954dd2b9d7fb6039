/** What Nest wires together: GraphQL on Fastify, one command bus, one resolver per noun. */
import { join } from 'node:path';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { GraphQLModule } from '@nestjs/graphql';
import { GraphQLError } from 'graphql';
import type { KeyObject } from 'node:crypto';
import type { Clock } from '#libs/kernel/clock.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { RECORD, SubmitHandler } from '#libs/nest/submit.ts';
import { ChipCardResolver } from './api/chip-card.resolver.ts';
import { EnrolmentResolver } from './api/enrolment.resolver.ts';
import { OrderResolver } from './api/order.resolver.ts';
import { ReportResolver } from './api/report.resolver.ts';
import { LIST_KEY, LOG_RECORD, TrustListResolver } from './api/trust-list.resolver.ts';
import { CONFIG, WorkResolver } from './api/work.resolver.ts';
import type { Board } from './board.ts';
import { callerOf } from './caller.ts';
import type { PlatformConfig } from './config.ts';
import { BOARD, CLOCK, Desk, type RequestContext } from './desk.ts';
import { HealthController } from './health.controller.ts';
import { QuietFilter } from './quiet.filter.ts';
import { WelcomeController } from './welcome.controller.ts';
import type { LogRecord } from './record.ts';
import { type Views, ViewsModule } from './views.ts';

export interface PlatformParts {
  readonly config: PlatformConfig;
  readonly record: LogRecord;
  readonly board: Board;
  readonly views: Views;
  readonly clock: Clock;
  readonly listKey: KeyObject;
  /** Further files of SDL, whose resolvers whoever starts it brings along. */
  readonly furtherSchema?: readonly string[];
}

@Module({})
export class PlatformModule {
  static of(parts: PlatformParts): DynamicModule {
    return {
      module: PlatformModule,
      imports: [CqrsModule.forRoot(), graphql(parts), ViewsModule.of(parts.views, parts.board)],
      controllers: [HealthController, WelcomeController],
      providers: [
        { provide: RECORD, useValue: parts.record.port },
        { provide: LOG_RECORD, useValue: parts.record },
        { provide: BOARD, useValue: parts.board },
        { provide: CLOCK, useValue: parts.clock },
        { provide: CONFIG, useValue: parts.config },
        { provide: LIST_KEY, useValue: parts.listKey },
        { provide: APP_FILTER, useClass: QuietFilter },
        Desk,
        SubmitHandler,
        OrderResolver,
        EnrolmentResolver,
        ChipCardResolver,
        TrustListResolver,
        WorkResolver,
        ReportResolver,
      ],
    };
  }
}

const SCHEMA = join(import.meta.dirname, '../../../graphql/*.graphql');

interface Incoming {
  readonly headers?: { readonly authorization?: string };
}

function graphql(parts: PlatformParts): DynamicModule {
  return GraphQLModule.forRoot<ApolloDriverConfig>({
    driver: ApolloDriver,
    typePaths: [SCHEMA, ...(parts.furtherSchema ?? [])],
    introspection: parts.config.nodeEnv !== 'production',
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    playground: false,
    subscriptions: {
      'graphql-ws': {
        // `false` closes with 4403: a device that is enrolled later connects again by itself.
        onConnect: (context) => {
          const { authorization } = context.connectionParams ?? {};
          const given = typeof authorization === 'string' ? authorization : undefined;
          const caller = callerOf(parts.board.facts, given, parts.clock.seconds());
          if (isRefusal(caller)) return false;
          Object.assign(context.extra ?? {}, { caller });
          return true;
        },
      },
    },
    context: (request?: Incoming & { extra?: { caller?: RequestContext['caller'] } }): RequestContext => {
      const caller = request?.extra?.caller;
      return caller === undefined ? contextFor(parts, request?.headers?.authorization) : { caller };
    },
  });
}

function contextFor({ board, clock }: PlatformParts, authorization: string | undefined): RequestContext {
  const caller = callerOf(board.facts, authorization, clock.seconds());
  if (isRefusal(caller))
    throw new GraphQLError(caller.message, { extensions: { code: caller.code, http: { status: 401 } } });
  return { caller };
}
