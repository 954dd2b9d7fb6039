/** From one thing to another: whatever is asked for in one answer is found by one statement for each kind. */
import { Inject, Injectable } from '@nestjs/common';
import { Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import DataLoader from 'dataloader';
import type { Reading } from '#libs/views/sqlite/reading.ts';
import { maySee } from '../permissions.ts';
import type { RequestContext } from '../request-context.ts';
import * as nodes from './nodes.ts';
import type { Named } from './named.ts';
import { Questions } from './questions.ts';

type Many = (views: Reading, ids: string[]) => Promise<readonly Found[]>;

interface Found {
  readonly key: string;
  readonly node: nodes.Node;
}

const among = (ids: string[]) => ({ where: { id: { in: ids } } });

function made<Row extends { readonly id: string }>(
  rows: readonly Row[],
  node: (row: Row) => nodes.Node,
): readonly Found[] {
  return rows.map((row) => ({ key: row.id, node: node(row) }));
}

/** One row for each kind that is gone on to. */
const KINDS = {
  SecurityModule: async (views, ids) => made(await views.securityModule.findMany(among(ids)), nodes.securityModuleNode),
  Order: async (views, ids) => made(await views.order.findMany(among(ids)), nodes.orderNode),
  ChipCard: async (views, ids) => made(await views.chipCard.findMany(among(ids)), nodes.chipCardNode),
  Key: async (views, ids) => made(await views.key.findMany(among(ids)), nodes.keyNode),
  Certificate: async (views, ids) => made(await views.certificate.findMany(among(ids)), nodes.certificateNode),
  Station: async (views, ids) => made(await views.station.findMany(among(ids)), nodes.stationNode),
  Personalization: async (views, ids) =>
    made(await views.personalization.findMany(among(ids)), nodes.personalizationNode),
  Unit: async (views, ids) => made(await views.unit.findMany(among(ids)), nodes.unitNode),
} satisfies Record<string, Many>;

type Kind = keyof typeof KINDS;

/** Asked for together; fewer than SQLite takes parameters. */
const AT_ONCE = 500;

@Injectable()
export class Links {
  readonly #loaders: ReadonlyMap<string, DataLoader<string, nodes.Node | null>>;

  constructor(@Inject(Questions) questions: Pick<Questions, 'ask'>) {
    this.#loaders = new Map(
      Object.entries<Many>(KINDS).map(([kind, many]) => [
        kind,
        // Nothing is kept: views move, and one batch is asked by whoever asks at the same time.
        new DataLoader(
          async (keys: readonly string[]) =>
            inOrder(keys, await questions.ask(null, (views) => many(views, [...new Set(keys)]))),
          {
            cache: false,
            maxBatchSize: AT_ONCE,
          },
        ),
      ]),
    );
  }

  /** Null where nothing is named, where the views have none, and where the caller's roles do not read the kind. */
  async to(kind: Kind, key: string | null | undefined, { caller }: RequestContext): Promise<nodes.Node | null> {
    if (key == null || !maySee(kind, caller.roles)) return null;
    return (await this.#loaders.get(kind)?.load(key)) ?? null;
  }
}

function inOrder(keys: readonly string[], found: readonly Found[]): readonly (nodes.Node | null)[] {
  const byKey = new Map(found.map(({ key, node }) => [key, node]));
  return keys.map((key) => byKey.get(key) ?? null);
}

type Answer = Promise<nodes.Node | null>;

@Resolver('Links')
export class LinksResolver {
  readonly #links: Links;

  constructor(@Inject(Links) links: Links) {
    this.#links = links;
  }

  @ResolveField('securityModule')
  securityModule(@Parent() { serial }: Named, @Context() context: RequestContext): Answer {
    return this.#links.to('SecurityModule', serial, context);
  }

  @ResolveField('order')
  order(@Parent() { order }: Named, @Context() context: RequestContext): Answer {
    return this.#links.to('Order', order, context);
  }

  @ResolveField('chipCard')
  chipCard(@Parent() { card }: Named, @Context() context: RequestContext): Answer {
    return this.#links.to('ChipCard', card, context);
  }

  @ResolveField('key')
  key(@Parent() { cardKey }: Named, @Context() context: RequestContext): Answer {
    return this.#links.to('Key', cardKey == null ? null : `signing-key:${cardKey}`, context);
  }

  @ResolveField('certificate')
  certificate(@Parent() { certificate }: Named, @Context() context: RequestContext): Answer {
    return this.#links.to('Certificate', certificate, context);
  }

  @ResolveField('station')
  station(@Parent() { station }: Named, @Context() context: RequestContext): Answer {
    return this.#links.to('Station', station, context);
  }

  @ResolveField('personalization')
  personalization(@Parent() { personalization }: Named, @Context() context: RequestContext): Answer {
    return this.#links.to('Personalization', personalization, context);
  }

  @ResolveField('unit')
  unit(@Parent() { unit }: Named, @Context() context: RequestContext): Answer {
    return this.#links.to('Unit', unit, context);
  }
}
