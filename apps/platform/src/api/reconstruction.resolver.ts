/** A certificate built again over GraphQL: from the record alone, by the walk that the auditor takes himself. */
import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { GraphQLError } from 'graphql';
import { pemChain } from '#libs/certificates/pem.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { Desk } from '../desk.ts';

@Resolver()
export class ReconstructionResolver {
  readonly #desk: Desk;

  constructor(@Inject(Desk) desk: Desk) {
    this.#desk = desk;
  }

  @Query('reconstruction')
  async reconstruction(@Args() { fingerprint, after }: { fingerprint: string; after?: string }): Promise<object> {
    await this.#desk.board.reached(after ?? null);
    const rebuilt = this.#desk.board.reconstruct(fingerprint);
    if (isRefusal(rebuilt)) throw new GraphQLError(rebuilt.message, { extensions: { code: rebuilt.code } });
    const { evidence, chain, equalsModule, doubt } = rebuilt;
    const held = equalsModule === 'not yet' ? null : equalsModule;
    return { ...evidence, pem: pemChain(chain), equalsModule: held, doubt: doubt?.why ?? null };
  }
}
