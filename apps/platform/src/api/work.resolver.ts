/** What a unit is given to do, and the news that there may be more. */
import { Inject } from '@nestjs/common';
import { Context, Query, Resolver, Subscription } from '@nestjs/graphql';
import { toBase64url } from '#libs/kernel/bytes.ts';
import type { PlatformConfig } from '../config.ts';
import { Desk } from '../desk.ts';
import { news } from '../news.ts';
import { revocationListOf } from '../revocation-lists.ts';
import type { RequestContext } from '../request-context.ts';
import { workFor } from '../work.ts';
import { Questions } from './questions.ts';

export const CONFIG = Symbol('config');

@Resolver()
export class WorkResolver {
  readonly #desk: Desk;
  readonly #config: PlatformConfig;
  readonly #questions: Questions;

  constructor(
    @Inject(Desk) desk: Desk,
    @Inject(CONFIG) config: PlatformConfig,
    @Inject(Questions) questions: Questions,
  ) {
    this.#desk = desk;
    this.#config = config;
    this.#questions = questions;
  }

  @Query('work')
  work(@Context() { caller }: RequestContext): readonly object[] {
    const lists = new Map<string, Uint8Array | null>();
    return workFor(this.#desk.facts, caller.id, this.#desk.clock.seconds()).flatMap((one) => {
      const crl = lists.get(one.customerCa) ?? revocationListOf(this.#config, one.customerCa);
      lists.set(one.customerCa, crl);
      if (crl === null) return []; // the module would refuse what its card had signed
      const order = this.#questions.order(one.order, this.#desk.board.seen);
      return [
        {
          ...one,
          order,
          trace: this.#desk.traces.of(one.order.id),
          cardLog: this.#desk.board.cardLogOf(one.card).known,
          crl: toBase64url(crl),
        },
      ];
    });
  }

  @Subscription('workChanged')
  workChanged(): AsyncIterable<object> {
    return news(this.#desk.board, 'workChanged', (event) => event.type.startsWith('Order'));
  }
}
