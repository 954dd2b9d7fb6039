/** What is an answer or nobody's fault is not logged: an error that GraphQL tells the caller, and a caller who hung up. */
import { type ArgumentsHost, Catch } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import type { GqlExceptionFilter } from '@nestjs/graphql';
import { GraphQLError } from 'graphql';

@Catch(GraphQLError)
export class QuietFilter implements GqlExceptionFilter {
  catch(error: GraphQLError): GraphQLError {
    return error;
  }
}

@Catch()
export class HungUpFilter extends BaseExceptionFilter {
  override catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
    if (code !== 'ECONNRESET') super.catch(error, host);
  }
}
