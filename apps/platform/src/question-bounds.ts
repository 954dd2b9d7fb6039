/** How large a question may be, beside the size of its body: the same bounds over HTTP and over a socket. */
import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import type { GraphQLError, ValidationContext, ValidationRule } from 'graphql';

/** Tokens of one document; counted while it is read. */
export const TOKENS_MAX = 2000;
export const DEPTH_MAX = 12;
export const ALIASES_MAX = 30;

/** Reported as errors of validation, so that GraphQL says them like any other. */
const reported = {
  propagateOnRejection: false,
  onReject: [(context: ValidationContext | null, error: GraphQLError): void => context?.reportError(error)],
};

export const BOUNDS: readonly ValidationRule[] = [
  maxDepthRule({ n: DEPTH_MAX, ...reported }),
  maxAliasesRule({ n: ALIASES_MAX, ...reported }),
];
