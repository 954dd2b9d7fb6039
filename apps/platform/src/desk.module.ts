/** The desk and what it needs, in a module of their own: the door before GraphQL needs the desk before GraphQL is there. */
import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { HandlePort } from '#libs/event-store/handle.ts';
import type { Clock } from '#libs/kernel/clock.ts';
import { RECORD, SubmitHandler } from '#libs/nest/submit.ts';
import type { Board } from './board.ts';
import { BOARD, CLOCK, Desk } from './desk.ts';

export interface DeskParts {
  readonly port: HandlePort;
  readonly board: Board;
  readonly clock: Clock;
}

@Module({})
export class DeskModule {
  static of({ port, board, clock }: DeskParts): DynamicModule {
    const given = [
      { provide: RECORD, useValue: port },
      { provide: BOARD, useValue: board },
      { provide: CLOCK, useValue: clock },
    ];
    return {
      module: DeskModule,
      imports: [CqrsModule.forRoot()],
      providers: [...given, Desk, SubmitHandler],
      exports: [RECORD, BOARD, CLOCK, Desk],
    };
  }
}
