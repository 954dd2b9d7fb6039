/** Manufacturers whose modules and cards' CAs are accepted: asked for with their orders, let in and withdrawn by orders. */
import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import {
  type ManufacturerCommand,
  manufacturerDecider,
  manufacturerStream,
} from '#libs/domain/manufacturer/manufacturer.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { type Answer, Desk } from '../desk.ts';
import type { RequestContext } from '../request-context.ts';
import { witnessManufacturer, witnessManufacturerWithdrawal } from '../witness/manufacturer.ts';

interface ByOrder {
  readonly id: string;
  readonly order: string;
}

@Resolver()
export class ManufacturerResolver {
  readonly #desk: Desk;

  constructor(@Inject(Desk) desk: Desk) {
    this.#desk = desk;
  }

  @Query('manufacturerKeys')
  manufacturerKeys(): readonly object[] {
    const { manufacturers, orders } = this.#desk.facts;
    return [...manufacturers.values()].map(({ root, registered }) => {
      const order = orders.get(registered?.order ?? '');
      return {
        root: root.id,
        manufacturer: registered?.manufacturer ?? null,
        certificate: toBase64url(root.certificate),
        withdrawn: root.isWithdrawn,
        bytes: order?.bytes ?? null,
        approvals: order?.approvals ?? [],
      };
    });
  }

  @Mutation('registerManufacturerKey')
  registerManufacturerKey(
    @Args() it: ByOrder & { certificate: string },
    @Context() { caller }: RequestContext,
  ): Promise<Answer> {
    const found = () => witnessManufacturer(this.#desk.facts, { ...it, now: this.#desk.clock.seconds() });
    return this.#alone('registerManufacturerKey', { ...it, by: caller.subject }, found);
  }

  @Mutation('withdrawManufacturerKey')
  withdrawManufacturerKey(@Args() it: ByOrder, @Context() { caller }: RequestContext): Promise<Answer> {
    const found = () => witnessManufacturerWithdrawal(this.#desk.facts, { ...it, now: this.#desk.clock.seconds() });
    return this.#alone('withdrawManufacturerKey', { ...it, by: caller.subject }, found);
  }

  /** Nothing else is written meanwhile: what came in under a root stands before its withdrawal in the log, or nowhere. */
  #alone(operation: string, it: ByOrder & { by: string }, witnessed: () => ManufacturerCommand | Refusal) {
    return this.#desk.alone(() => {
      const found = witnessed();
      const stream = manufacturerStream(isRefusal(found) ? it.order : found.root);
      return { operation, decider: manufacturerDecider, stream, found, commandId: it.id, actor: it.by };
    });
  }
}
