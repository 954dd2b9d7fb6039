/**
 * The dashboard's files, as they were built: read once, served from memory, never inside another page, nothing from
 * anywhere else. Every address that a page of it has answers with the one index, which then shows that page.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { randomOctets } from '#libs/kernel/ids.ts';

const BUILT = join(import.meta.dirname, '../../dashboard/dist');

/** Addresses of pages. What ends in `.jws` below /trust-lists is the list itself, for stations. */
const LINKS: readonly RegExp[] = [
  /^\/$/,
  /^\/(inbox|audit|now|alarms|fleet|cards|certificates|trust-lists|numbers)\/?$/,
  /^\/(inbox|audit|fleet|cards|certificates|trust-lists)\/[A-Za-z0-9._%:-]{1,200}$/,
  /^\/orders\/new(\/[a-z-]{1,64})?\/?$/,
];
const PROOF = /\.jws$/;

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
};

const NONCE_PLACE = 'NONCE';
const EXPLORER_PLACE = 'EXPLORER';
const EXPLORER = '/explorer';

const HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'publickey-credentials-get=(self), publickey-credentials-create=(self)',
} as const;

/** Styles that a component writes while it runs carry the nonce of the answer; scripts are files of ours alone. */
function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "font-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Browsers ask for an icon by this name where a page names none, or none yet. */
const [ASKED_UNNAMED, ICON] = ['/favicon.ico', '/icon.svg'] as const;

interface Built {
  readonly index: string;
  /** Every type and field with its description, to be asked; not in production, where nobody is told the schema. */
  readonly explorer: string | null;
  /** By address. */
  readonly files: ReadonlyMap<string, { readonly type: string; readonly content: Buffer }>;
}

/** Answers before anything else is asked; what is no file and no page of the dashboard goes on. */
export function serveDashboard(
  server: FastifyInstance,
  { hasExplorer, folder = BUILT }: { readonly hasExplorer: boolean; readonly folder?: string },
): void {
  const built = readBuilt(folder, hasExplorer);
  server.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
    const path = request.url.split('?', 1)[0] ?? '';
    const file = built?.files.get(path === ASKED_UNNAMED ? ICON : path);
    if (file !== undefined) return sendFile(reply, path, file);
    if (path === EXPLORER && built?.explorer != null) return sendPage(reply, built.explorer);
    return LINKS.some((link) => link.test(path)) && !PROOF.test(path) ? sendIndex(reply, built) : undefined;
  });
}

function sendFile(
  reply: FastifyReply,
  path: string,
  { type, content }: { type: string; content: Buffer },
): FastifyReply {
  const kept = path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
  return reply.headers({ ...HEADERS, 'content-type': type, 'cache-control': kept }).send(content);
}

function sendIndex(reply: FastifyReply, built: Built | null): FastifyReply {
  if (built !== null) return sendPage(reply, built.index);
  return reply
    .code(503)
    .headers({ ...HEADERS, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
    .send('The dashboard is not built; npm start builds it. GraphQL is at /graphql, health at /health/ready.\n');
}

function sendPage(reply: FastifyReply, page: string): FastifyReply {
  const nonce = toBase64url(randomOctets(16));
  reply.headers({ ...HEADERS, 'content-security-policy': policy(nonce), 'cache-control': 'no-store' });
  return reply.header('content-type', 'text/html; charset=utf-8').send(page.replace(NONCE_PLACE, nonce));
}

/** Null where nothing was built. */
function readBuilt(folder: string, hasExplorer: boolean): Built | null {
  const index = join(folder, 'index.html');
  if (!existsSync(index)) return null;
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/'));
  const files = names.flatMap((name) => {
    const type = TYPES[extname(name)];
    return type === undefined ? [] : [[`/${name}`, { type, content: readFileSync(join(folder, name)) }] as const];
  });
  return {
    index: readFileSync(index, 'utf8').replace(EXPLORER_PLACE, hasExplorer ? EXPLORER : ''),
    explorer: hasExplorer ? readFileSync(join(folder, 'explorer.html'), 'utf8') : null,
    files: new Map(files),
  };
}
