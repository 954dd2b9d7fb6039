/** What somebody must look at. */
import { Inject } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import { openAlarms } from '../alarms.ts';
import { Desk } from '../desk.ts';
import { Standing } from '../operations/standing.ts';
import type { LogRecord } from '../record.ts';
import { Questions } from './questions.ts';
import { LOG_RECORD } from './trust-list.resolver.ts';

const STATIONS_MAX = 500;

@Resolver()
export class AlarmQuestions {
  readonly #desk: Desk;
  readonly #questions: Questions;
  readonly #record: LogRecord;
  readonly #standing: Standing;

  constructor(
    @Inject(Desk) desk: Desk,
    @Inject(Questions) questions: Questions,
    @Inject(LOG_RECORD) record: LogRecord,
    @Inject(Standing) standing: Standing,
  ) {
    this.#desk = desk;
    this.#questions = questions;
    this.#record = record;
    this.#standing = standing;
  }

  @Query('alarms')
  async alarms(): Promise<readonly object[]> {
    const lists = await this.#questions.ask(null, (views) =>
      views.trustList.findMany({
        select: { id: true, version: true, publishedAt: true, enforcedVersion: true },
        orderBy: { since: 'asc' },
        take: STATIONS_MAX,
      }),
    );
    const { board, clock, handed } = this.#desk;
    const { cosigner } = this.#record;
    return openAlarms({
      board,
      now: clock.seconds(),
      standstill: cosigner.standstill,
      witnesses: cosigner.witnesses,
      unsealedFor: this.#standing.seal.seconds,
      lists: lists.map(({ id, ...list }) => ({ ...list, station: id, handed: handed.newest(id) })),
    });
  }
}
