/** Approved orders about people carried out: who approves from now on, and who signs in. */
import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import { approverSetDecider, approverSetStream } from '#libs/domain/approver-set/approver-set.ts';
import { operatorDecider, operatorStream } from '#libs/domain/operator/operator.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { type Answer, Desk } from '../desk.ts';
import { foundedOperator, setInForce } from '../people-facts.ts';
import type { RequestContext } from '../request-context.ts';
import type { CredentialInput } from '../witness/enrolment.ts';
import { type WitnessedOperator, witnessAdoption, witnessOperator } from '../witness/people.ts';

@Resolver()
export class PeopleResolver {
  readonly #desk: Desk;

  constructor(@Inject(Desk) desk: Desk) {
    this.#desk = desk;
  }

  /** The set in force, and the chain that leads to it: whoever holds an earlier set follows it by himself. */
  @Query('approverSets')
  approverSets(): object {
    const { facts } = this.#desk;
    const { bytes, hash } = setInForce(facts);
    const adopted = facts.adopted.map((one) => {
      const order = facts.orders.get(one.order);
      return { ...one, bytes: order?.bytes ?? '', approvals: order?.approvals ?? [] };
    });
    const founding = canonicalJson(facts.founding);
    return { founding, hash, document: Buffer.from(bytes).toString('latin1'), adopted };
  }

  /** Nothing else is written meanwhile: what the old set approved stands before it in the log, or nowhere. */
  @Mutation('adoptApproverSet')
  adoptApproverSet(
    @Args() it: { id: string; order: string; document: string },
    @Context() { caller }: RequestContext,
  ): Promise<Answer> {
    return this.#desk.alone(() => ({
      operation: 'adoptApproverSet',
      decider: approverSetDecider,
      stream: approverSetStream(),
      found: witnessAdoption(this.#desk.facts, { ...it, now: this.#desk.clock.seconds() }),
      commandId: it.id,
      actor: caller.subject,
    }));
  }

  @Mutation('changeOperator')
  changeOperator(
    @Args() it: { id: string; order: string; credential?: CredentialInput | null },
    @Context() { caller }: RequestContext,
  ): Promise<Answer> {
    return this.#desk.alone(() => {
      const found = witnessOperator(this.#desk.facts, { ...it, now: this.#desk.clock.seconds() });
      return this.#operation('changeOperator', { id: it.id, by: caller.subject, stream: it.order }, found);
    });
  }

  @Mutation('eraseOperator')
  eraseOperator(@Args() it: { id: string; operator: string }, @Context() { caller }: RequestContext): Promise<Answer> {
    const founded = foundedOperator(this.#desk.facts, it.operator);
    const command = { do: 'EraseOperator', by: caller.id, founded } as const;
    const to = { id: it.id, by: caller.subject, stream: it.operator };
    return this.#desk.submit(this.#operation('eraseOperator', to, { operator: it.operator, command }));
  }

  #operation(
    operation: string,
    { id, by, stream }: { id: string; by: string; stream: string },
    found: WitnessedOperator | ReturnType<typeof witnessOperator>,
  ) {
    return {
      operation,
      decider: operatorDecider,
      stream: operatorStream(isRefusal(found) ? stream : found.operator),
      found: isRefusal(found) ? found : found.command,
      commandId: id,
      actor: by,
    };
  }
}
