/** The desk and what it needs, in a module of their own: the door before GraphQL needs the desk before GraphQL is there. */
import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { HandlePort } from '#libs/event-store/handle.ts';
import type { Clock } from '#libs/kernel/clock.ts';
import { RECORD, SubmitHandler } from '#libs/nest/submit.ts';
import type { Board } from './board.ts';
import { BOARD, CLOCK, Desk, STANDSTILL, type Standstill } from './desk.ts';

export interface DeskParts {
  readonly port: HandlePort;
  readonly board: Board;
  readonly clock: Clock;
  /** Why nothing is decided now; null while it is. */
  readonly standstill: Standstill;
}

@Module({})
export class DeskModule {
  static of({ port, board, clock, standstill }: DeskParts): DynamicModule {
    const given = [
      { provide: RECORD, useValue: port },
      { provide: BOARD, useValue: board },
      { provide: CLOCK, useValue: clock },
      { provide: STANDSTILL, useValue: standstill },
    ];
    return {
      module: DeskModule,
      imports: [CqrsModule.forRoot()],
      providers: [...given, Desk, SubmitHandler],
      exports: [RECORD, BOARD, CLOCK, Desk],
    };
  }
}
