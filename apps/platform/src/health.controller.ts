/** Whether the platform lives, and whether it serves. Nothing here tells what the log holds. */
import { Controller, Get, HttpCode, Inject, ServiceUnavailableException } from '@nestjs/common';
import { LOG_RECORD } from './api/trust-list.resolver.ts';
import { BOARD } from './desk.ts';
import type { Board } from './board.ts';
import type { LogRecord } from './record.ts';

@Controller('health')
export class HealthController {
  readonly #record: LogRecord;
  readonly #board: Board;

  constructor(@Inject(LOG_RECORD) record: LogRecord, @Inject(BOARD) board: Board) {
    this.#record = record;
    this.#board = board;
  }

  @Get('live')
  @HttpCode(200)
  live(): object {
    return { live: true };
  }

  @Get('ready')
  ready(): object {
    const { failed, latest } = this.#record.sealer;
    const { founding } = this.#board.facts;
    if (failed !== null) throw new ServiceUnavailableException({ ready: false, why: 'the seal stands still' });
    const { finding } = this.#board;
    if (finding !== null)
      throw new ServiceUnavailableException({
        ready: false,
        why: 'the record does not hold',
        position: finding.position,
        code: finding.code,
      });
    if (founding === null) throw new ServiceUnavailableException({ ready: false, why: 'no deployment was founded' });
    return { ready: true, demo: founding.demo, events: this.#board.facts.events, sealed: latest?.size ?? 0 };
  }
}
