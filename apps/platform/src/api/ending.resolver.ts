/** What ends a life, over GraphQL: a module reset or transferred, a module retired, a card retired. */
import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Resolver } from '@nestjs/graphql';
import { chipCardDecider, chipCardStream } from '#libs/domain/chip-card/chip-card.ts';
import {
  type SecurityModuleCommand,
  securityModuleDecider,
  securityModuleStream,
} from '#libs/domain/security-module/security-module.ts';
import type { Refusal } from '#libs/kernel/refusal.ts';
import { type Answer, Desk } from '../desk.ts';
import type { RequestContext } from '../request-context.ts';
import { type ResetSaid, witnessCardRetirement, witnessModuleRetirement, witnessReset } from '../witness/ending.ts';

interface ByOrder {
  readonly id: string;
  readonly order: string;
}

@Resolver()
export class EndingResolver {
  readonly #desk: Desk;

  constructor(@Inject(Desk) desk: Desk) {
    this.#desk = desk;
  }

  @Mutation('resetModule')
  resetModule(@Args() it: ResetSaid & { id: string }, @Context() { caller }: RequestContext): Promise<Answer> {
    const now = this.#desk.clock.seconds();
    const { of, found } = witnessReset(this.#desk.facts, { ...it, unit: caller.id, now });
    return this.#module('resetModule', { id: it.id, serial: of, by: caller.subject }, found);
  }

  @Mutation('retireModule')
  retireModule(@Args() it: ByOrder, @Context() { caller }: RequestContext): Promise<Answer> {
    const { of, found } = witnessModuleRetirement(this.#desk.facts, { ...it, now: this.#desk.clock.seconds() });
    return this.#module('retireModule', { id: it.id, serial: of, by: caller.subject }, found);
  }

  @Mutation('retireCard')
  retireCard(@Args() it: ByOrder, @Context() { caller }: RequestContext): Promise<Answer> {
    return this.#desk.alone(() => {
      const { of, found } = witnessCardRetirement(this.#desk.facts, { ...it, now: this.#desk.clock.seconds() });
      const to = { operation: 'retireCard', decider: chipCardDecider, stream: chipCardStream(of) };
      return { ...to, found, commandId: it.id, actor: caller.subject };
    });
  }

  #module(
    operation: string,
    it: { id: string; serial: string; by: string },
    found: SecurityModuleCommand | Refusal,
  ): Promise<Answer> {
    const to = { operation, decider: securityModuleDecider, stream: securityModuleStream(it.serial) };
    return this.#desk.submit({ ...to, found, commandId: it.id, actor: it.by });
  }
}
