/** A chip card's own log beside the record, its leases, and what it did day by day. */
import { Inject } from '@nestjs/common';
import { Args, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { rfc3339Of } from '#libs/kernel/clock.ts';
import { isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { CardLine } from '#libs/proof/card-lines.ts';
import { cardActivity } from '#libs/views/questions/card-activity.ts';
import { Desk } from '../desk.ts';
import type { LogRecord } from '../record.ts';
import type { LeaseNode } from './nodes.ts';
import { Questions, failed } from './questions.ts';
import { LOG_RECORD } from './trust-list.resolver.ts';

const LINES = 50;
const LINES_MAX = 200;
const DAYS = 30;

interface OfCard {
  readonly card: string;
}

@Resolver('ChipCard')
export class CardLogQuestions {
  readonly #desk: Desk;
  readonly #questions: Questions;
  readonly #record: LogRecord;

  constructor(
    @Inject(Desk) desk: Desk,
    @Inject(Questions) questions: Questions,
    @Inject(LOG_RECORD) record: LogRecord,
  ) {
    this.#desk = desk;
    this.#questions = questions;
    this.#record = record;
  }

  @ResolveField('log')
  async log(
    @Parent() { card }: OfCard,
    @Args() { first, before }: { first?: number | null; before?: number | null },
  ): Promise<object> {
    const size = first ?? LINES;
    if (size < 1 || size > LINES_MAX) throw failed(refuse('BAD_PAGE', `A page has from 1 to ${LINES_MAX} lines.`));
    const known = await this.#questions.ask(null, (views) =>
      views.chipCard.findUnique({ where: { id: card }, select: { readNumber: true } }),
    );
    const all = this.#desk.board.cardLinesOf(card, known?.readNumber ?? null);
    const older = before == null ? all : all.filter(({ number }) => number < before);
    const lines = older.slice(0, size);
    const last = lines.at(-1)?.number ?? 0;
    // Two heads of one number stand together, or a page would part them.
    const whole = [...lines, ...older.slice(size).filter(({ number }) => number === last)];
    return { lines: whole.map((one) => this.#lineOf(one)), older: older.length > whole.length ? last : null };
  }

  @ResolveField('activity')
  async activity(@Parent() { card }: OfCard, @Args() { days }: { days?: number | null }): Promise<readonly object[]> {
    const now = this.#desk.clock.seconds() * 1000;
    const found = await this.#questions.ask(null, (views) => cardActivity(views, { card, days: days ?? DAYS, now }));
    if (isRefusal(found)) throw failed(found);
    return found;
  }

  #lineOf({ cardTime, at, fingerprint, ...line }: CardLine): object {
    return {
      ...line,
      certificate: fingerprint,
      seenAt: at,
      cardTime: cardTime === null ? null : rfc3339Of(cardTime),
      index: line.position === null ? null : this.#record.sealer.indexOf(line.position),
      links: { serial: line.serial, order: line.order, certificate: fingerprint },
    };
  }
}

@Resolver('FieldLease')
export class LeaseQuestions {
  readonly #desk: Desk;

  constructor(@Inject(Desk) desk: Desk) {
    this.#desk = desk;
  }

  @ResolveField('used')
  used(@Parent() { card, seconds, after }: LeaseNode): number {
    return this.#desk.board.cardLogOf(card).numbersAt(seconds, after).length;
  }

  @ResolveField('left')
  left(@Parent() lease: LeaseNode): number {
    const { seen } = this.#desk.board.cardLogOf(lease.card);
    const isNewer = ({ entry }: (typeof seen)[number]): boolean =>
      entry !== null && entry.number > lease.after && entry.cardTime > lease.seconds;
    return lease.isLast && !seen.some(isNewer) ? Math.max(0, lease.entries - this.used(lease)) : 0;
  }
}
