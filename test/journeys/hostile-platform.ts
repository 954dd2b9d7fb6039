/** A platform that lies: the real one behind it answers, and what it says is altered on the way. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export class HostilePlatform {
  readonly #server;
  readonly #to: string;
  alters: (data: Record<string, unknown>) => void = () => undefined;

  constructor(to: string) {
    this.#to = to;
    this.#server = createServer((request, response) => {
      void (async () => {
        let body = '';
        for await (const chunk of request) body += String(chunk);
        const headers = { 'content-type': 'application/json', authorization: request.headers.authorization ?? '' };
        const answer = await fetch(`${this.#to}${request.url ?? ''}`, { method: 'POST', headers, body });
        const said = (await answer.json()) as { data?: Record<string, unknown> };
        if (said.data) this.alters(said.data);
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(said));
      })();
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
