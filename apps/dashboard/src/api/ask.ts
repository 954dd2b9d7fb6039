/** A typed document: what is sent, and the shapes of what goes with it and of what comes back. */
import { type AnyVariables, type TypedDocumentNode, gql } from '@urql/core';

export function ask<Answer, Variables extends AnyVariables>(text: string): TypedDocumentNode<Answer, Variables> {
  return gql<Answer, Variables>(text);
}
