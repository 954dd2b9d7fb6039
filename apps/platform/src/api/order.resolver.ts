/** Orders over GraphQL. A person needs no session here: what he sends carries his own signature. */
import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import { orderDecider, orderStream } from '#libs/domain/order/order.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { type Answer, Desk, type RequestContext, permit, permitted } from '../desk.ts';
import { witnessApproval, witnessEnding, witnessRequest } from '../witness/order.ts';

interface Signed {
  readonly id: string;
  readonly order: string;
  readonly proof: Proof;
}

interface Request {
  readonly id: string;
  readonly bytes: string;
  readonly serials?: readonly string[] | null;
  readonly proof: Proof;
}

@Resolver()
export class OrderResolver {
  readonly #desk: Desk;

  constructor(@Inject(Desk) desk: Desk) {
    this.#desk = desk;
  }

  @Query('order')
  async order(@Args() { id, after }: { id: string; after?: string }): Promise<object | null> {
    await this.#desk.board.reached(after ?? null);
    const order = this.#desk.facts.orders.get(id);
    if (order === undefined) return null;
    const { bytes, approvals, state } = order;
    return { id, bytes, serials: state.serials, state: state.is, approvals };
  }

  @Query('withdrawnOrders')
  withdrawnOrders(@Context() context: RequestContext): readonly string[] {
    permit(context, 'headquarters', 'unit');
    const now = this.#desk.clock.seconds();
    const { orders } = this.#desk.facts;
    return [...orders.values()]
      .filter(({ state }) => state.is === 'withdrawn' && state.order.notAfter >= now)
      .map(({ id }) => id);
  }

  @Mutation('requestOrder')
  requestOrder(@Args() { id, bytes, serials, proof }: Request): Promise<Answer> {
    const now = this.#desk.clock.seconds();
    const witnessed = witnessRequest(this.#desk.facts, {
      text: bytes,
      proof,
      now,
      ...(serials == null ? {} : { serials }),
    });
    return this.#submit('requestOrder', { id, order: witnessed.id }, witnessed.found);
  }

  @Mutation('approveOrder')
  approveOrder(@Args() it: Signed): Promise<Answer> {
    const now = this.#desk.clock.seconds();
    return this.#submit('approveOrder', it, witnessApproval(this.#desk.facts, { id: it.order, proof: it.proof, now }));
  }

  @Mutation('declineOrder')
  declineOrder(@Args() it: Signed): Promise<Answer> {
    const found = witnessEnding(this.#desk.facts, { id: it.order, proof: it.proof, do: 'DeclineOrder' });
    return this.#submit('declineOrder', it, found);
  }

  @Mutation('withdrawOrder')
  withdrawOrder(@Args() it: Signed): Promise<Answer> {
    const found = witnessEnding(this.#desk.facts, { id: it.order, proof: it.proof, do: 'WithdrawOrder' });
    return this.#submit('withdrawOrder', it, found);
  }

  @Mutation('takeOrder')
  takeOrder(
    @Args() it: { id: string; order: string; serial: string },
    @Context() context: RequestContext,
  ): Promise<Answer> {
    const caller = permitted(context, 'unit');
    if (isRefusal(caller)) return this.#submit('takeOrder', it, caller);
    const now = this.#desk.clock.seconds();
    const found = { do: 'TakeOrder', unit: caller.id, serial: it.serial, now } as const;
    return this.#submit('takeOrder', it, found, `unit:${caller.id}`);
  }

  #submit(
    operation: string,
    it: { id: string; order: string },
    ...[found, by]: [found: ReturnType<typeof witnessApproval>, by?: string]
  ): Promise<Answer> {
    const person = !isRefusal(found) && 'finding' in found ? found.finding.person : 'unknown';
    const actor = by ?? `person:${person}`;
    return this.#desk.submit({
      operation,
      decider: orderDecider,
      stream: orderStream(it.order),
      found,
      commandId: it.id,
      actor,
    });
  }
}
