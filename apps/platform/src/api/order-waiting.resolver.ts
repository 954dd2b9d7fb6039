/** News of what waits for a person: approvers and requesters hear of it without asking again and again. */
import { Inject } from '@nestjs/common';
import { Context, Resolver, Subscription } from '@nestjs/graphql';
import { orderStream } from '#libs/domain/order/order.ts';
import { Desk } from '../desk.ts';
import { tidings } from '../news.ts';
import type { RequestContext } from '../request-context.ts';
import { waitingFor } from '../waiting.ts';

@Resolver()
export class OrderWaitingResolver {
  readonly #desk: Desk;

  constructor(@Inject(Desk) desk: Desk) {
    this.#desk = desk;
  }

  @Subscription('orderWaiting')
  orderWaiting(@Context() { caller }: RequestContext): AsyncIterable<object> {
    const { board, clock } = this.#desk;
    const prefix = orderStream('');
    return tidings(board, {
      concerns: ({ stream }) => stream.startsWith(prefix),
      said: (position) => ({ orderWaiting: { position, ...waitingFor(board.facts, caller, clock.seconds()) } }),
      first: board.at,
    });
  }
}
