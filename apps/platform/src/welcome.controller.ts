/** What a person finds at the address that `npm start` prints, until the dashboard stands there. */
import { Controller, Get, Header, Inject } from '@nestjs/common';
import type { Board } from './board.ts';
import { BOARD } from './desk.ts';

@Controller()
export class WelcomeController {
  readonly #board: Board;

  constructor(@Inject(BOARD) board: Board) {
    this.#board = board;
  }

  @Get()
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('x-content-type-options', 'nosniff')
  welcome(): string {
    const { founding, genesis, events } = this.#board.facts;
    return [
      `Keyledger: ${founding?.customer ?? 'no deployment yet'}${founding?.demo === true ? ' (DEMO: nothing here protects anything real)' : ''}`,
      `Deployment ${genesis}, ${events} events.`,
      '',
      'There is no dashboard yet. GraphQL is at /graphql, health at /health/ready.',
      'The proof needs no server: npm run keyledger -- verify',
      '',
    ].join('\n');
  }
}
