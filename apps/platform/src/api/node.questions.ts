/** Anything by its global id. */
import { Inject } from '@nestjs/common';
import { Args, Context, Query, Resolver } from '@nestjs/graphql';
import { GraphQLError } from 'graphql';
import type { Reading } from '#libs/views/sqlite/reading.ts';
import { maySee } from '../permissions.ts';
import type { RequestContext } from '../request-context.ts';
import { eventNode } from './event-node.ts';
import * as nodes from './nodes.ts';
import { Questions } from './questions.ts';

type Find = (views: Reading, key: string) => Promise<nodes.Node | null>;

const by = (id: string) => ({ where: { id } });

function found<Row>(node: (row: Row) => nodes.Node, row: Row | null): nodes.Node | null {
  return row === null ? null : node(row);
}

/** One row for every type that is a Node. */
const TYPES: Readonly<Record<string, Find>> = {
  Event: async (views, position) => found(eventNode, await views.event.findUnique({ where: { position } })),
  Order: async (views, key) => found(nodes.orderNode, await views.order.findUnique(by(key))),
  Operator: async (views, key) => found(nodes.operatorNode, await views.operator.findUnique(by(key))),
  Unit: async (views, key) => found(nodes.unitNode, await views.unit.findUnique(by(key))),
  ChipCard: async (views, key) => found(nodes.chipCardNode, await views.chipCard.findUnique(by(key))),
  Key: async (views, key) => found(nodes.keyNode, await views.key.findUnique(by(key))),
  SecurityModule: async (views, key) => found(nodes.securityModuleNode, await views.securityModule.findUnique(by(key))),
  Certificate: async (views, key) => found(nodes.certificateNode, await views.certificate.findUnique(by(key))),
  Station: async (views, key) => found(nodes.stationNode, await views.station.findUnique(by(key))),
  TrustList: async (views, key) => found(nodes.trustListNode, await views.trustList.findUnique(by(key))),
  Personalization: async (views, key) =>
    found(nodes.personalizationNode, await views.personalization.findUnique(by(key))),
  Session: async (views, key) => found(nodes.sessionNode, await views.session.findUnique(by(key))),
};

@Resolver()
export class NodeQuestions {
  readonly #questions: Questions;

  constructor(@Inject(Questions) questions: Questions) {
    this.#questions = questions;
  }

  @Query('node')
  async node(
    @Args() { id, after }: { id: string; after?: string },
    @Context() { caller }: RequestContext,
  ): Promise<nodes.Node | null> {
    const { type, key } = nodes.namedBy(id);
    const find = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
    if (find !== undefined && !maySee(type, caller.roles))
      throw new GraphQLError('Your roles do not read nodes of this type.', { extensions: { code: 'FORBIDDEN' } });
    return find === undefined ? null : this.#questions.ask(after, (views) => find(views, key));
  }
}
