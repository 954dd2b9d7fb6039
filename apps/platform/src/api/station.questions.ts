/** Stations, asked of their view. */
import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { entityPage } from '#libs/views/questions/entities.ts';
import { type Node, stationNode } from './nodes.ts';
import { type ConnectionArguments, Questions } from './questions.ts';

@Resolver()
export class StationQuestions {
  readonly #questions: Questions;

  constructor(@Inject(Questions) questions: Questions) {
    this.#questions = questions;
  }

  @Query('stations')
  stations(@Args() { seen, ...page }: ConnectionArguments): Promise<object> {
    return this.#questions.page(
      seen,
      (views) => entityPage(views, { name: 'stations', filter: {}, page }),
      stationNode,
    );
  }

  @Query('station')
  station(@Args() { station, after }: { station: string; after?: string }): Promise<Node | null> {
    return this.#questions.one(after, (views) => views.station.findUnique({ where: { id: station } }), stationNode);
  }
}
