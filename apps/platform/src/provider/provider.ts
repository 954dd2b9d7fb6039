/** The provider as the platform deals with it: where it wants people sent, and what it says of who came back. */
import type { JWK } from 'jose';
import { Buffer } from 'node:buffer';
import { type Clock, type Seconds } from '#libs/kernel/clock.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { type Answered, SILENT, asked, textIn } from './asked.ts';
import { type JudgedToken, judgeIdToken } from './id-token.ts';
import { type ProviderSettings, isSafe } from './settings.ts';

/** What the provider says of itself is asked again after so long, seconds. */
const METADATA_LIFE: Seconds = 300;
const SILENCE_LIFE: Seconds = 5;

export interface Metadata {
  readonly authorization: string;
  readonly token: string;
  readonly keys: string;
}

/** What the browser brings back, and what its ID token must fit. */
export interface Returned {
  /** The query of the address that the provider sent the browser to. */
  readonly answer: string;
  /** PKCE, RFC 7636 §4.1. */
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
}

export interface Identified extends JudgedToken {
  /** As the provider wrote it. */
  readonly token: string;
}

const OTHER_ISSUER = refuse('PROVIDER_ISSUER', 'The answer is of another issuer than the one that is set down here.');

export class Provider {
  readonly settings: ProviderSettings;
  readonly #clock: Clock;
  #known: { readonly said: Promise<Metadata | Refusal>; until: Seconds } | null = null;

  constructor(settings: ProviderSettings, clock: Clock) {
    this.settings = settings;
    this.#clock = clock;
  }

  /** Asked once for all who want it; a silence is not asked again at once, so that strangers cannot make us call. */
  metadata(): Promise<Metadata | Refusal> {
    const now = this.#clock.seconds();
    if (this.#known === null || now >= this.#known.until) {
      const said = this.#ask();
      const known = { said, until: now + METADATA_LIFE };
      this.#known = known;
      void said.then((it) => isRefusal(it) && (known.until = now + SILENCE_LIFE));
    }
    return this.#known.said;
  }

  async #ask(): Promise<Metadata | Refusal> {
    const { issuer } = this.settings;
    const said = await asked(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
    if (isRefusal(said)) return said;
    if (said.issuer !== issuer) return OTHER_ISSUER;
    const metadata = {
      authorization: textIn(said, 'authorization_endpoint'),
      token: textIn(said, 'token_endpoint'),
      keys: textIn(said, 'jwks_uri'),
    };
    return Object.values(metadata).every(isSafe) ? metadata : SILENT;
  }

  /** Who signed in there, by an ID token of theirs over our nonce. A code serves once, which the provider sees to. */
  async identify({ answer, verifier, state, nonce }: Returned): Promise<Identified | Refusal> {
    const metadata = await this.metadata();
    if (isRefusal(metadata)) return metadata;
    const code = this.#codeIn(new URLSearchParams(answer), state);
    if (isRefusal(code)) return code;
    const said = await asked(metadata.token, this.#exchange(code, verifier));
    if (isRefusal(said)) return said;
    if ('error' in said)
      return refuse('PROVIDER_CODE', 'The provider does not take the code: used, too old, or not ours.');
    const keys = await asked(metadata.keys);
    if (isRefusal(keys)) return keys;
    const { issuer, clientId } = this.settings;
    const [token, now] = [textIn(said, 'id_token'), this.#clock.seconds()];
    const judged = await judgeIdToken(token, keysIn(keys), { issuer, clientId, nonce, now });
    return isRefusal(judged) ? judged : { ...judged, token };
  }

  /** RFC 6749 §4.1.2, RFC 9207 §2.4. */
  #codeIn(answer: URLSearchParams, state: string): string | Refusal {
    if (answer.get('state') !== state)
      return refuse('PROVIDER_STATE', 'The answer of the provider belongs to another sign-in than this one.');
    if ((answer.get('iss') ?? this.settings.issuer) !== this.settings.issuer) return OTHER_ISSUER;
    const code = answer.get('code') ?? '';
    return answer.has('error') || code === ''
      ? refuse('PROVIDER_DENIED', 'The provider did not sign you in; try again there.')
      : code;
  }

  #exchange(code: string, verifier: string): RequestInit {
    const { clientId, clientSecret, redirectUri } = this.settings;
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier };
    const credentials = [clientId, clientSecret ?? ''].map(encodeURIComponent).join(':');
    const basic = `Basic ${Buffer.from(credentials).toString('base64')}`;
    return clientSecret === undefined
      ? { method: 'POST', body: new URLSearchParams({ ...form, client_id: clientId }) }
      : { method: 'POST', body: new URLSearchParams(form), headers: { authorization: basic } };
  }
}

function keysIn({ keys }: Answered): readonly JWK[] {
  return Array.isArray(keys) ? keys.filter((one): one is JWK => typeof one === 'object' && one !== null) : [];
}
