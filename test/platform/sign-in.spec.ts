/** People sign in over the real API: each way in that is none, and what becomes of a session. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { ATTEMPTS_MAX } from '#apps/platform/src/sign-in/attempts.ts';
import { toBase64url, utf8 } from '#libs/kernel/bytes.ts';
import { type Clock, systemClock } from '#libs/kernel/clock.ts';
import { signDetached } from '#libs/kernel/detached-jws.ts';
import { randomOctets, uuidv7 } from '#libs/kernel/ids.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { sessionOf as idOf, signInText } from '#libs/kernel/sign-in.ts';
import { isFinding, replay } from '#libs/proof/replay.ts';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';
import { until } from '#test/journeys/until.ts';
import { asks } from '#test/kit/graphql.ts';
import { OUTCOME, sessionOf, signInAs } from './people.ts';

let it: HouseInProcess;
let url: string;
/** How far the platform's clock is ahead, seconds. */
let ahead = 0;
const platformClock: Clock = {
  seconds: () => systemClock.seconds() + ahead,
  rfc3339: () => new Date(Date.parse(systemClock.rfc3339()) + ahead * 1000).toISOString(),
};

const as = (token: string | undefined) => (token === undefined ? { url } : { url, token });

beforeAll(async () => {
  it = await houseInProcess({ platformClock });
  url = it.house.platformUrl;
}, 180_000);

afterAll(() => it?.close());

const viewer = (token?: string) => asks(as(token), '{ viewer { subject roles session until } }');
const signOut = (token: string, session?: string) =>
  asks(as(token), `mutation($id: ID!, $session: ID) { outcome: signOut(id: $id, session: $session) { ${OUTCOME} } }`, {
    id: uuidv7(),
    ...(session === undefined ? {} : { session }),
  });

/** A sign-in sent piece by piece. */
async function statementBy(who: 'clara' | 'anna', challenge?: string) {
  const asked = await asks({ url }, '{ signInChallenge { challenge } }');
  const { people, genesis } = it.house.deployment;
  const { id: operator, signIn: key } = people.person(who);
  const token = toBase64url(randomOctets(32));
  const statement = signInText({
    challenge: challenge ?? (asked.data?.['signInChallenge'] as { challenge: string }).challenge,
    genesis,
    operator,
    roles: ['requester'],
    session: idOf(token),
    until: platformClock.seconds() + 600,
  });
  return { token, statement, proof: signDetached('keyledger-sign-in+jws', utf8(statement), key), id: uuidv7() };
}

const send = ({ id, statement, proof }: { id: string; statement: string; proof: object }) =>
  asks(
    { url },
    `mutation($id: ID!, $statement: String!, $proof: ProofInput!) { outcome: signIn(id: $id, statement: $statement, proof: $proof) { ${OUTCOME} } }`,
    { id, statement, proof },
  ).then(({ data }) => data?.['outcome'] as Record<string, unknown>);

describe('signing in', () => {
  test('opens a session with the roles that were asked for, and the record holds the hash of its token alone', async () => {
    const { token, session } = await sessionOf(it, 'anna', { roles: ['approver'] });
    expect((await viewer(token)).data).toEqual({
      viewer: { subject: 'person:P-ANNA', roles: ['approver'], session, until: expect.any(Number) },
    });
    const events = await it.events();
    expect(events.find(({ stream }) => stream === `sign-in-${session}`)).toMatchObject({ type: 'SignedIn' });
    const all = events.map(({ data, metadata }) => JSON.stringify([data, metadata])).join('\n');
    expect(all).not.toContain(token);
  });

  test.each([
    ['with the key that approves', 'SIGN_IN_SIGNATURE', () => ({ key: it.world.keyOf('clara') })],
    ['in somebody else’s name', 'SIGN_IN_SIGNATURE', () => ({ operator: 'P-BO' })],
    ['as nobody who is known', 'SIGN_IN_SIGNATURE', () => ({ operator: 'P-EVE' })],
    ['with a role that he does not have', 'SIGN_IN_ROLE', () => ({ roles: ['administrator'] as const })],
    ['for longer than an hour', 'SIGN_IN_TOO_LONG', () => ({ life: 3700 })],
    ['for a time that is over', 'SIGN_IN_TOO_LONG', () => ({ life: -1 })],
    ['with a role named twice', 'BAD_SHAPE', () => ({ roles: ['requester', 'requester'] as const })],
    ['to another deployment than is meant', 'SIGN_IN_OTHER_DEPLOYMENT', () => ({ genesis: 'A'.repeat(43) })],
  ])('%s is refused: %s', async (_how, code, change) => {
    expect(await signInAs(it, 'clara', change())).toMatchObject({ code });
  });

  test('with a challenge that was used, was made elsewhere, or is old is refused; the same command again is not', async () => {
    const first = await statementBy('clara');
    const receipt = await send(first);
    expect(receipt).toMatchObject({ __typename: 'Receipt', replayed: false });
    expect(await send(first)).toMatchObject({ ...receipt, replayed: true });
    expect(await send({ ...first, id: uuidv7() })).toMatchObject({ code: 'SIGN_IN_TOKEN_USED' });
    const { challenge } = JSON.parse(first.statement) as { challenge: string };
    expect(await send(await statementBy('clara', challenge))).toMatchObject({ code: 'SIGN_IN_CHALLENGE_USED' });
    const forged = toBase64url(randomOctets(48));
    expect(await send(await statementBy('clara', forged))).toMatchObject({ code: 'SIGN_IN_CHALLENGE' });
    const old = await statementBy('clara');
    ahead += 61;
    expect(await send(old)).toMatchObject({ code: 'SIGN_IN_CHALLENGE_OLD' });
  });

  test('a statement that was altered after it was signed is refused', async () => {
    const it = await statementBy('clara');
    const statement = it.statement.replace('"requester"', '"approver"');
    expect(await send({ ...it, statement })).toMatchObject({ code: 'SIGN_IN_SIGNATURE' });
  });
});

describe('where no provider is set down', () => {
  test('S31b none is offered, and whoever says that one signed him in is refused', async () => {
    expect((await asks({ url }, '{ signInProvider { issuer } }')).data).toEqual({ signInProvider: null });
    const { data } = await asks(
      { url },
      `mutation($id: ID!) { outcome: signInByProvider(id: $id, statement: "{}", answer: "code=x", verifier: "y") { ${OUTCOME} } }`,
      { id: uuidv7() },
    );
    expect(data).toMatchObject({ outcome: { code: 'PROVIDER_OFF' } });
  });
});

describe('a session', () => {
  test('opens nothing once it is over', async () => {
    const { token } = await sessionOf(it, 'clara', { clock: platformClock, life: 100 });
    expect((await viewer(token)).status).toBe(200);
    ahead += 101;
    expect(await viewer(token)).toMatchObject({ status: 401, codes: ['SESSION_OVER'] });
  });

  test('is ended by its operator, and by an administrator, and by nobody else', async () => {
    const [mine, his] = [await sessionOf(it, 'anna', now()), await sessionOf(it, 'bo', now())];
    expect((await signOut(mine.token, his.session)).data).toMatchObject({ outcome: { code: 'FORBIDDEN' } });
    expect((await signOut(mine.token)).data).toMatchObject({ outcome: { __typename: 'Receipt' } });
    expect(await viewer(mine.token)).toMatchObject({ status: 401, codes: ['SESSION_OVER'] });
    const ada = await sessionOf(it, 'ada', now());
    expect((await signOut(ada.token, his.session)).data).toMatchObject({ outcome: { __typename: 'Receipt' } });
    expect(await viewer(his.token)).toMatchObject({ status: 401 });
    expect((await signOut(ada.token, 'A'.repeat(43))).data).toMatchObject({ outcome: { code: 'SIGN_IN_UNKNOWN' } });
  });

  test('a token that is none is never taken for no token at all', async () => {
    for (const token of ['A'.repeat(43), 'x', 'a.b.c', `${'A'.repeat(3000)}.B.C`])
      expect((await asks(as(token), '{ signInChallenge { genesis } }')).status).toBe(401);
  });

  test('the record of all this holds', async () => {
    expect(isFinding(await replay(await it.events()))).toBe(false);
  });
});

const now = () => ({ clock: platformClock });

describe('a socket', () => {
  /** What becomes of a subscription: the first error's code, or the code that the socket was closed with. */
  async function told(authorization?: string): Promise<unknown> {
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      ...(authorization === undefined ? {} : { connectionParams: { authorization } }),
    });
    try {
      for await (const { errors } of client.iterate({ query: 'subscription { workChanged }' }))
        return errors?.[0]?.extensions?.['code'];
    } catch (error) {
      const [first] = Array.isArray(error) ? (error as { extensions?: { code?: string } }[]) : [];
      return first?.extensions?.code ?? (error as { code?: number }).code;
    } finally {
      await client.dispose();
    }
    return 'nothing';
  }

  test('without a token is told nothing, with a false one is closed, and with another role is refused', async () => {
    expect(await told()).toBe('SIGN_IN_NEEDED');
    expect(await told(`Bearer ${'A'.repeat(43)}`)).toBe(4403);
    const { token } = await sessionOf(it, 'clara', now());
    expect(await told(`Bearer ${token}`)).toBe('FORBIDDEN');
  });

  test('tells a person nothing more once his session has ended', async () => {
    const { token } = await sessionOf(it, 'rita', now());
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: { authorization: `Bearer ${token}` },
    });
    const heard: unknown[] = [];
    const ended = (async () => {
      for await (const { data, errors } of client.iterate({ query: 'subscription { eventAppended }' }))
        heard.push(
          errors === undefined || errors.length === 0 ? Object.keys(data ?? {})[0] : errors[0]?.extensions?.['code'],
        );
    })().catch((error: unknown) => heard.push((error as { extensions?: { code?: string } }[])[0]?.extensions?.code));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await sessionOf(it, 'clara', now());
    expect(await until(() => Promise.resolve(heard.length > 0))).toBe(true);
    await signOut(token);
    await ended;
    expect([heard[0], heard.at(-1)]).toEqual(['eventAppended', 'SESSION_OVER']);
    await client.dispose();
  });

  test('takes no frame that is longer than any question', async () => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send(JSON.stringify({ type: 'connection_init', payload: { fill: 'x'.repeat(70_000) } }));
    const code = await new Promise((resolve) => socket.once('close', resolve));
    expect(code).toBe(1009);
  });
});

describe('attempts', () => {
  test('that fail are limited by address, and the record is not filled by them', async () => {
    const before = (await it.events()).length;
    const codes: string[] = [];
    for (let tries = 0; tries < ATTEMPTS_MAX.failed + 5; tries += 1) {
      const answer = await signInAs(it, 'clara', { operator: 'P-EVE', ...now() });
      codes.push(isRefusal(answer) ? answer.code : 'in');
    }
    expect(codes.at(-1)).toBe('SIGN_IN_TOO_OFTEN');
    expect(await signInAs(it, 'clara', now())).toMatchObject({ code: 'SIGN_IN_TOO_OFTEN' });
    expect((await it.events()).length - before).toBeLessThanOrEqual(3);
  });
});
