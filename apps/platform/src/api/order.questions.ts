/** Orders, asked of their view, and the news that one has moved. */
import { Inject } from '@nestjs/common';
import { Args, Query, Resolver, Subscription } from '@nestjs/graphql';
import { orderStream } from '#libs/domain/order/order.ts';
import { entityPage } from '#libs/views/questions/entities.ts';
import type { Board } from '../board.ts';
import { BOARD } from '../desk.ts';
import { news } from '../news.ts';
import { orderNode } from './nodes.ts';
import { type ConnectionArguments, Questions } from './questions.ts';

/** Column and value; what is left out may be anything. */
interface OrderFilter {
  readonly state?: string | null;
  readonly states?: readonly string[] | null;
  readonly kind?: string | null;
  readonly requester?: string | null;
  readonly unit?: string | null;
  readonly station?: string | null;
}

@Resolver()
export class OrderQuestions {
  readonly #questions: Questions;
  readonly #board: Board;

  constructor(@Inject(Questions) questions: Questions, @Inject(BOARD) board: Board) {
    this.#questions = questions;
    this.#board = board;
  }

  @Query('orders')
  orders(@Args() { seen, filter, ...page }: ConnectionArguments<OrderFilter>): Promise<object> {
    return this.#questions.page(
      seen,
      (views) => {
        const { states, ...columns } = filter ?? {};
        return entityPage(views, { name: 'orders', filter: { ...columns }, oneOf: { state: states }, page });
      },
      orderNode,
    );
  }

  @Subscription('orderChanged')
  orderChanged(@Args() { order }: { order?: string | null }): AsyncIterable<object> {
    const prefix = orderStream('');
    const concerns = (stream: string) => (order == null ? stream.startsWith(prefix) : stream === orderStream(order));
    return news(this.#board, 'orderChanged', (event) => concerns(event.stream));
  }
}
