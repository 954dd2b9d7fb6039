/** The past: what was true, or what the record knew, at a moment that the asker names. */
import { Inject } from '@nestjs/common';
import { Args, Context, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { type ListChange, listChanges } from '#libs/views/questions/list-changes.ts';
import { type Moment, PAST, pastOf } from '#libs/views/questions/past.ts';
import type { Row, View } from '#libs/views/view.ts';
import { maySee } from '../permissions.ts';
import type { RequestContext } from '../request-context.ts';
import { Links } from './links.ts';
import * as nodes from './nodes.ts';
import { Questions, failed } from './questions.ts';

interface Kind<R extends Row> {
  readonly view: View<R>;
  readonly where: (key: string) => readonly object[];
}

@Resolver('Past')
export class PastQuestions {
  readonly #questions: Questions;

  constructor(@Inject(Questions) questions: Questions) {
    this.#questions = questions;
  }

  @Query('past')
  past(@Args() { asOf, knownAt, after }: Moment & { after?: string }): object {
    return { asOf: asOf ?? null, knownAt: knownAt ?? null, seen: after ?? null };
  }

  @ResolveField('order')
  order(@Parent() at: At, @Args('id') id: string, @Context() it: RequestContext): Answer {
    return this.#at(at, { kind: PAST.order, key: id, type: 'Order', by: it }, nodes.orderNode);
  }

  @ResolveField('securityModule')
  securityModule(@Parent() at: At, @Args('serial') key: string, @Context() it: RequestContext): Answer {
    return this.#at(at, { kind: PAST.securityModule, key, type: 'SecurityModule', by: it }, nodes.securityModuleNode);
  }

  @ResolveField('chipCard')
  chipCard(@Parent() at: At, @Args('card') key: string, @Context() it: RequestContext): Answer {
    return this.#at(at, { kind: PAST.chipCard, key, type: 'ChipCard', by: it }, (row) =>
      nodes.chipCardNode({ ...row, retired: row.retired === 1, overdue: row.overdue === 1 }),
    );
  }

  @ResolveField('certificate')
  certificate(@Parent() at: At, @Args('fingerprint') key: string, @Context() it: RequestContext): Answer {
    return this.#at(at, { kind: PAST.certificate, key, type: 'Certificate', by: it }, nodes.certificateNode);
  }

  @ResolveField('trustList')
  trustList(@Parent() at: At, @Args('station') key: string, @Context() it: RequestContext): Answer {
    return this.#at(at, { kind: PAST.trustList, key, type: 'TrustList', by: it }, nodes.trustListNode);
  }

  @ResolveField('station')
  station(@Parent() at: At, @Args('station') key: string, @Context() it: RequestContext): Answer {
    return this.#at(at, { kind: PAST.station, key, type: 'Station', by: it }, nodes.stationNode);
  }

  @ResolveField('unit')
  unit(@Parent() at: At, @Args('unit') key: string, @Context() it: RequestContext): Answer {
    return this.#at(at, { kind: PAST.unit, key, type: 'Unit', by: it }, nodes.unitNode);
  }

  async #at<R extends Row>(at: At, wanted: Wanted<R>, node: (row: R) => nodes.Node): Answer {
    if (!maySee(wanted.type, wanted.by.caller.roles)) throw failed(NOT_YOURS);
    const moment = { asOf: at.asOf, knownAt: at.knownAt, key: wanted.key };
    const row: R | null | Refusal = await this.#questions.ask(at.seen, (views) => pastOf(views, wanted.kind, moment));
    if (isRefusal(row)) throw failed(row);
    return row === null ? null : node(row);
  }
}

const NOT_YOURS = refuse('FORBIDDEN', 'Your roles do not read this.');

interface At {
  readonly asOf: string | null;
  readonly knownAt: string | null;
  readonly seen: string | null;
}

interface Wanted<R extends Row> {
  readonly kind: Kind<R>;
  readonly key: string;
  readonly type: string;
  readonly by: RequestContext;
}

type Answer = Promise<nodes.Node | null>;

@Resolver()
export class ListChangeQuestions {
  readonly #questions: Questions;

  constructor(@Inject(Questions) questions: Questions) {
    this.#questions = questions;
  }

  @Query('trustListChanges')
  async trustListChanges(@Args() it: { station: string; from: string; to: string; after?: string }): Promise<object> {
    const found = await this.#questions.ask(it.after, (views) => listChanges(views, it));
    if (isRefusal(found)) throw failed(found);
    const { before, after, changes, differences } = found;
    const linked = ({ cardKey, order }: Pick<ListChange, 'cardKey' | 'order'>) => ({ cardKey, order });
    return {
      before: before === null ? null : nodes.trustListNode(before),
      after: after === null ? null : nodes.trustListNode(after),
      changes: changes.map((one) => ({ ...one, links: linked(one) })),
      differences: differences.map((one) => ({ ...one, links: linked(one) })),
    };
  }
}

/** The card that holds a listed key: stations know keys alone. */
@Resolver('ListedKey')
export class ListedKeyResolver {
  readonly #links: Links;

  constructor(@Inject(Links) links: Links) {
    this.#links = links;
  }

  @ResolveField('card')
  async card(@Parent() { cardKey }: { cardKey: string }, @Context() context: RequestContext): Promise<string | null> {
    const key = await this.#links.to('Key', `signing-key:${cardKey}`, context);
    return typeof key?.holder === 'string' ? key.holder.replace(/^card:/, '') : null;
  }
}
