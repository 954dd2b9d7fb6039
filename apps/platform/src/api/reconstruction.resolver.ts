/** A certificate built again over GraphQL: from the record alone, by the walk that the auditor takes himself. */
import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { pemChain } from '#libs/certificates/pem.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { Desk } from '../desk.ts';
import { Questions, failed } from './questions.ts';

@Resolver()
export class ReconstructionResolver {
  readonly #desk: Desk;
  readonly #questions: Questions;

  constructor(@Inject(Desk) desk: Desk, @Inject(Questions) questions: Questions) {
    this.#desk = desk;
    this.#questions = questions;
  }

  @Query('reconstruction')
  async reconstruction(@Args() { fingerprint, after }: { fingerprint: string; after?: string }): Promise<object> {
    await this.#desk.board.reached(after ?? null);
    const rebuilt = this.#desk.board.reconstruct(fingerprint);
    if (isRefusal(rebuilt)) throw failed(rebuilt);
    const { evidence, logEntry, chain, equalsModule, doubt } = rebuilt;
    const held = equalsModule === 'not yet' ? null : equalsModule;
    return {
      ...evidence,
      approvedBy: evidence.approvedBy.map((one) => ({ ...one, at: () => this.#timeOf(one.position) })),
      requestedTime: () => this.#timeOf(evidence.requestedAt),
      logEntry,
      pem: pemChain(chain),
      equalsModule: held,
      doubt: doubt?.why ?? null,
    };
  }

  /** Only the views know the time by the position, so it is asked for by whoever wants it. */
  async #timeOf(position: string): Promise<string | null> {
    const find = { where: { position }, select: { recordedAt: true } };
    const event = await this.#questions.ask(null, (views) => views.event.findUnique(find));
    return event?.recordedAt ?? null;
  }
}
