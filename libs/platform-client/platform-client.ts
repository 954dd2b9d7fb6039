/** The platform as its devices see it: GraphQL over HTTP for questions and operations, graphql-ws for news. */
import { type Client, createClient } from 'graphql-ws';
import { traceHere } from '#libs/trace/spans.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';

export interface Receipt {
  readonly stream: string;
  readonly revision: string | null;
  readonly position: string | null;
  readonly replayed: boolean;
}

export interface PlatformAddress {
  /** For example http://127.0.0.1:4400. */
  readonly url: string;
  /** A fresh bearer token, or null for operations that carry their own proof. */
  readonly token: () => string | null;
}

type Variables = Readonly<Record<string, unknown>>;

/** Thrown where the platform cannot be asked at all: a broken wire, not a business no. */
export class PlatformUnreachable extends Error {
  readonly code = 'PLATFORM_UNREACHABLE';
}

const TIMEOUT_MS = 10_000;

export class PlatformClient {
  readonly #address: PlatformAddress;
  #news: Client | null = null;

  constructor(address: PlatformAddress) {
    this.#address = address;
  }

  /** One question; throws `PlatformUnreachable` when there is no answer, `Error` when the question is wrong. */
  async ask<T>(query: string, variables: Variables = {}): Promise<T> {
    const token = this.#address.token();
    const authorization: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
    const answer = await this.#post({ 'content-type': 'application/json', ...authorization }, { query, variables });
    const [error] = answer.errors ?? [];
    if (error !== undefined) throw new Error(`the platform refused the question: ${error.message}`);
    return answer.data as T;
  }

  async #post(
    headers: Record<string, string>,
    body: unknown,
  ): Promise<{ data?: unknown; errors?: { message: string }[] }> {
    const traceparent = traceHere();
    try {
      const response = await fetch(`${this.#address.url}/graphql`, {
        method: 'POST',
        headers: {
          ...headers,
          ...(traceparent === null ? {} : { traceparent }),
          accept: 'application/graphql-response+json, application/json',
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return (await response.json()) as { data?: unknown; errors?: { message: string }[] };
    } catch (cause) {
      throw new PlatformUnreachable('the platform does not answer', { cause });
    }
  }

  /** One operation: `submit('approveOrder', {order: 'ID!', …types}, {…values})` → receipt or refusal. */
  async submit(
    operation: string,
    types: Readonly<Record<string, string>>,
    values: Variables,
  ): Promise<Receipt | Refusal> {
    const declared = Object.entries(types).map(([name, type]) => `$${name}: ${type}`);
    const passed = Object.keys(types).map((name) => `${name}: $${name}`);
    const query = `mutation(${declared.join(', ')}) { outcome: ${operation}(${passed.join(', ')}) { ... on Receipt { stream revision position replayed } ... on Refusal { code message } } }`;
    const { outcome } = await this.ask<{ outcome: Receipt | { code: string; message: string } }>(query, values);
    return 'code' in outcome ? refuse(outcome.code, outcome.message) : outcome;
  }

  /** Speaks on every message of a subscription; reconnects for ever; `spoke` also after each reconnect, as news may be lost between. */
  listen(query: string, spoke: () => void): () => void {
    this.#news ??= createClient({
      url: `${this.#address.url.replace(/^http/, 'ws')}/graphql`,
      connectionParams: () => ({ authorization: `Bearer ${this.#address.token() ?? ''}` }),
      retryAttempts: Number.POSITIVE_INFINITY,
      retryWait: (tries) => new Promise((resolve) => setTimeout(resolve, Math.min(50 * 2 ** tries, 500))),
      shouldRetry: () => true,
      keepAlive: 10_000,
      on: { connected: spoke },
    });
    return this.#news.subscribe({ query }, { next: spoke, error: () => undefined, complete: () => undefined });
  }

  /** Whatever the socket stands at: one that was just being tried again rejects, and is closed all the same. */
  async close(): Promise<void> {
    await Promise.resolve(this.#news?.dispose()).catch(() => undefined);
  }
}
