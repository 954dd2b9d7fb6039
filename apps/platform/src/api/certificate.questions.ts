/** Certificates, asked of their view. */
import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { entityPage } from '#libs/views/questions/entities.ts';
import { type Node, certificateNode } from './nodes.ts';
import { type ConnectionArguments, Questions } from './questions.ts';

/** Column and value; what is left out may be anything. */
interface CertificateFilter {
  readonly state?: string | null;
  readonly serial?: string | null;
  readonly card?: string | null;
  readonly station?: string | null;
}

@Resolver()
export class CertificateQuestions {
  readonly #questions: Questions;

  constructor(@Inject(Questions) questions: Questions) {
    this.#questions = questions;
  }

  @Query('certificates')
  certificates(@Args() { seen, filter, ...page }: ConnectionArguments<CertificateFilter>): Promise<object> {
    return this.#questions.page(
      seen,
      (views) => entityPage(views, { name: 'certificates', filter: { ...filter }, page }),
      certificateNode,
    );
  }

  @Query('certificate')
  certificate(@Args() { fingerprint, after }: { fingerprint: string; after?: string }): Promise<Node | null> {
    return this.#questions.one(
      after,
      (views) => views.certificate.findUnique({ where: { id: fingerprint } }),
      certificateNode,
    );
  }
}
