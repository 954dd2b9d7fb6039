/** The desk and what it needs, in a module of their own: the door before GraphQL needs the desk before GraphQL is there. */
import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { HandlePort } from '#libs/event-store/handle.ts';
import type { Clock } from '#libs/kernel/clock.ts';
import { RECORD, SubmitHandler } from '#libs/nest/submit.ts';
import type { Board } from './board.ts';
import { BOARD, CLOCK, Desk, RULES, type Standstill } from './desk.ts';
import type { Together } from './together.ts';

export interface DeskParts {
  readonly port: HandlePort;
  readonly board: Board;
  readonly clock: Clock;
  /** Why nothing is decided now; null while it is. */
  readonly standstill: Standstill;
  /** With other platforms of the same log; null where there are none. */
  readonly together: Together | null;
}

@Module({})
export class DeskModule {
  static of({ port, board, clock, standstill, together }: DeskParts): DynamicModule {
    const given = [
      { provide: RECORD, useValue: port },
      { provide: BOARD, useValue: board },
      { provide: CLOCK, useValue: clock },
      { provide: RULES, useValue: { standstill, together } },
    ];
    return {
      module: DeskModule,
      imports: [CqrsModule.forRoot()],
      providers: [...given, Desk, SubmitHandler],
      exports: [RECORD, BOARD, CLOCK, Desk],
    };
  }
}
