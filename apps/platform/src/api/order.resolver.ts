/** Orders over GraphQL. The session says who calls; what counts is the signature that he sends, and it must be his own. */
import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import { type OrderCommand, orderDecider, orderStream } from '#libs/domain/order/order.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { Caller } from '../caller.ts';
import { type Answer, Desk } from '../desk.ts';
import type { RequestContext } from '../request-context.ts';
import { Questions } from './questions.ts';
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
  readonly #questions: Questions;

  constructor(@Inject(Desk) desk: Desk, @Inject(Questions) questions: Questions) {
    this.#desk = desk;
    this.#questions = questions;
  }

  @Query('order')
  async order(@Args() { id, after }: { id: string; after?: string }): Promise<object | null> {
    await this.#desk.board.reached(after ?? null);
    const order = this.#desk.facts.orders.get(id);
    if (order === undefined) return null;
    const { bytes, approvals, state } = order;
    const known = { id, bytes, serials: state.serials, state: state.is, approvals, rule: state.rule };
    return this.#questions.order(known, after);
  }

  @Query('withdrawnOrders')
  withdrawnOrders(): readonly string[] {
    const now = this.#desk.clock.seconds();
    const { orders } = this.#desk.facts;
    return [...orders.values()]
      .filter(({ state }) => state.is === 'withdrawn' && state.order.notAfter >= now)
      .map(({ id }) => id);
  }

  @Mutation('requestOrder')
  requestOrder(@Args() { id, bytes, serials, proof }: Request, @Context() { caller }: RequestContext): Promise<Answer> {
    const now = this.#desk.clock.seconds();
    const list = serials == null ? {} : { serials };
    const witnessed = witnessRequest(this.#desk.facts, { text: bytes, proof, now, ...list });
    const found = ownSignature(witnessed.found, caller);
    return this.#submit('requestOrder', { id, order: witnessed.id, caller }, found);
  }

  @Mutation('approveOrder')
  approveOrder(@Args() it: Signed, @Context() { caller }: RequestContext): Promise<Answer> {
    const now = this.#desk.clock.seconds();
    const found = witnessApproval(this.#desk.facts, { id: it.order, proof: it.proof, now });
    return this.#submit('approveOrder', { ...it, caller }, ownSignature(found, caller));
  }

  @Mutation('declineOrder')
  declineOrder(@Args() it: Signed, @Context() { caller }: RequestContext): Promise<Answer> {
    const found = witnessEnding(this.#desk.facts, { id: it.order, proof: it.proof, do: 'DeclineOrder' });
    return this.#submit('declineOrder', { ...it, caller }, ownSignature(found, caller));
  }

  @Mutation('withdrawOrder')
  withdrawOrder(@Args() it: Signed, @Context() { caller }: RequestContext): Promise<Answer> {
    const found = witnessEnding(this.#desk.facts, { id: it.order, proof: it.proof, do: 'WithdrawOrder' });
    return this.#submit('withdrawOrder', { ...it, caller }, ownSignature(found, caller));
  }

  @Mutation('takeOrder')
  takeOrder(
    @Args() it: { id: string; order: string; serial: string },
    @Context() { caller }: RequestContext,
  ): Promise<Answer> {
    const now = this.#desk.clock.seconds();
    return this.#submit('takeOrder', { ...it, caller }, { do: 'TakeOrder', unit: caller.id, serial: it.serial, now });
  }

  #submit(
    operation: string,
    { id, order, caller }: { id: string; order: string; caller: Caller },
    found: OrderCommand | Refusal,
  ): Promise<Answer> {
    return this.#desk.submit({
      operation,
      decider: orderDecider,
      stream: orderStream(order),
      found,
      commandId: id,
      actor: caller.subject,
    });
  }
}

/** Nobody sends what somebody else signed: who acts in the record is who was signed in. */
function ownSignature(found: OrderCommand | Refusal, caller: Caller): OrderCommand | Refusal {
  if (isRefusal(found)) return found;
  const finding = 'requesterFinding' in found ? found.requesterFinding : 'finding' in found ? found.finding : null;
  return finding?.person === caller.id
    ? found
    : refuse('OTHER_SIGNER', 'Somebody else signed this; he must send it himself, signed in as himself.');
}
