/**
 * The door: every operation of the schema goes through it, before its resolver runs. It asks the table of permissions and
 * nothing else. A refused mutation is answered as a Refusal and recorded; questions and subscriptions get an error.
 */
import {
  type GraphQLField,
  type GraphQLFieldResolver,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLSchema,
  defaultFieldResolver,
  isObjectType,
} from 'graphql';
import { uuidv7, derivedId } from '#libs/kernel/ids.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import { NOBODY } from './caller.ts';
import { type Answer, type Desk, answerOf } from './desk.ts';
import {
  FIELD_PERMISSIONS,
  type OperationType,
  PERMISSIONS,
  type Permissions,
  type Rule,
  allows,
} from './permissions.ts';
import type { RequestContext } from './request-context.ts';

type Field = GraphQLField<unknown, RequestContext, Record<string, unknown>>;
type Resolve = GraphQLFieldResolver<unknown, RequestContext, Record<string, unknown>>;

/** The same schema with the door before each of its operations. Throws where schema and table name different ones. */
export function withDoor(schema: GraphQLSchema, desk: Desk, table: Permissions = PERMISSIONS): GraphQLSchema {
  const roots: readonly [OperationType, GraphQLObjectType | null | undefined][] = [
    ['Query', schema.getQueryType()],
    ['Mutation', schema.getMutationType()],
    ['Subscription', schema.getSubscriptionType()],
  ];
  for (const [type, root] of roots) {
    const fields: Readonly<Record<string, Field>> = root?.getFields() ?? {};
    const odd = difference(Object.keys(table[type]), Object.keys(fields));
    if (odd.length > 0) throw new Error(`Permissions and schema differ in ${type}: ${odd.join(', ')}.`);
    for (const field of Object.values(fields)) {
      const operation = { name: field.name, rule: table[type][field.name] };
      if (type === 'Subscription') field.subscribe = guardedNews(operation, field.subscribe);
      else if (type === 'Query') field.resolve = guardedQuestion(operation, field.resolve);
      else field.resolve = guardedMutation(operation, field.resolve, desk);
    }
  }
  guardFields(schema);
  return schema;
}

/** The door before single fields: what may be asked, and yet not by everybody to the last word. */
function guardFields(schema: GraphQLSchema): void {
  for (const [path, rule] of Object.entries(FIELD_PERMISSIONS)) {
    const [typeName = '', name = ''] = path.split('.');
    const type = schema.getType(typeName);
    const field: Field | undefined = isObjectType(type) ? type.getFields()[name] : undefined;
    if (field === undefined) throw new Error(`Permissions name a field that the schema has not: ${path}.`);
    field.resolve = guardedQuestion({ name: path, rule }, field.resolve);
  }
}

interface Operation {
  readonly name: string;
  readonly rule: Rule | undefined;
}

function difference(one: readonly string[], other: readonly string[]): readonly string[] {
  return [...one.filter((name) => !other.includes(name)), ...other.filter((name) => !one.includes(name))];
}

function guardedQuestion(operation: Operation, resolve: Resolve = defaultFieldResolver): Resolve {
  return (...given) => {
    assertMayCall(operation, given[2]);
    return resolve(...given);
  };
}

function guardedMutation(operation: Operation, resolve: Resolve = defaultFieldResolver, desk: Desk): Resolve {
  return (...given) =>
    desk.uptodate(() => {
      const [, args, context] = given;
      const refusal = refusalFor(operation, context);
      if (refusal === null) return resolve(...given);
      return refused(desk, { name: operation.name, refusal, context, id: args.id });
    });
}

function guardedNews(operation: Operation, subscribe: Field['subscribe']): Resolve {
  return async (...given) => {
    const check = (): void => assertMayCall(operation, given[2]);
    check();
    return whileItMay((await subscribe?.(...given)) as AsyncIterable<unknown>, check); // of our own resolvers
  };
}

/** Why this caller may not, as of now: his session may have ended since he connected. */
function refusalFor({ name, rule }: Operation, context: RequestContext): Refusal | null {
  const caller = context.callerNow();
  if ('code' in caller) return caller;
  if (allows(rule, caller.roles)) return null;
  const roles = rule === undefined || rule === 'anybody' ? 'nobody has' : rule.join(', ');
  return caller === NOBODY
    ? refuse('SIGN_IN_NEEDED', `${name} needs a bearer token with one of the roles ${roles}; sign in for one.`)
    : refuse('FORBIDDEN', `${name} needs one of the roles ${roles}; sign in as somebody who has it.`);
}

function assertMayCall(operation: Operation, context: RequestContext): void {
  const refusal = refusalFor(operation, context);
  if (refusal !== null) throw errorOf(refusal);
}

function errorOf({ code, message }: Refusal): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

/** Recorded under an id of its own: whoever was turned away may come again with the same command and the right role. */
async function refused(
  desk: Desk,
  { name, refusal, context, id }: { name: string; refusal: Refusal; context: RequestContext; id: unknown },
): Promise<Answer> {
  const caller = context.caller;
  const commandId = typeof id === 'string' ? derivedId('door', caller.subject, name, id) : uuidv7();
  return answerOf(await desk.recordRefusal({ operation: name, refusal, commandId, caller }));
}

/** News for as long as the caller may have it. */
function whileItMay(news: AsyncIterable<unknown>, check: () => void): AsyncIterableIterator<unknown> {
  const from = news[Symbol.asyncIterator]();
  const end = async (): Promise<IteratorResult<unknown>> => {
    await from.return?.();
    return { done: true, value: undefined };
  };
  return {
    next: async () => {
      const result = await from.next();
      try {
        check();
      } catch (error) {
        await end();
        throw error;
      }
      return result;
    },
    return: end,
    throw: async (error: unknown) => {
      await end();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
