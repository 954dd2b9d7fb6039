/** Subscriptions: graphql-ws over sockets of our own, so that a frame is bounded before it is read. */
import type { Server } from 'node:http';
import { type GraphQLSchema, parse, specifiedRules, validate } from 'graphql';
import { type Extra, useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { BOUNDS, TOKENS_MAX } from './question-bounds.ts';
import { type RequestContext, contextOf } from './request-context.ts';

const FRAME_OCTETS_MAX = 65_536;
const CONNECTIONS_MAX = 1000;

interface Sockets {
  readonly schema: GraphQLSchema;
  readonly sources: Parameters<typeof contextOf>[0];
}

interface Opened extends Record<PropertyKey, unknown> {
  context?: RequestContext;
}

/** Takes sockets at /graphql; answers with the way to close them all. */
export function takeSockets(server: Server, { schema, sources }: Sockets): () => Promise<void> {
  const sockets = new WebSocketServer({ server, path: '/graphql', maxPayload: FRAME_OCTETS_MAX });
  sockets.on('connection', (socket) => {
    if (sockets.clients.size > CONNECTIONS_MAX) socket.close(1013, 'Too many connections');
  });
  const serving = useServer<Record<string, unknown>, Opened>(
    {
      schema,
      // `false` closes with 4403: a device that is enrolled later connects again by itself.
      onConnect: ({ connectionParams, extra }) => {
        const { authorization } = connectionParams ?? {};
        const context = contextOf(sources, {
          authorization: typeof authorization === 'string' ? authorization : undefined,
          address: extra.request.socket.remoteAddress ?? '',
        });
        if (isRefusal(context)) return false;
        extra.context = context;
        return true;
      },
      context: ({ extra }: { readonly extra: Extra & Opened }) => extra.context, // set when it connected
      parse: (source) => parse(source, { maxTokens: TOKENS_MAX }),
      validate: (given, document) => validate(given, document, [...specifiedRules, ...BOUNDS]),
    },
    sockets,
  );
  let closed: Promise<void> | null = null;
  return () => (closed ??= close());

  async function close(): Promise<void> {
    await serving.dispose();
    await new Promise<void>((resolve) => sockets.close(() => resolve()));
  }
}
