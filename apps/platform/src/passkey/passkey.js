/**
 * The page of passkeys: makes one that approves or one that signs in, and has the first answer the challenge of an order. No package, no foreign origin, no inline
 * script. What it makes is a proof like any other; card, station and auditor check it, whoever wrote this page.
 */
const KEPT = 'keyledger passkeys';
/** Those that sign in are other ones, and never asked about an order. */
const SIGN_IN_KEPT = 'keyledger sign-in passkeys';
const VERBS = { decline: 'keyledger decline v1\n', withdraw: 'keyledger withdrawal v1\n' };
const MUTATIONS = { approve: 'approveOrder', decline: 'declineOrder', withdraw: 'withdrawOrder' };

const at = (id) => document.getElementById(id);
const octetsOf = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const toBase64url = (octets) =>
  btoa(String.fromCharCode(...new Uint8Array(octets)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
const fromBase64url = (text) => octetsOf(atob(text.replaceAll('-', '+').replaceAll('_', '/')));
const sha256 = async (octets) => new Uint8Array(await crypto.subtle.digest('SHA-256', octets));

/** By credential id: the thumbprint of its key, which a proof must name and an authenticator does not tell. */
const kept = (place = KEPT) => JSON.parse(localStorage.getItem(place) ?? '{}');

/** A new passkey that approves, as the approver set will hold it. */
export async function enrol(person) {
  const { kid, x, y, passkey } = await made(person, KEPT);
  return { kid, key: { class: 'B', crv: 'P-256', kty: 'EC', passkey, x, y } };
}

/** A new passkey that signs in, as an order to enrol an operator names it. */
export async function enrolForSignIn(person) {
  const { kid, x, y, passkey } = await made(`${person} signs in`, SIGN_IN_KEPT);
  return { kid, credential: { crv: 'P-256', kty: 'EC', x, y }, passkey };
}

async function made(person, place) {
  const { rawId, response } = await navigator.credentials.create({
    publicKey: {
      challenge: crypto.getRandomValues(new Uint8Array(32)),
      rp: { id: location.hostname, name: 'Keyledger' },
      user: { id: crypto.getRandomValues(new Uint8Array(16)), name: person, displayName: person },
      pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
      attestation: 'none',
    },
  });
  const spki = new Uint8Array(response.getPublicKey());
  const point = spki.slice(-64);
  const [x, y] = [toBase64url(point.slice(0, 32)), toBase64url(point.slice(32))];
  const kid = toBase64url(await sha256(octetsOf(`{"crv":"P-256","kty":"EC","x":"${x}","y":"${y}"}`)));
  const flags = new Uint8Array(response.getAuthenticatorData())[32];
  const passkey = { backup: flags & 0x08 ? 'eligible' : 'none', origin: location.origin, rpId: location.hostname };
  localStorage.setItem(place, JSON.stringify({ ...kept(place), [toBase64url(rawId)]: kid }));
  return { kid, x, y, passkey };
}

/** Over the order's hash it means approve; who declines or withdraws answers another challenge. */
async function challengeOf(verb, bytes) {
  const hash = await sha256(octetsOf(bytes));
  return verb === 'approve' ? hash : sha256(new Uint8Array([...octetsOf(VERBS[verb]), ...hash]));
}

/** r and s of ECDSA-Sig-Value (RFC 3279 §2.2.3), 32 octets each. */
function rawSignature(der) {
  const octets = new Uint8Array(der);
  const raw = new Uint8Array(64);
  let from = 2;
  for (const to of [32, 64]) {
    const length = octets[from + 1];
    const value = octets.slice(from + 2, from + 2 + length);
    const digits = value.slice(Math.max(0, length - 32));
    raw.set(digits, to - digits.length);
    from += 2 + length;
  }
  return raw;
}

/** The proof by which a passkey of this machine says it, over exactly these bytes. */
export async function assertion(verb, bytes) {
  const known = kept();
  const { rawId, response } = await navigator.credentials.get({
    publicKey: {
      challenge: await challengeOf(verb, bytes),
      rpId: location.hostname,
      allowCredentials: Object.keys(known).map((id) => ({ type: 'public-key', id: fromBase64url(id) })),
      userVerification: 'required',
    },
  });
  const parts = [response.authenticatorData, response.clientDataJSON].map(toBase64url);
  const kid = known[toBase64url(rawId)];
  const header = `{"alg":"ES256","authenticatorData":"${parts[0]}","clientDataJSON":"${parts[1]}","kid":"${kid}","typ":"keyledger-passkey"}`;
  return { protected: toBase64url(octetsOf(header)), signature: toBase64url(rawSignature(response.signature)) };
}

async function ask(query, variables) {
  const answer = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${at('token').value.trim()}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await answer.json();
  if (errors?.length > 0) throw new Error(errors[0].message);
  return data;
}

let shown = null;

/** Nothing can be signed before the bytes were shown, and were those of the id. */
async function show() {
  mayAct(null);
  const id = at('order').value.trim();
  const { order } = await ask('query ($id: ID!) { order(id: $id) { bytes sentence persons classA } }', { id });
  if (order === null) throw new Error('No order of this id was requested here.');
  if (toBase64url(await sha256(octetsOf(order.bytes))) !== id)
    throw new Error('These are not the bytes of this order.');
  const rule = `Needs ${order.persons} persons, ${order.classA} of them on their own machines.`;
  at('sentence').textContent = [...order.sentence, rule, '', order.bytes].join('\n');
  mayAct({ id, bytes: order.bytes });
}

function mayAct(order) {
  shown = order;
  at('sentence').textContent = order === null ? '' : at('sentence').textContent;
  for (const verb of Object.keys(MUTATIONS)) at(verb).disabled = order === null;
}

async function act(verb) {
  const { id: order, bytes } = shown;
  const mutation = `mutation ($id: ID!, $order: ID!, $proof: ProofInput!) {
    outcome: ${MUTATIONS[verb]}(id: $id, order: $order, proof: $proof) { __typename ... on Refusal { code message } }
  }`;
  const proof = await assertion(verb, bytes);
  const { outcome } = await ask(mutation, { id: crypto.randomUUID(), order, proof });
  return outcome.__typename === 'Receipt' ? `${verb}: recorded` : `${outcome.code}: ${outcome.message}`;
}

const when = (id, work) =>
  at(id).addEventListener('click', async () => {
    at('outcome').textContent = '';
    try {
      at('outcome').textContent = (await work()) ?? '';
    } catch (error) {
      at('outcome').textContent = `Not done: ${error.message}`;
    }
  });

when('enrol', async () => {
  const { kid, key } = await enrol(at('person').value.trim());
  at('key').textContent = `${JSON.stringify(key, null, 2)}\nThumbprint ${kid}`;
});
when('enrol-sign-in', async () => {
  const { kid, ...made } = await enrolForSignIn(at('signer').value.trim());
  at('credential').textContent = `${JSON.stringify(made, null, 2)}\nThumbprint ${kid}`;
});
when('show', show);
for (const verb of Object.keys(MUTATIONS)) when(verb, () => act(verb));
