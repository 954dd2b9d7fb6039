/** A small OpenID Connect provider over HTTP, with keys of its own: as it should be, and as one would not want it. */
import { type KeyObject, createHash, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type JWTPayload, SignJWT, UnsecuredJWT, exportJWK } from 'jose';

export const CLIENT = { clientId: 'keyledger', clientSecret: 'not a real secret' } as const;

interface Asked {
  readonly challenge: string;
  readonly nonce: string;
  readonly redirectUri: string;
  readonly subject: string;
}

/** What a bad provider, or somebody in between, does otherwise. */
export interface Twist {
  readonly claims?: (claims: JWTPayload) => JWTPayload;
  readonly write?: (claims: JWTPayload, provider: TestProvider) => Promise<string>;
  readonly discovery?: (said: Record<string, unknown>) => Record<string, unknown>;
}

export class TestProvider {
  readonly #codes = new Map<string, Asked>();
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  key = ec();
  kid = 'first';
  algorithm = 'ES256';
  /** Who is signed in there. */
  subject = 'subject-0001';
  twist: Twist = {};
  /** Where the address that it sends browsers back to sends them on to. */
  relayTo = '';
  issuer = '';

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.issuer = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get redirectUri(): string {
    return `${this.issuer}/back`;
  }

  sign(claims: JWTPayload, { key, kid }: { key: KeyObject; kid: string } = this): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ alg: this.algorithm, kid }).sign(key);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.issuer);
    const json = (value: object, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return void json(this.twist.discovery?.(this.#said) ?? this.#said);
      case '/authorize':
        return void response.writeHead(302, { location: this.#authorize(url.searchParams) }).end();
      case '/back':
        return void response.writeHead(302, { location: `${this.relayTo}${url.search}` }).end();
      case '/keys':
        return void json({ keys: [{ ...(await exportJWK(createPublicKey(this.key))), kid: this.kid, use: 'sig' }] });
      case '/token': {
        const said = await this.#token(new URLSearchParams(await bodyOf(request)), request.headers.authorization);
        return void json(said, 'error' in said ? 400 : 200);
      }
      default:
        return void response.writeHead(404).end();
    }
  }

  get #said(): Record<string, unknown> {
    const { issuer } = this;
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
    };
  }

  #authorize(asked: URLSearchParams): string {
    const of = (name: string) => asked.get(name) ?? '';
    const back = new URL(of('redirect_uri'));
    back.searchParams.set('state', of('state'));
    const isFit = of('client_id') === CLIENT.clientId && of('code_challenge_method') === 'S256';
    if (!isFit || back.href.split('?')[0] !== this.redirectUri) throw new Error('no such client');
    const code = randomBytes(16).toString('base64url');
    const [challenge, nonce] = [of('code_challenge'), of('nonce')];
    this.#codes.set(code, { challenge, nonce, redirectUri: of('redirect_uri'), subject: this.subject });
    back.searchParams.set('code', code);
    back.searchParams.set('iss', this.issuer);
    return back.href;
  }

  async #token(form: URLSearchParams, authorization: string | undefined): Promise<object> {
    const code = form.get('code') ?? '';
    const asked = this.#codes.get(code);
    this.#codes.delete(code);
    const credentials = [CLIENT.clientId, CLIENT.clientSecret].map(encodeURIComponent).join(':');
    if (authorization !== `Basic ${Buffer.from(credentials).toString('base64')}`) return { error: 'invalid_client' };
    const verifier = form.get('code_verifier') ?? '';
    const isHis = createHash('sha256').update(verifier).digest('base64url') === asked?.challenge;
    if (asked === undefined || !isHis || form.get('redirect_uri') !== asked.redirectUri)
      return { error: 'invalid_grant' };
    const now = Math.floor(Date.now() / 1000);
    const { issuer: iss } = this;
    const plain = { iss, aud: CLIENT.clientId, sub: asked.subject, nonce: asked.nonce, iat: now, exp: now + 300 };
    const claims = this.twist.claims?.(plain) ?? plain;
    const token = await (this.twist.write?.(claims, this) ?? this.sign(claims));
    return { token_type: 'Bearer', access_token: 'unused', id_token: token };
  }
}

export function ec(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

export const unsigned = (claims: JWTPayload): Promise<string> => Promise.resolve(new UnsecuredJWT(claims).encode());

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
