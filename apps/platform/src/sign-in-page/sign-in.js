/**
 * The page of signing in by a provider. The token is made here and never leaves this browser but as a bearer token: the
 * provider signs the hash of a statement that names the token's hash. No package, no foreign origin, no inline script.
 */
const PENDING = 'keyledger pending sign-in';
/** Where other pages of this origin find the session: `{ token, session, until, roles }`. */
const SESSION = 'keyledger session';
/** The page of the dashboard that one came from; none where one did not. */
const WANTED = 'keyledger wanted page';
const LIFE = 1800;

const at = (id) => document.getElementById(id);
const octetsOf = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const toBase64url = (octets) =>
  btoa(String.fromCharCode(...octets))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
const hashOf = async (text) => toBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', octetsOf(text))));
const random = () => toBase64url(crypto.getRandomValues(new Uint8Array(32)));

async function ask(query, variables = {}) {
  const answer = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await answer.json();
  if (errors?.length > 0) throw new Error(errors[0].message);
  return data;
}

const offered = () =>
  ask('{ signInProvider { issuer clientId redirectUri authorizationEndpoint challenge genesis } }').then(
    ({ signInProvider }) => signInProvider,
  );

/** Members in the order of RFC 8785; no text in it needs an escape. */
function statementOf({ challenge, genesis }, roles, session) {
  const until = Math.floor(Date.now() / 1000) + LIFE;
  return JSON.stringify({ challenge, domain: 'keyledger/provider-sign-in/v1', genesis, roles, session, until });
}

const stateOf = (statement) => hashOf(`keyledger provider state v1\n${statement}`);

/** Remembers what was begun in this tab, and sends it to the provider. */
export async function begin(role) {
  const offer = await offered();
  if (offer === null) throw new Error('The provider does not answer.');
  const [token, verifier] = [random(), random()];
  const statement = statementOf(offer, [role], await hashOf(token));
  sessionStorage.setItem(PENDING, JSON.stringify({ id: crypto.randomUUID(), token, verifier, statement }));
  const to = new URL(offer.authorizationEndpoint);
  const asked = {
    response_type: 'code',
    scope: 'openid',
    client_id: offer.clientId,
    redirect_uri: offer.redirectUri,
    nonce: await hashOf(statement),
    state: await stateOf(statement),
    code_challenge: await hashOf(verifier),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(asked)) to.searchParams.set(name, value);
  location.assign(to);
}

/** What the provider sent back belongs to what was begun here, or to nothing. The address forgets it at once. */
export async function finish(answer) {
  const pending = JSON.parse(sessionStorage.getItem(PENDING) ?? 'null');
  sessionStorage.removeItem(PENDING);
  history.replaceState(null, '', location.pathname);
  const { token, verifier, statement, id } = pending ?? {};
  if (pending === null || new URLSearchParams(answer).get('state') !== (await stateOf(statement)))
    throw new Error('This answer belongs to no sign-in that was begun in this tab.');
  const { outcome } = await ask(
    `mutation ($id: ID!, $statement: String!, $answer: String!, $verifier: String!) {
      outcome: signInByProvider(id: $id, statement: $statement, answer: $answer, verifier: $verifier) {
        __typename ... on Refusal { code message }
      }
    }`,
    { id, statement, answer: answer.replace(/^\?/, ''), verifier },
  );
  if (outcome.__typename !== 'Receipt') throw new Error(`${outcome.code}: ${outcome.message}`);
  const { session, until, roles } = JSON.parse(statement);
  sessionStorage.setItem(SESSION, JSON.stringify({ token, session, until, roles }));
  return token;
}

function tell(error) {
  at('outcome').textContent = `Not signed in: ${error.message}`;
}

async function open() {
  const offer = await offered();
  at('provider').textContent =
    offer === null
      ? 'No provider signs people in here, or it does not answer. Sign in with "keyledger login".'
      : `Provider: ${offer.issuer}`;
  at('go').disabled = offer === null;
  at('go').addEventListener('click', () => begin(at('role').value).catch(tell));
  if (!/[?&]state=/.test(location.search)) return;
  at('token').value = await finish(location.search);
  const wanted = sessionStorage.getItem(WANTED);
  sessionStorage.removeItem(WANTED);
  if (wanted === null) at('session').hidden = false;
  else location.replace(ownPage(wanted));
}

/** A page of this origin, whatever was written down. */
function ownPage(wanted) {
  const { origin, href } = new URL(wanted, location.origin);
  return origin === location.origin ? href : '/';
}

open().catch(tell);
