/** What every question has at hand: the query bus, and how refusals and pages are said in GraphQL. */
import type { Quorum } from '#libs/kernel/rule-words.ts';
import { Inject, Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { GraphQLError } from 'graphql';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { Ask } from '#libs/nest/ask.ts';
import type { Connection, PageArguments } from '#libs/views/questions/page.ts';
import type { Reading } from '#libs/views/sqlite/reading.ts';
import {
  CHIP_CARD_FIELDS,
  type Node,
  ORDER_FIELDS,
  chipCardNode,
  globalId,
  orderNode,
  renderedUnder,
} from './nodes.ts';

/** Arguments of every connection. */
export interface ConnectionArguments<Filter = undefined> extends PageArguments {
  /** Position that the asker has seen. */
  readonly seen?: string | null;
  readonly filter?: Filter | null;
}

@Injectable()
export class Questions {
  readonly #bus: QueryBus;

  constructor(@Inject(QueryBus) bus: QueryBus) {
    this.#bus = bus;
  }

  /** Throws GraphQLError: BAD_PAGE, BAD_CURSOR, BAD_FILTER, VIEWS_REBUILDING, VIEW_BEHIND. */
  async page<Row>(
    seen: string | null | undefined,
    question: (views: Reading) => Promise<Connection<Row> | Refusal>,
    node: (row: Row) => Node,
  ): Promise<Connection<Node>> {
    const answer = await this.ask(seen, question);
    if (isRefusal(answer)) throw failed(answer);
    return { ...answer, edges: answer.edges.map((edge) => ({ cursor: edge.cursor, node: node(edge.node) })) };
  }

  /** Null where there is none. Throws GraphQLError: VIEWS_REBUILDING, VIEW_BEHIND. */
  async one<Row>(
    after: string | null | undefined,
    find: (views: Reading) => PromiseLike<Row | null>,
    node: (row: Row) => Node,
  ): Promise<Node | null> {
    const row = await this.ask(after, async (views) => find(views));
    return row === null ? null : node(row);
  }

  /** An order of the board, with what only its view knows for whoever asks for it. */
  order(
    { rule, ...known }: { readonly id: string; readonly bytes: string; readonly rule: Quorum },
    after?: string | null,
  ): Node {
    const find = () => this.one(after, (views) => views.order.findUnique({ where: { id: known.id } }), orderNode);
    const sentence = () => renderedUnder(known.bytes, rule);
    return completed({ ...known, sentence, __typename: 'Order' }, ORDER_FIELDS, find);
  }

  /** A chip card of the board, likewise. */
  chipCard(known: { readonly card: string }, after?: string | null): Node {
    const { card } = known;
    const find = () => this.one(after, (views) => views.chipCard.findUnique({ where: { id: card } }), chipCardNode);
    const own = { ...known, __typename: 'ChipCard', id: globalId('ChipCard', card) };
    return completed(own, CHIP_CARD_FIELDS, find);
  }

  ask<Answer>(seen: string | null | undefined, question: (views: Reading) => Promise<Answer>): Promise<Answer> {
    return this.#bus.execute<Ask, Answer>(new Ask(seen ?? null, question));
  }
}

/** A refusal as a question answers it. */
export function failed({ code, message }: Refusal): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

/**
 * What is known already, and the other fields only for whoever asks for them, all by one question. A view that has not
 * got there yet says VIEW_BEHIND.
 */
function completed(known: object, fields: readonly string[], find: () => Promise<Node | null>): Node {
  let found: Promise<Node | null> | null = null;
  const fieldOf = (field: string) => async (): Promise<unknown> => {
    const node = await (found ??= find());
    const value = node?.[field];
    if (node !== null) return typeof value === 'function' ? (value as () => unknown)() : value;
    throw new GraphQLError('The views have not seen this yet; ask again in a moment.', {
      extensions: { code: 'VIEW_BEHIND' },
    });
  };
  return { ...Object.fromEntries(fields.map((field) => [field, fieldOf(field)])), ...known } as Node;
}
