/** Reports over GraphQL: one mutation for every fact that a device saw. Its signature says who, its stream says where. */
import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Decider, Fact } from '#libs/kernel/decider.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import { derivedId } from '#libs/kernel/ids.ts';
import { proofText } from '#libs/kernel/report.ts';
import { isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { type Answer, Desk, answerOf } from '../desk.ts';
import type { RequestContext } from '../request-context.ts';
import { witnessReport } from '../witness/report.ts';

const OTHER_REPORTER = refuse('OTHER_SIGNER', 'Another device signed this report; each sends its own.');

@Resolver()
export class ReportResolver {
  readonly #desk: Desk;

  constructor(@Inject(Desk) desk: Desk) {
    this.#desk = desk;
  }

  @Query('genesis')
  genesis(): string {
    return this.#desk.facts.genesis;
  }

  /** The id of a report derives from its bytes: sent twice, recorded once. */
  @Mutation('report')
  async report(
    @Args() it: { statement: string; proof: Proof },
    @Context() { caller }: RequestContext,
  ): Promise<Answer> {
    const seen = witnessReport(this.#desk.facts, it);
    if (isRefusal(seen)) return answerOf(seen);
    if (seen.by !== caller.subject) return answerOf(OTHER_REPORTER);
    const { by, stream, occurredAt, row, data, type } = seen;
    const contest = this.#desk.board.contest({ stream, type, data });
    const metadata = { proof: proofText(it.proof) };
    const commandId = derivedId('report', it.statement);
    const submit = <State, Command, Event extends Fact>(decider: Decider<State, Command, Event>, command: Command) =>
      this.#desk.submit({
        operation: 'report',
        decider,
        stream,
        found: command,
        commandId,
        actor: by,
        occurredAt,
        metadata,
      });
    return row.give(submit, { type, data, contest });
  }
}
