/** Chip cards over GraphQL: issue, certify, activate, and the two ways of taking trust away. */
import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import { type ChipCardCommand, chipCardDecider, chipCardStream } from '#libs/domain/chip-card/chip-card.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { type Answer, Desk } from '../desk.ts';
import type { RequestContext } from '../request-context.ts';
import { Questions } from './questions.ts';
import {
  type Certification,
  witnessActivation,
  witnessCertification,
  witnessDisabling,
  witnessIssue,
  witnessRetrust,
} from '../witness/chip-card.ts';

interface ByOrder {
  readonly id: string;
  readonly order: string;
}

@Resolver()
export class ChipCardResolver {
  readonly #desk: Desk;
  readonly #questions: Questions;

  constructor(@Inject(Desk) desk: Desk, @Inject(Questions) questions: Questions) {
    this.#desk = desk;
    this.#questions = questions;
  }

  @Query('chipCard')
  async chipCard(@Args() { card, after }: { card: string; after?: string }): Promise<object | null> {
    await this.#desk.board.reached(after ?? null);
    const found = this.#desk.facts.cards.get(card);
    if (found === undefined) return null;
    const known = { card, cardKey: found.key?.cardKey ?? null, keyState: found.keyState };
    return this.#questions.chipCard(known, after);
  }

  /** For whoever keeps a view of his own and believes nobody. */
  @Query('cardBirth')
  cardBirth(@Args() { card }: { card: string }): object | null {
    const found = this.#desk.facts.cards.get(card);
    if (found?.key == null) return null;
    const { deviceSpki, deviceSignature } = found;
    const { spki, birth, birthSignature } = found.key;
    return { card, spki, birth, birthSignature, deviceSpki, deviceSignature };
  }

  @Mutation('issueCard')
  issueCard(
    @Args() it: ByOrder & { deviceSpki: string; deviceSignature: string },
    @Context() { caller }: RequestContext,
  ): Promise<Answer> {
    const found = witnessIssue(this.#desk.facts, { ...it, now: this.#desk.clock.seconds() });
    const card = isRefusal(found) ? 'unknown' : found.issue.card;
    return this.#submit('issueCard', { id: it.id, card, actor: caller.subject }, found);
  }

  @Mutation('certifySigningKey')
  certifySigningKey(
    @Args() it: Certification & { id: string },
    @Context() { caller }: RequestContext,
  ): Promise<Answer> {
    const found = witnessCertification(this.#desk.facts, it);
    return this.#submit('certifySigningKey', { id: it.id, card: it.card, actor: caller.subject }, found);
  }

  @Mutation('activateCard')
  activateCard(
    @Args() it: { id: string; card: string; statement: string; signature: string },
    @Context() { caller }: RequestContext,
  ): Promise<Answer> {
    const found = witnessActivation(this.#desk.facts, it);
    return this.#submit('activateCard', { id: it.id, card: it.card, actor: caller.subject }, found);
  }

  @Mutation('suspendSigningKey')
  suspendSigningKey(@Args() it: ByOrder, @Context() { caller }: RequestContext): Promise<Answer> {
    return this.#disable('suspendSigningKey', { ...it, actor: caller.subject }, 'suspend-signing-key');
  }

  @Mutation('retrustSigningKey')
  retrustSigningKey(@Args() it: ByOrder, @Context() { caller }: RequestContext): Promise<Answer> {
    const now = this.#desk.clock.seconds();
    const { card, found } = witnessRetrust(this.#desk.facts, { order: it.order, now });
    return this.#submit('retrustSigningKey', { id: it.id, card, actor: caller.subject }, found);
  }

  @Mutation('compromiseSigningKey')
  compromiseSigningKey(@Args() it: ByOrder, @Context() { caller }: RequestContext): Promise<Answer> {
    return this.#disable('compromiseSigningKey', { ...it, actor: caller.subject }, 'compromise-signing-key');
  }

  /** Alone, so that no station comes to trust in the same moment what rests from now on. */
  #disable(
    operation: string,
    it: ByOrder & { readonly actor: string },
    kind: 'suspend-signing-key' | 'compromise-signing-key',
  ): Promise<Answer> {
    return this.#desk.alone(() => {
      const now = this.#desk.clock.seconds();
      const { card, found } = witnessDisabling(this.#desk.facts, { order: it.order, kind, now });
      return operationOn(operation, { id: it.id, card, actor: it.actor }, found);
    });
  }

  #submit(
    operation: string,
    it: { id: string; card: string; actor: string },
    found: ChipCardCommand | Refusal,
  ): Promise<Answer> {
    return this.#desk.submit(operationOn(operation, it, found));
  }
}

function operationOn(
  operation: string,
  it: { id: string; card: string; actor: string },
  found: ChipCardCommand | Refusal,
) {
  const stream = chipCardStream(it.card);
  return { operation, decider: chipCardDecider, stream, found, commandId: it.id, actor: it.actor };
}
