/** Asks one witness over HTTP (c2sp.org/tlog-witness): at a URL, or at a local socket of this machine. */
import { type IncomingMessage, type RequestOptions, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface Heard {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const TIMEOUT_MS = 2000;
const ANSWER_OCTETS_MAX = 16_384;

/** `address` is the submission prefix, http or https, or the path of a local socket. Rejects where nobody answers in time. */
export function askWitness(address: string, body: string, signal: AbortSignal): Promise<Heard> {
  const url = /^https?:\/\//.test(address) ? new URL(`${address.replace(/\/$/, '')}/add-checkpoint`) : null;
  const options: RequestOptions = {
    method: 'POST',
    headers: { 'content-type': 'text/plain; charset=utf-8', 'content-length': Buffer.byteLength(body) },
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    ...(url === null ? { socketPath: address, path: '/add-checkpoint', host: 'witness' } : {}),
  };
  return new Promise((resolve, reject) => {
    const ask = url?.protocol === 'https:' ? httpsRequest : httpRequest;
    const heard = (response: IncomingMessage) => void readAnswer(response).then(resolve, reject);
    const asking = url === null ? ask(options, heard) : ask(url, options, heard);
    asking.once('error', reject);
    asking.end(body);
  });
}

async function readAnswer(response: IncomingMessage): Promise<Heard> {
  const parts: Buffer[] = [];
  let octets = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    octets += part.length;
    if (octets > ANSWER_OCTETS_MAX) throw new Error('the witness answers at too great length');
    parts.push(part);
  }
  const type = response.headers['content-type'] ?? '';
  return { status: response.statusCode ?? 0, type, body: Buffer.concat(parts).toString('utf8') };
}
