/** The views of the platform: where their database lies, who keeps it behind the log, and who asks it. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type DynamicModule, Module } from '@nestjs/common';
import type { EventStore } from '#libs/event-store/event-store.ts';
import { AskHandler, VIEWS } from '#libs/nest/ask.ts';
import { Projector } from '#libs/nest/projector.ts';
import { SharedProjector } from '#libs/nest/shared-projector.ts';
import type { ViewKeeper } from '#libs/nest/view-keeper.ts';
import { postgresViews } from '#libs/views/postgresql/shared.ts';
import { prepareViews } from '#libs/views/postgresql/view-schema.ts';
import { type Reading, openReading } from '#libs/views/sqlite/reading.ts';
import { ViewFolder } from '#libs/views/sqlite/view-folder.ts';
import { CertificateQuestions } from './api/certificate.questions.ts';
import { ChipCardQuestions } from './api/chip-card.questions.ts';
import { AuditQuestions } from './api/audit.questions.ts';
import { ENTITY_EVENTS } from './api/entity-events.ts';
import { EventQuestions } from './api/event.questions.ts';
import { KeyQuestions } from './api/key.questions.ts';
import { Links, LinksResolver } from './api/links.ts';
import { NumberQuestions } from './api/numbers.questions.ts';
import { PersonalizationQuestions } from './api/personalization.questions.ts';
import { NodeQuestions } from './api/node.questions.ts';
import { OperatorQuestions } from './api/operator.questions.ts';
import { ListChangeQuestions, ListedKeyResolver, PastQuestions } from './api/past.questions.ts';
import { OrderQuestions } from './api/order.questions.ts';
import { Questions } from './api/questions.ts';
import { SecurityModuleQuestions } from './api/security-module.questions.ts';
import { SessionQuestions } from './api/session.questions.ts';
import { StationQuestions } from './api/station.questions.ts';
import { TrustListQuestions } from './api/trust-list.questions.ts';
import { UnitQuestions } from './api/unit.questions.ts';
import { LOG_RECORD } from './api/trust-list.resolver.ts';
import type { Board } from './board.ts';
import { BOARD } from './desk.ts';
import type { LogRecord } from './record.ts';

export type Views = ViewKeeper<Reading>;

/** The projector of the deployment in this folder; `start` makes it follow. */
export function viewsIn(folder: string, store: EventStore, say?: (line: string) => void): Views {
  const place = new ViewFolder(join(folder, 'views'));
  return new Projector({ store, place, openReading, ...(say === undefined ? {} : { say }) });
}

/** Of a PostgreSQL database that several platforms may share. Throws AccessDenied or Unavailable, one sentence each. */
export async function viewsAt(address: string, store: EventStore, say?: (line: string) => void): Promise<Views> {
  await prepareViews(address);
  const views = postgresViews(address, `${hostname()}:${process.pid}`);
  return new SharedProjector({ store, views, ...(say === undefined ? {} : { say }) });
}

@Module({})
export class ViewsModule {
  static of(views: Views, board: Board, record: LogRecord): DynamicModule {
    return {
      module: ViewsModule,
      exports: [Questions, VIEWS],
      providers: [
        { provide: VIEWS, useValue: views },
        { provide: BOARD, useValue: board },
        { provide: LOG_RECORD, useValue: record },
        AskHandler,
        Questions,
        EventQuestions,
        AuditQuestions,
        Links,
        LinksResolver,
        PastQuestions,
        NumberQuestions,
        PersonalizationQuestions,
        ListChangeQuestions,
        ListedKeyResolver,
        ...ENTITY_EVENTS,
        OrderQuestions,
        OperatorQuestions,
        UnitQuestions,
        ChipCardQuestions,
        KeyQuestions,
        SecurityModuleQuestions,
        CertificateQuestions,
        StationQuestions,
        TrustListQuestions,
        SessionQuestions,
        NodeQuestions,
      ],
    };
  }
}
