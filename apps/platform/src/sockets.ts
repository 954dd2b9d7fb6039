/** Subscriptions: graphql-ws over sockets of our own, so that a frame is bounded before it is read. */
import type { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import {
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  getOperationAST,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { type Extra, useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { monotonicMs } from '#libs/kernel/clock.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import type { Limits } from './bounds/limits.ts';
import { tooCostly } from './bounds/question-cost.ts';
import type { Rate } from './bounds/rate.ts';
import { type TrustedDocuments, meant } from './bounds/trusted-documents.ts';
import { BOUNDS, TOKENS_MAX } from './question-bounds.ts';
import { type RequestContext, contextOf, slowdownOf } from './request-context.ts';

const FRAME_OCTETS_MAX = 65_536;
const CONNECTIONS_MAX = 1000;

interface Sockets {
  readonly schema: GraphQLSchema;
  readonly sources: Parameters<typeof contextOf>[0];
  readonly bounds: SocketBounds;
  /** A line for whoever watches. */
  readonly say?: (line: string) => void;
}

export interface SocketBounds {
  readonly limits: Pick<Limits, 'costMax'>;
  readonly rate: Rate;
  readonly documents: TrustedDocuments;
  /** In production nobody looks the schema up. */
  readonly hidden: boolean;
}

interface Opened extends Record<PropertyKey, unknown> {
  context?: RequestContext;
}

/** Takes sockets at /graphql; answers with the way to close them all. */
export function takeSockets(server: Server, { schema, sources, bounds, say }: Sockets): () => Promise<void> {
  const rules = [...specifiedRules, ...BOUNDS, ...(bounds.hidden ? [NoSchemaIntrospectionCustomRule] : [])];
  const sockets = new WebSocketServer({ server, path: '/graphql', maxPayload: FRAME_OCTETS_MAX });
  sockets.on('connection', (socket) => {
    if (sockets.clients.size > CONNECTIONS_MAX) socket.close(1013, 'Too many connections');
  });
  const serving = useServer<Record<string, unknown>, Opened>(
    {
      schema,
      // `false` closes with 4403: a device that is enrolled later connects again by itself.
      onConnect: async ({ connectionParams, extra }) => {
        const { authorization } = connectionParams ?? {};
        const context = await contextOf(sources, {
          authorization: typeof authorization === 'string' ? authorization : undefined,
          address: extra.request.socket.remoteAddress ?? '',
        });
        if (isRefusal(context)) return false;
        extra.context = context;
        return true;
      },
      context: ({ extra }: { readonly extra: Extra & Opened }) => extra.context, // set when it connected
      parse: (source) => parse(source, { maxTokens: TOKENS_MAX }),
      validate: (given, document) => validate(given, document, rules),
      // The same bounds as over HTTP, before anything is answered.
      onSubscribe: ({ extra }, _id, payload) => {
        const { context } = extra;
        if (context === undefined) return undefined;
        const { address } = context;
        const slow = slowdownOf(bounds.rate, context, { address, now: performance.now() });
        const byPerson = context.caller.session !== null;
        const document = meant(bounds.documents, { id: null, query: payload.query, byPerson });
        const refusal = slow?.refusal ?? (isRefusal(document) ? document : null);
        return refusal === null ? undefined : [errorOf(refusal)];
      },
      onOperation: (...[, , , args]) => {
        const operation = getOperationAST(args.document, args.operationName);
        if (operation == null) return undefined;
        const variables = args.variableValues ?? {};
        const refusal = tooCostly({ schema, document: args.document, operation, variables }, bounds.limits.costMax);
        return refusal === null ? undefined : { errors: [errorOf(refusal)] };
      },
    },
    sockets,
  );
  const broken = saidSeldom(say ?? (() => undefined));
  heardHere(sockets, broken);
  sockets.on('connection', (socket) => heardHere(socket, broken));
  function errorOf({ code, message }: Refusal): GraphQLError {
    return new GraphQLError(message, { extensions: { code } });
  }

  let closed: Promise<void> | null = null;
  return () => (closed ??= close());

  async function close(): Promise<void> {
    await serving.dispose();
    await new Promise<void>((resolve) => sockets.close(() => resolve()));
  }
}

/** graphql-ws writes errors of sockets to the console: they are the house's to tell, in its own lines. */
function heardHere(emitter: EventEmitter, broken: (error: Error) => void): void {
  emitter.removeAllListeners('error');
  emitter.on('error', broken);
}

/** Between two lines at least; whoever sends broken frames does not write the log. */
const SAID_EVERY_MS = 10_000;

function saidSeldom(say: (line: string) => void): (error: Error) => void {
  let [said, others] = [-Infinity, 0];
  return (error) => {
    const now = monotonicMs();
    if (now - said < SAID_EVERY_MS) {
      others += 1;
      return;
    }
    const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
    say(`a socket was cut off: ${code}${others === 0 ? '' : `; ${others} more since the last line`}`);
    [said, others] = [now, 0];
  };
}
