/** Every operation of the schema, measured by its own name: a bounded set, whatever people call their documents. */
import { type GraphQLFieldResolver, type GraphQLSchema, defaultFieldResolver } from 'graphql';
import { monotonicMs } from '#libs/kernel/clock.ts';
import type { RequestContext } from '../request-context.ts';
import type { Metrics } from './metrics.ts';

type Resolve = GraphQLFieldResolver<unknown, RequestContext, Record<string, unknown>>;

export function withMeasure(schema: GraphQLSchema, metrics: Metrics): GraphQLSchema {
  for (const root of [schema.getQueryType(), schema.getMutationType()])
    for (const field of Object.values(root?.getFields() ?? {}))
      field.resolve = measured(field.name, field.resolve ?? defaultFieldResolver, metrics);
  return schema;
}

function measured(name: string, resolve: Resolve, metrics: Metrics): Resolve {
  return async (...given) => {
    const since = monotonicMs();
    const told = (outcome: 'answered' | 'refused' | 'failed'): void =>
      metrics.answered(name, outcome, (monotonicMs() - since) / 1000);
    try {
      const answer: unknown = await resolve(...given);
      told(isRefused(answer) ? 'refused' : 'answered');
      return answer;
    } catch (error) {
      told('failed');
      throw error;
    }
  };
}

function isRefused(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && '__typename' in answer && answer.__typename === 'Refusal';
}
