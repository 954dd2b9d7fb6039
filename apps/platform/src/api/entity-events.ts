/** The events of one thing, as a connection on the thing itself: the audit trail, asked for what is about it. */
import { Inject, type Type } from '@nestjs/common';
import { Args, Info, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import type { EventFilter } from '#libs/views/questions/event-filter.ts';
import { eventPage } from '#libs/views/questions/events.ts';
import { askedFields } from './asked-fields.ts';
import { eventColumns, eventNode } from './event-node.ts';
import { type ConnectionArguments, Questions } from './questions.ts';

/** By which member of the thing its events are found, and what the filter calls it. */
const FOUND_BY = {
  Order: ['id', 'order'],
  SecurityModule: ['serial', 'serial'],
  ChipCard: ['card', 'card'],
  Certificate: ['fingerprint', 'certificate'],
  Station: ['station', 'station'],
  Unit: ['unit', 'unit'],
} as const satisfies Record<string, readonly [member: string, filter: keyof EventFilter]>;

type Thing = Readonly<Record<string, unknown>>;

export const ENTITY_EVENTS: readonly Type[] = Object.entries(FOUND_BY).map(([type, by]) => eventsOf(type, by));

function eventsOf(type: string, [member, condition]: readonly [string, string]): Type {
  @Resolver(type)
  class EntityEvents {
    readonly #questions: Questions;

    constructor(@Inject(Questions) questions: Questions) {
      this.#questions = questions;
    }

    @ResolveField('events')
    events(
      @Parent() thing: Thing,
      @Args() { filter, ...page }: ConnectionArguments<EventFilter>,
      @Info() info: GraphQLResolveInfo,
    ): Promise<object> {
      const wanted = { ...filter, [condition]: thing[member] };
      const question = { filter: wanted, page, columns: eventColumns(askedFields(info)) };
      return this.#questions.page(null, (views) => eventPage(views, question), eventNode);
    }
  }
  return EntityEvents;
}
