/** A port of the loopback for somebody else's server, which binds it a moment later. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Beneath the ports that the system gives to outgoing connections: none of those takes it before the server does. */
const [LOWEST, HIGHEST] = [20_000, 32_000];

export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}
