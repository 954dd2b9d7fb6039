/** A client in a thread of its own: asks one question again and again over connections that stay open, and tells how often. */
import { Agent, request } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

interface Round {
  readonly bodies: readonly string[];
  readonly forMs: number;
}

const { url, connections } = workerData as { url: string; connections: number };
const agent = new Agent({ keepAlive: true, maxSockets: connections });

function ask(body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const asked = request(`${url}/graphql`, { method: 'POST', agent, headers }, (response) => {
      let [octets, text] = [0, ''];
      response.on('data', (chunk: Buffer) => {
        octets += chunk.length;
        if (text.length < 300) text += chunk.toString('utf8');
      });
      response.on('end', () => (text.includes('"errors"') ? reject(new Error(text)) : resolve(octets)));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

parentPort?.on('message', ({ bodies, forMs }: Round) => {
  const until = performance.now() + forMs;
  let [done, octets] = [0, 0];
  const one = async (): Promise<void> => {
    while (performance.now() < until) {
      octets = await ask(bodies[done % bodies.length] ?? '');
      done += 1;
    }
  };
  const from = performance.now();
  void Promise.all(Array.from({ length: connections }, one)).then(
    () => parentPort?.postMessage({ perSecond: (done * 1000) / (performance.now() - from), octets }),
    (error: unknown) => parentPort?.postMessage({ failed: String(error) }),
  );
});
