/** What Apollo is told of the bounds: cost before anything is answered, and no word about what went wrong inside. */
import type { ApolloServerPlugin } from '@apollo/server';
import { type GraphQLFormattedError, GraphQLError } from 'graphql';
import { type TrustedDocuments, meant } from './trusted-documents.ts';
import type { RequestContext } from '../request-context.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { tooCostly } from './question-cost.ts';

export function costBound(costMax: number): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ schema, document, operation, request }) => {
        if (operation === undefined) return;
        const refusal = tooCostly({ schema, document, operation, variables: request.variables ?? {} }, costMax);
        if (refusal !== null) throw asked(refusal);
      },
    }),
  };
}

/** Where people ask trusted documents alone: looked at before anything is answered. */
export function documentBound(documents: TrustedDocuments): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async () => ({
      didResolveSource: async ({ source, contextValue }) => {
        const byPerson = contextValue.caller.session !== null;
        const found = meant(documents, { id: null, query: source, byPerson });
        if (isRefusal(found)) throw asked(found);
      },
    }),
  };
}

function asked({ code, message }: { readonly code: string; readonly message: string }): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status: 400 } } });
}

const INSIDE: GraphQLFormattedError = {
  message: 'Something went wrong inside; ask whoever runs this platform to look at its log.',
  extensions: { code: 'INTERNAL_SERVER_ERROR' },
};

/** What the caller did, he is told; what broke inside stays inside. */
export function withoutDetails(error: GraphQLFormattedError): GraphQLFormattedError {
  const code = error.extensions?.['code'];
  return code === undefined || code === 'INTERNAL_SERVER_ERROR' ? { ...INSIDE, path: error.path ?? [] } : error;
}
