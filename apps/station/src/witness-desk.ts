/**
 * The witness that a station runs beside its other work (c2sp.org/tlog-witness): it remembers size and root of its
 * deployment's log in a file of its own, and cosigns what grew out of them. The platform cannot talk it out of that.
 */
import { createPrivateKey } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { join } from 'node:path';
import { fromBase64url, toBase64url, utf8 } from '#libs/kernel/bytes.ts';
import type { Clock } from '#libs/kernel/clock.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';
import type { NoteKey } from '#libs/seal/note-key.ts';
import { Witness, type WitnessAnswer, type WitnessMemory } from '#libs/seal/witness.ts';

export interface WitnessConfig {
  /** Name in its key, as the genesis has it. */
  readonly name: string;
  /** Ed25519 private key, PEM. */
  readonly keyFile: string;
  /** host:port, or the path of a local socket. */
  readonly address: string;
}

export interface WitnessDeskParts {
  readonly config: WitnessConfig;
  readonly folder: string;
  /** Keys of the log with this origin; null for others. */
  readonly keysOf: (origin: string) => readonly NoteKey[] | null;
  readonly clock: Clock;
  readonly say: (line: string) => void;
}

const BODY_OCTETS_MAX = 65_536;
const TIMEOUT_MS = 5000;

export async function startWitness(parts: WitnessDeskParts): Promise<{ readonly close: () => Promise<void> }> {
  const { config, clock, keysOf, say } = parts;
  const signer = { name: config.name, key: createPrivateKey(readFileSync(config.keyFile)) };
  const witness = new Witness({ signer, clock, keysOf, memory: witnessFile(join(parts.folder, 'witness.json')) });
  const server = createServer((request, response) => {
    void answered(witness, request).then(
      (answer) => {
        if (answer.status !== 200) say(`does not cosign: ${answer.body.trim()}`);
        send(response, answer);
      },
      () => send(response, { status: 500, type: 'text/plain', body: 'This witness cannot keep what it saw.\n' }),
    );
  });
  server.requestTimeout = TIMEOUT_MS;
  const [, host, port] = /^([^/\\]+):([0-9]{1,5})$/.exec(config.address) ?? [];
  if (port === undefined) rmSync(config.address, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    if (host !== undefined && port !== undefined) server.listen(Number(port), host, resolve);
    else server.listen(config.address, resolve);
  });
  const close = (): Promise<void> => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return { close };
}

/** The newest head of each log, kept whole on the disk before anything is cosigned. */
export function witnessFile(file: string): WitnessMemory {
  type Kept = Readonly<Record<string, { readonly size: number; readonly root: string }>>;
  const octets = readWhole(file);
  let kept: Kept = octets === null ? {} : (JSON.parse(Buffer.from(octets).toString('utf8')) as Kept); // written here alone
  return {
    head: (origin) => {
      const head = kept[origin];
      return head === undefined ? null : { size: head.size, root: fromBase64url(head.root) ?? new Uint8Array() };
    },
    keep: (origin, { size, root }) => {
      const next = { ...kept, [origin]: { size, root: toBase64url(root) } };
      replaceWhole(file, utf8(JSON.stringify(next)));
      kept = next;
    },
  };
}

type Answer = Omit<WitnessAnswer, 'status'> & { readonly status: number };

async function answered(witness: Witness, request: IncomingMessage): Promise<Answer> {
  if (request.url !== '/add-checkpoint') return { status: 404, type: 'text/plain', body: 'Ask for /add-checkpoint.\n' };
  if (request.method !== 'POST') return { status: 405, type: 'text/plain', body: 'Send it by POST.\n' };
  const parts: Buffer[] = [];
  let octets = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    octets += part.length;
    if (octets > BODY_OCTETS_MAX) return { status: 413, type: 'text/plain', body: 'That is too long.\n' };
    parts.push(part);
  }
  return witness.addCheckpoint(Buffer.concat(parts).toString('utf8'));
}

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
