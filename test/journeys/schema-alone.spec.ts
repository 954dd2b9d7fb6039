/**
 * A client written from the schema alone: plain fetch and node:crypto, two key files a person, nothing of ours. It signs in,
 * requests, approves, follows and reconstructs a personalization, and checks the certificate that it gets.
 */
import {
  type KeyObject,
  X509Certificate,
  createHash,
  createPrivateKey,
  createPublicKey,
  randomBytes,
  randomUUID,
  sign,
} from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CARD, MODULE_CLASS, STATION, UNIT } from '#apps/keyledger/src/demo/names.ts';
import { issueCard } from '#apps/keyledger/src/story/card.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { SERIAL, registerModule } from '#apps/keyledger/src/story/personalization.ts';
import { type HouseInProcess, houseInProcess } from './house-in-process.ts';
import { keyledger } from './real-processes.ts';
import { until } from './until.ts';

let it: HouseInProcess;
let url: string;
const keys = mkdtempSync(join(tmpdir(), 'kl-keys-'));
const pemOf = (file: string): KeyObject => createPrivateKey(readFileSync(join(keys, file)));

beforeAll(async () => {
  it = await houseInProcess();
  url = `${it.house.platformUrl}/graphql`;
  await founding(it.world);
  await issueCard(it.world);
  await registerModule(it.world);
  for (const who of ['clara', 'anna', 'bo'] as const) {
    const { keys: approving, signIn } = it.house.deployment.people.person(who);
    const write = (name: string, key: KeyObject) =>
      writeFileSync(join(keys, `${who}-${name}.pem`), key.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
    write('approves', approving[0]!);
    write('signs-in', signIn);
  }
}, 180_000);

afterAll(async () => {
  await it?.close();
  rmSync(keys, { recursive: true, force: true });
});

const base64url = (octets: Buffer | string): string => Buffer.from(octets).toString('base64url');
const sha256 = (octets: Buffer | string): Buffer => createHash('sha256').update(octets).digest();

async function ask(query: string, variables: object, token?: string): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data?: Record<string, unknown>; errors?: unknown };
  if (errors !== undefined || data === undefined) throw new Error(JSON.stringify(errors));
  return data;
}

/** Flattened detached JWS, ES256 (RFC 7515 appendix F). */
function proof(typ: string, payload: string, key: KeyObject): { protected: string; signature: string } {
  const { kty, crv, x, y } = createPublicKey(key).export({ format: 'jwk' });
  const kid = base64url(sha256(JSON.stringify({ crv, kty, x, y })));
  const header = base64url(JSON.stringify({ alg: 'ES256', kid, typ }));
  const input = Buffer.from(`${header}.${base64url(payload)}`);
  return { protected: header, signature: base64url(sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' })) };
}

async function signedIn(operator: string, role: string, key: KeyObject): Promise<string> {
  const { signInChallenge } = await ask('{ signInChallenge { challenge genesis } }', {});
  const { challenge, genesis } = signInChallenge as { challenge: string; genesis: string };
  const token = base64url(randomBytes(32));
  const session = base64url(sha256(token));
  const until = Math.floor(Date.now() / 1000) + 600;
  const statement = JSON.stringify({
    challenge,
    domain: 'keyledger/sign-in/v1',
    genesis,
    operator,
    roles: [role],
    session,
    until,
  });
  const { signIn } = await ask(
    'mutation($id: ID!, $statement: String!, $proof: ProofInput!) { signIn(id: $id, statement: $statement, proof: $proof) { __typename } }',
    { id: randomUUID(), statement, proof: proof('keyledger-sign-in+jws', statement, key) },
  );
  expect(signIn).toEqual({ __typename: 'Receipt' });
  return token;
}

test('S29b a client that knows the schema alone requests, approves with key files, follows and reconstructs', async () => {
  const clara = await signedIn('P-CLARA', 'requester', pemOf('clara-signs-in.pem'));
  const { draftPersonalization } = await ask(
    `query($serials: [String!]!, $moduleClass: String!, $card: String!, $unit: String!, $station: String!) {
      draftPersonalization(serials: $serials, moduleClass: $moduleClass, card: $card, unit: $unit, station: $station) { id bytes sentence }
    }`,
    { serials: [SERIAL], moduleClass: MODULE_CLASS, card: CARD, unit: UNIT, station: STATION },
    clara,
  );
  const { id: order, bytes, sentence } = draftPersonalization as { id: string; bytes: string; sentence: string[] };
  expect(base64url(sha256(bytes))).toBe(order);
  expect(sentence[0]).toMatch(new RegExp(`^Personalize ${SERIAL} for station ${STATION} `));

  const { requestOrder } = await ask(
    'mutation($id: ID!, $bytes: String!, $proof: ProofInput!) { requestOrder(id: $id, bytes: $bytes, proof: $proof) { ... on Receipt { position } ... on Refusal { code } } }',
    { id: randomUUID(), bytes, proof: proof('keyledger-approval+jws', bytes, pemOf('clara-approves.pem')) },
    clara,
  );
  expect(requestOrder).toHaveProperty('position');

  for (const who of ['anna', 'bo']) {
    const token = await signedIn(`P-${who.toUpperCase()}`, 'approver', pemOf(`${who}-signs-in.pem`));
    const held = await ask('query($id: ID!) { order(id: $id) { bytes sentence } }', { id: order }, token);
    expect(held).toEqual({ order: { bytes, sentence } });
    const { approveOrder } = await ask(
      'mutation($id: ID!, $order: ID!, $proof: ProofInput!) { approveOrder(id: $id, order: $order, proof: $proof) { __typename } }',
      { id: randomUUID(), order, proof: proof('keyledger-approval+jws', bytes, pemOf(`${who}-approves.pem`)) },
      token,
    );
    expect(approveOrder).toEqual({ __typename: 'Receipt' });
  }

  const installed = async (): Promise<string | null> => {
    const { certificates } = await ask(
      'query($serial: String!) { certificates(first: 1, filter: { serial: $serial }) { edges { node { fingerprint } } } }',
      { serial: SERIAL },
      clara,
    );
    return (certificates as { edges: { node: { fingerprint: string } }[] }).edges[0]?.node.fingerprint ?? null;
  };
  expect(await until(async () => (await installed()) !== null)).toBe(true);
  const fingerprint = await installed();
  const rebuilt = async () => {
    const { reconstruction } = await ask(
      'query($fingerprint: String!) { reconstruction(fingerprint: $fingerprint) { pem order approvedBy { person } serial equalsModule } }',
      { fingerprint },
      clara,
    );
    return reconstruction as { pem: string; order: string; equalsModule: boolean | null };
  };
  expect(await until(async () => (await rebuilt()).equalsModule !== null)).toBe(true);
  const reconstruction = await rebuilt();
  expect(reconstruction).toMatchObject({
    order,
    serial: SERIAL,
    approvedBy: [{ person: 'P-ANNA' }, { person: 'P-BO' }],
    equalsModule: true,
  });

  const [module, cardCa, customerCa, root] = reconstruction.pem
    .match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)!
    .map((one) => new X509Certificate(one));
  expect(base64url(sha256(module!.raw))).toBe(fingerprint);
  const links = [
    [module, cardCa],
    [cardCa, customerCa],
    [customerCa, root],
    [root, root],
  ] as const;
  expect(links.map(([one, by]) => one!.verify(by!.publicKey))).toEqual([true, true, true, true]);
}, 180_000);

test('login prints the token and nothing else; sign shows what the bytes say and prints the proof', async () => {
  const environment = { KEYLEDGER_DATA: it.folder };
  const login = await keyledger({ args: ['login', '--as', 'auditor', '--url', it.house.platformUrl], environment })
    .ended;
  expect([login.code, login.stdout]).toEqual([0, expect.stringMatching(/^[A-Za-z0-9_-]{43}\n$/)]);
  expect(login.stderr).toContain('Signed in as P-RITA, auditor, until ');
  expect(await ask('{ viewer { subject roles } }', {}, login.stdout.trim())).toEqual({
    viewer: { subject: 'person:P-RITA', roles: ['auditor'] },
  });

  const file = join(keys, 'order.json');
  const order = [...(await it.events())].find(({ type }) => type === 'OrderRequested')!;
  writeFileSync(file, (order.data as { bytes: string }).bytes);
  const args = ['sign', '--type', 'approval', '--key', join(keys, 'anna-approves.pem'), file];
  const signed = await keyledger({ args, environment }).ended;
  expect(signed.stderr).toContain(`Enrol personalization unit ${UNIT}`);
  expect(JSON.parse(signed.stdout)).toEqual({ protected: expect.any(String), signature: expect.any(String) });
}, 180_000);

test.each([
  ['a role that is none', ['login', '--as', 'king'], 2, 'BAD_ROLE'],
  ['a folder without a demo', ['login', '--as', 'auditor', '--data', '/nowhere'], 2, 'NO_DEMO'],
  ['a key without a name', ['login', '--as', 'auditor', '--key', 'x.pem'], 2, 'BAD_CREDENTIAL'],
  [
    'a key file that is none',
    ['login', '--as', 'auditor', '--key', 'x.pem', '--operator', 'P', '--genesis', 'G'],
    2,
    'BAD_KEY_FILE',
  ],
  ['nobody who answers', ['login', '--as', 'auditor', '--url', 'http://127.0.0.1:9'], 2, 'PLATFORM_UNREACHABLE'],
  ['a meaning that is none', ['sign', '--type', 'love', 'x'], 2, 'BAD_MEANING'],
  ['a file that is no order', ['sign', '--type', 'approval', 'package.json'], 1, 'NOT_CANONICAL'],
])(
  '%s is one sentence with its code',
  async (_what, args, code, says) => {
    const ended = await keyledger({ args, environment: { KEYLEDGER_DATA: it.folder } }).ended;
    expect([ended.code, ended.stdout]).toEqual([code, '']);
    expect(ended.stderr.trim()).toMatch(new RegExp(`^${says}: .+\\.?$`));
  },
  30_000,
);
