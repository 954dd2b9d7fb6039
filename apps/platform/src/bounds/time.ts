/** Time for an answer: what is not there by then is told so, and nothing more of it is begun. */
import { type GraphQLFieldResolver, GraphQLError, type GraphQLSchema, isObjectType } from 'graphql';
import type { RequestContext } from '../request-context.ts';

type Resolve = GraphQLFieldResolver<unknown, RequestContext, Record<string, unknown>>;

/** The same schema; every field of a question that does more than read a member has until the deadline. Mutations end as they end. */
export function withTime(schema: GraphQLSchema, answerMs: number): GraphQLSchema {
  const others = [schema.getMutationType()?.name, schema.getSubscriptionType()?.name];
  for (const type of Object.values(schema.getTypeMap()))
    if (isObjectType(type) && !type.name.startsWith('__') && !others.includes(type.name))
      for (const field of Object.values(type.getFields()))
        if (field.resolve !== undefined) field.resolve = timed(field.resolve, answerMs);
  return schema;
}

function timed(resolve: Resolve, answerMs: number): Resolve {
  return (...given) => {
    const left = (given[2].deadline ?? performance.now() + answerMs) - performance.now();
    if (left <= 0) throw tooSlow();
    const answer: unknown = resolve(...given);
    return answer instanceof Promise ? within(answer, left) : answer;
  };
}

async function within(answer: Promise<unknown>, ms: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise((_, reject) => (timer = setTimeout(() => reject(tooSlow()), ms)));
  try {
    return await Promise.race([answer, over]);
  } finally {
    clearTimeout(timer);
  }
}

function tooSlow(): GraphQLError {
  return new GraphQLError('The answer took too long; ask for less of it.', {
    extensions: { code: 'QUESTION_TOO_SLOW' },
  });
}
