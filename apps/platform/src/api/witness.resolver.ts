/** Witnesses of the log, let in by approved orders. */
import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Resolver } from '@nestjs/graphql';
import { logDecider, logStream } from '#libs/domain/log/log.ts';
import { type Answer, Desk } from '../desk.ts';
import type { RequestContext } from '../request-context.ts';
import { witnessAdmission } from '../witness/log-witness.ts';

@Resolver()
export class WitnessResolver {
  readonly #desk: Desk;

  constructor(@Inject(Desk) desk: Desk) {
    this.#desk = desk;
  }

  /** Nothing else is written meanwhile: of two who take the place of one witness the second is refused. */
  @Mutation('admitWitness')
  admitWitness(
    @Args() it: { readonly id: string; readonly order: string },
    @Context() { caller }: RequestContext,
  ): Promise<Answer> {
    return this.#desk.alone(() => ({
      operation: 'admitWitness',
      decider: logDecider,
      stream: logStream(),
      found: witnessAdmission(this.#desk.facts, { ...it, now: this.#desk.clock.seconds() }),
      commandId: it.id,
      actor: caller.subject,
    }));
  }
}
