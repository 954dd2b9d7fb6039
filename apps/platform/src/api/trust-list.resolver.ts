/** Trust lists over GraphQL: what a station trusts, handed out with everything it verifies itself. */
import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import { trustListDecider, trustListStream } from '#libs/domain/trust-list/trust-list.ts';
import { rfc3339Of } from '#libs/kernel/clock.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { type Answer, Desk } from '../desk.ts';
import { news } from '../news.ts';
import type { LogRecord } from '../record.ts';
import type { RequestContext } from '../request-context.ts';
import { type ListSource, trustListOf } from '../trust-list.ts';
import { witnessTrust } from '../witness/trust-list.ts';

export const LOG_RECORD = Symbol('log record');
export const LIST_KEY = Symbol('list key');

@Resolver()
export class TrustListResolver {
  readonly #desk: Desk;
  readonly #record: LogRecord;
  readonly #listKey: ListSource['listKey'];

  constructor(
    @Inject(Desk) desk: Desk,
    @Inject(LOG_RECORD) record: LogRecord,
    @Inject(LIST_KEY) listKey: ListSource['listKey'],
  ) {
    this.#desk = desk;
    this.#record = record;
    this.#listKey = listKey;
  }

  /** Everything in it is meant to be checked by whoever reads it; it lies at /trust-lists for everybody too. */
  @Query('trustList')
  async trustList(
    @Args() { station, after }: { station: string; after?: string },
    @Context() { caller }: RequestContext,
  ): Promise<string | null> {
    await this.#desk.board.reached(after ?? null);
    const { board, clock } = this.#desk;
    const list = await trustListOf({ board, clock, record: this.#record, listKey: this.#listKey }, station);
    if (isRefusal(list)) return null;
    if (caller.roles.includes('station') && caller.id === station)
      this.#desk.handed.note(station, list, clock.seconds());
    return list;
  }

  @Mutation('trustSigningKey')
  trustSigningKey(
    @Args() it: { id: string; order: string; station: string },
    @Context() { caller }: RequestContext,
  ): Promise<Answer> {
    const found = witnessTrust(this.#desk.facts, { ...it, now: this.#desk.clock.seconds() });
    return this.#desk.submit({
      operation: 'trustSigningKey',
      decider: trustListDecider,
      stream: trustListStream(it.station),
      found,
      commandId: it.id,
      actor: caller.subject,
    });
  }

  /** A station is told of its own list, a person of the one he names, or of every one. */
  @Subscription('trustListChanged')
  trustListChanged(
    @Args() it: { station?: string | null },
    @Context() { caller }: RequestContext,
  ): AsyncIterable<object> {
    const station = caller.roles.includes('station') ? caller.id : it.station;
    const concerns = (stream: string) => station == null || stream === trustListStream(station);
    return news(
      this.#desk.board,
      'trustListChanged',
      (event) => event.type === 'TrustListPublished' && concerns(event.stream),
    );
  }
}

@Resolver('TrustList')
export class HandedListResolver {
  readonly #desk: Desk;

  constructor(@Inject(Desk) desk: Desk) {
    this.#desk = desk;
  }

  @ResolveField('handed')
  handed(@Parent() { station }: { readonly station: string }): object | null {
    const found = this.#desk.handed.newest(station);
    return found === null ? null : { ...found, at: rfc3339Of(found.at), notAfter: rfc3339Of(found.notAfter) };
  }
}
