/** What the GraphQL-over-HTTP specification asks of a server before anybody reads the question: method, media type, document. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { type TrustedDocuments, meant } from './bounds/trusted-documents.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'OPTIONS'];

/** 405 for another method, 415 for a body that is no JSON, 400 for a document nobody knows; the rest goes on to GraphQL. */
export function answerOverHttp(server: FastifyInstance, documents: TrustedDocuments): void {
  server.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    if (!isGraphQL(request)) return undefined;
    if (!METHODS.includes(request.method))
      return reply.code(405).header('allow', METHODS.join(', ')).send(error('METHOD_NOT_ALLOWED', 'Ask with POST.'));
    const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
    if (request.method === 'POST' && type !== 'application/json')
      return reply.code(415).send(error('UNSUPPORTED_MEDIA_TYPE', 'Send the question as application/json.'));
    return undefined;
  });
  // Who reads application/json alone takes another status than 200 for the word of something in between (specification, §6.4.1).
  server.addHook('onSend', async (request: FastifyRequest, reply: FastifyReply, payload: unknown) => {
    if (isGraphQL(request) && reply.statusCode === 400 && wantsPlainJson(request) && isWellFormed(payload))
      reply.code(200);
    return payload;
  });
  server.addHook('preValidation', async (request: FastifyRequest, reply: FastifyReply) => {
    const body: unknown = request.body;
    if (!isGraphQL(request) || !isAsked(body)) return undefined;
    const found = meant(documents, { id: body.documentId, query: null, byPerson: false });
    if (isRefusal(found)) return reply.code(400).send(error(found.code, found.message));
    body.query = found;
    return undefined;
  });
}

function wantsPlainJson({ headers: { accept = '' } }: FastifyRequest): boolean {
  return accept.includes('application/json') && !accept.includes('application/graphql-response+json');
}

/** What the question says is wrong, not how it was sent. */
const OF_THE_QUESTION = ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT'];

function isWellFormed(payload: unknown): boolean {
  return typeof payload === 'string' && OF_THE_QUESTION.some((code) => payload.includes(`"code":"${code}"`));
}

function isGraphQL({ url }: FastifyRequest): boolean {
  return url.split('?', 1)[0] === '/graphql';
}

/** Asked by the id of a document, as the specification's appendix on persisted documents has it. */
function isAsked(body: unknown): body is { readonly documentId: string; query?: string | null } {
  return typeof body === 'object' && body !== null && 'documentId' in body && typeof body.documentId === 'string';
}

function error(code: string, message: string): object {
  return { errors: [{ message, extensions: { code } }] };
}
