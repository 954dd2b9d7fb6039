/** The audit trail, asked of its view, and the news that there is more of it. */
import { Inject } from '@nestjs/common';
import { Args, Info, Query, Resolver, Subscription } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import type { EventFilter } from '#libs/views/questions/event-filter.ts';
import { isWanted } from '#libs/views/questions/event-wanted.ts';
import { eventPage } from '#libs/views/questions/events.ts';
import type { Board } from '../board.ts';
import { BOARD } from '../desk.ts';
import { news } from '../news.ts';
import { askedFields } from './asked-fields.ts';
import { eventColumns, eventNode } from './event-node.ts';
import { type ConnectionArguments, Questions } from './questions.ts';

@Resolver()
export class EventQuestions {
  readonly #questions: Questions;
  readonly #board: Board;

  constructor(@Inject(Questions) questions: Questions, @Inject(BOARD) board: Board) {
    this.#questions = questions;
    this.#board = board;
  }

  @Query('events')
  events(
    @Args() { seen, filter, ...page }: ConnectionArguments<EventFilter>,
    @Info() info: GraphQLResolveInfo,
  ): Promise<object> {
    const question = { filter: filter ?? {}, page, columns: eventColumns(askedFields(info)) };
    return this.#questions.page(seen, (views) => eventPage(views, question), eventNode);
  }

  @Subscription('eventAppended')
  eventAppended(@Args() { filter }: { filter?: EventFilter | null }): AsyncIterable<object> {
    const keyOf = (card: string) => this.#board.facts.cards.get(card)?.key?.cardKey ?? null;
    return news(this.#board, 'eventAppended', (event) => isWanted(filter ?? {}, event, keyOf));
  }
}
