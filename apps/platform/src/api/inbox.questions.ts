/** What waits for whoever asks, and the evidence that he may take along. */
import { Inject } from '@nestjs/common';
import { Args, Context, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { Desk } from '../desk.ts';
import { evidenceOf } from '../evidence.ts';
import { inboxOf } from '../inbox.ts';
import type { LogRecord } from '../record.ts';
import type { RequestContext } from '../request-context.ts';
import type { Node } from './nodes.ts';
import { Questions, failed } from './questions.ts';
import { LOG_RECORD } from './trust-list.resolver.ts';

@Resolver('Waiting')
export class InboxQuestions {
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

  @Query('inbox')
  inbox(@Context() { caller }: RequestContext): readonly object[] {
    return inboxOf(this.#desk.facts, caller, this.#desk.clock.seconds());
  }

  @ResolveField('order')
  order(@Parent() { id }: { readonly id: string }): Node | null {
    const known = this.#desk.facts.orders.get(id);
    if (known === undefined) return null;
    const { bytes, approvals, state } = known;
    const order = { id, bytes, approvals, state: state.is, serials: state.serials, rule: state.rule };
    return this.#questions.order(order, this.#desk.board.seen);
  }

  @Query('evidence')
  async evidence(@Args() { fingerprint, after }: { fingerprint: string; after?: string }): Promise<object> {
    await this.#desk.board.reached(after ?? null);
    const found = await evidenceOf({ board: this.#desk.board, record: this.#record }, fingerprint);
    if (isRefusal(found)) throw failed(found);
    return found;
  }
}
