/** Whether the platform lives, and whether it serves. Nothing here tells what the log holds. */
import { Controller, Get, HttpCode, Inject, ServiceUnavailableException } from '@nestjs/common';
import { VIEWS } from '#libs/nest/ask.ts';
import { LOG_RECORD } from './api/trust-list.resolver.ts';
import { BOARD } from './desk.ts';
import type { Board } from './board.ts';
import type { LogRecord } from './record.ts';
import type { Views } from './views.ts';

@Controller('health')
export class HealthController {
  readonly #record: LogRecord;
  readonly #board: Board;
  readonly #views: Views;

  constructor(@Inject(LOG_RECORD) record: LogRecord, @Inject(BOARD) board: Board, @Inject(VIEWS) views: Views) {
    this.#record = record;
    this.#board = board;
    this.#views = views;
  }

  @Get('live')
  @HttpCode(200)
  live(): object {
    return { live: true };
  }

  @Get('ready')
  ready(): object {
    const { failed, latest } = this.#record.sealer;
    const { standstill, latest: cosigned, witnesses } = this.#record.cosigner;
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
    if (standstill !== null)
      throw new ServiceUnavailableException({ ready: false, why: standstill.message, code: standstill.code });
    if (founding === null) throw new ServiceUnavailableException({ ready: false, why: 'no deployment was founded' });
    const { events } = this.#board.facts;
    // Operations and what devices need go on while the views are made anew.
    const seal = { sealed: latest?.size ?? 0, cosigned: cosigned?.size ?? 0, witnesses };
    return { ready: true, demo: founding.demo, events, ...seal, views: this.#views.state.is };
  }
}
