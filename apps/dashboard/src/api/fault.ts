/** What went wrong with a question, as far as a page tells it apart. */
import type { CombinedError } from '@urql/core';

export interface Fault {
  readonly code: string;
  readonly message: string;
}

export function faultOf(error: CombinedError): Fault {
  const first = error.graphQLErrors[0];
  if (first === undefined) return { code: 'UNREACHABLE', message: error.networkError?.message ?? error.message };
  const { code } = first.extensions;
  return { code: typeof code === 'string' ? code : 'FAILED', message: first.message };
}
