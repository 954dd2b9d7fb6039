/** What the GraphQL-over-HTTP specification asks of a server before anybody reads the question: method and media type. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const METHODS = ['GET', 'HEAD', 'POST', 'OPTIONS'];

/** 405 for another method, 415 for a body that is no JSON; the rest goes on to GraphQL. */
export function answerOverHttp(server: FastifyInstance): void {
  server.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    if (request.url.split('?', 1)[0] !== '/graphql') return undefined;
    if (!METHODS.includes(request.method))
      return reply.code(405).header('allow', METHODS.join(', ')).send(error('METHOD_NOT_ALLOWED', 'Ask with POST.'));
    const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
    if (request.method === 'POST' && type !== 'application/json')
      return reply.code(415).send(error('UNSUPPORTED_MEDIA_TYPE', 'Send the question as application/json.'));
    return undefined;
  });
}

function error(code: string, message: string): object {
  return { errors: [{ message, extensions: { code } }] };
}
