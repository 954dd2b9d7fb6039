/** Numbers for charts, and the fleet by what it is. */
import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { type Span, fleetCounts, hourCounts, numbersOf } from '#libs/views/questions/numbers.ts';
import { Questions, failed } from './questions.ts';

type Asked = Span & { readonly after?: string };

@Resolver()
export class NumberQuestions {
  readonly #questions: Questions;

  constructor(@Inject(Questions) questions: Questions) {
    this.#questions = questions;
  }

  @Query('numbers')
  async numbers(@Args() { after, ...span }: Asked): Promise<object> {
    const found = await this.#questions.ask(after, (views) => numbersOf(views, span));
    if (isRefusal(found)) throw failed(found);
    const enforcements = found.enforcements.map(({ orderId: order, ...one }) => {
      const links = { order, cardKey: one.cardKey, station: one.station };
      return { ...one, order, links };
    });
    return { ...found, enforcements };
  }

  @Query('eventCounts')
  async eventCounts(@Args() { after, ...span }: Asked): Promise<readonly object[]> {
    const found = await this.#questions.ask(after, (views) => hourCounts(views, span));
    if (isRefusal(found)) throw failed(found);
    return found;
  }

  @Query('fleet')
  fleet(@Args() { after }: { after?: string }): Promise<readonly object[]> {
    return this.#questions.ask(after, fleetCounts);
  }
}
