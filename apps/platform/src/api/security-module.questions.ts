/** Security modules, asked of their view. */
import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { entityPage } from '#libs/views/questions/entities.ts';
import { type Node, securityModuleNode } from './nodes.ts';
import { type ConnectionArguments, Questions } from './questions.ts';

/** Column and value; what is left out may be anything. */
interface SecurityModuleFilter {
  readonly state?: string | null;
  readonly site?: string | null;
  readonly assurance?: string | null;
}

@Resolver()
export class SecurityModuleQuestions {
  readonly #questions: Questions;

  constructor(@Inject(Questions) questions: Questions) {
    this.#questions = questions;
  }

  @Query('securityModules')
  securityModules(@Args() { seen, filter, ...page }: ConnectionArguments<SecurityModuleFilter>): Promise<object> {
    return this.#questions.page(
      seen,
      (views) => entityPage(views, { name: 'securityModules', filter: { ...filter }, page }),
      securityModuleNode,
    );
  }

  @Query('securityModule')
  securityModule(@Args() { serial, after }: { serial: string; after?: string }): Promise<Node | null> {
    return this.#questions.one(
      after,
      (views) => views.securityModule.findUnique({ where: { id: serial } }),
      securityModuleNode,
    );
  }
}
