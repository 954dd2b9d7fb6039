/** People sign in by an OpenID Connect provider: who comes in, and what such a session is worth. */
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createPublicKey } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK } from 'jose';
import { CAST } from '#apps/keyledger/src/demo/people.ts';
import { erase, linkAccount } from '#apps/keyledger/src/verbs/operator.ts';
import { verify } from '#apps/keyledger/src/verbs/verify.ts';
import { ascii } from '#libs/kernel/bytes.ts';
import { signDetached } from '#libs/kernel/detached-jws.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { uuidv7 } from '#libs/kernel/ids.ts';
import { orderId } from '#libs/kernel/order.ts';
import { judgeKeptToken } from '#libs/proof/kept-token.ts';
import { isFinding, replay } from '#libs/proof/replay.ts';
import { type Data, type Log, altered, dataOf, numbered } from '#test/journeys/forgery.ts';
import { heard } from '#test/journeys/story-record.ts';
import { codeOf } from '#test/journeys/people-bench.ts';
import { asks } from '#test/kit/graphql.ts';
import { OUTCOME } from './people.ts';
import { begun, finished } from './provider-browser.ts';
import { ANNAS, type ProviderHouse, providerHouse } from './provider-house.ts';
import { ec } from './provider.ts';

let house: ProviderHouse;
const [ANNA, TOM] = [CAST.anna.id, CAST.tom.id];

beforeAll(async () => {
  house = await providerHouse();
}, 180_000);

afterEach(() => {
  house.provider.subject = ANNAS;
});

afterAll(() => house?.close());

const refusals = async (code: string) =>
  (await house.it.events()).filter((e) => e.type === 'OperationRefused' && dataOf(e).code === code);

describe('signing in by a provider', () => {
  test('S31b opens a session for whom an approved order linked to the account, with a role that he asked for', async () => {
    const mine = await begun(house.url, ['approver']);
    expect(await finished(house.url, mine)).toMatchObject({ __typename: 'Receipt', replayed: false });
    const session = hashId(ascii(mine.token));
    expect((await asks({ url: house.url, token: mine.token }, '{ viewer { subject roles session } }')).data).toEqual({
      viewer: { subject: `person:${ANNA}`, roles: ['approver'], session },
    });
    const event = (await house.it.events()).find(({ stream }) => stream === `sign-in-${session}`)!;
    expect(event).toMatchObject({
      type: 'SignedIn',
      data: { operator: ANNA, provider: { issuer: house.provider.issuer, link: house.link } },
    });
    const { idToken } = dataOf(event).provider as { idToken: string };
    const kept = house.beside.token(ANNA, idToken)!;
    expect(hashId(ascii(kept.token))).toBe(idToken);
    expect(kept.jwk).toEqual(await exportJWK(createPublicKey(house.provider.key)));
  });

  test('S24c neither subject nor token stands in any event, and what lies beside is for its owner alone', async () => {
    const all = (await house.it.events()).map(({ data, metadata }) => JSON.stringify([data, metadata])).join('\n');
    expect(all).not.toContain('subject-0001');
    expect(all).not.toMatch(/eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{40,}\./);
    const folder = join(house.it.house.deployment.places.platform.folder, 'people');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) =>
      statSync(join(folder, name)),
    );
    expect(files.length).toBeGreaterThan(3);
    expect(files.map((one) => (one.mode & 0o777) === (one.isFile() ? 0o600 : 0o700))).not.toContain(false);
  });

  test('the same command again is answered as the first time, and its code opens nothing else', async () => {
    const mine = await begun(house.url, ['approver']);
    const first = await finished(house.url, mine);
    expect(await finished(house.url, mine)).toMatchObject({ ...first, replayed: true });
    expect(await finished(house.url, { ...mine, id: uuidv7() })).toMatchObject({ code: 'SIGN_IN_TOKEN_USED' });
    const later = await begun(house.url, ['approver']);
    const answer = later.answer.replace(/code=[^&]+/, /code=[^&]+/.exec(mine.answer)![0]);
    expect(await finished(house.url, { ...later, answer })).toMatchObject({ code: 'PROVIDER_CODE' });
    expect(await refusals('PROVIDER_CODE')).toHaveLength(1);
  });

  test('an answer that belongs to another sign-in, or brings an error, is refused before any code is tried', async () => {
    const mine = await begun(house.url, ['approver']);
    const stolen = { ...mine, id: uuidv7(), answer: mine.answer.replace(/state=[^&]+/, `state=${'A'.repeat(43)}`) };
    expect(await finished(house.url, stolen)).toMatchObject({ code: 'PROVIDER_STATE' });
    const elsewhere = {
      ...mine,
      id: uuidv7(),
      answer: mine.answer.replace(/iss=[^&]+/, 'iss=https://elsewhere.example'),
    };
    expect(await finished(house.url, elsewhere)).toMatchObject({ code: 'PROVIDER_ISSUER' });
    const denied = { ...mine, id: uuidv7(), answer: `${mine.answer}&error=access_denied` };
    expect(await finished(house.url, denied)).toMatchObject({ code: 'PROVIDER_DENIED' });
    expect(await finished(house.url, mine)).toMatchObject({ __typename: 'Receipt' });
  });

  test('whoever took the code without the verifier, or alters the statement, does not come in', async () => {
    const mine = await begun(house.url, ['approver']);
    expect(await finished(house.url, { ...mine, verifier: 'A'.repeat(43) })).toMatchObject({ code: 'PROVIDER_CODE' });
    const his = await begun(house.url, ['approver']);
    const statement = his.statement.replace('"approver"', '"requester"');
    expect(await finished(house.url, { ...his, statement })).toMatchObject({ code: 'PROVIDER_STATE' });
  });

  test('a session is short, and for roles that he has', async () => {
    expect(await house.comesIn(['administrator'])).toMatchObject({ code: 'SIGN_IN_ROLE' });
    expect(await finished(house.url, await begun(house.url, ['approver'], 3700))).toMatchObject({
      code: 'SIGN_IN_TOO_LONG',
    });
  });

  test('an account that nobody linked, or two operators share, opens nothing', async () => {
    house.provider.subject = 'subject-0002';
    expect(await house.comesIn()).toMatchObject({ code: 'PROVIDER_ACCOUNT' });
    house.links(TOM, 'subject-0002'); // written down beside the record, approved by nobody
    expect(await house.comesIn(['technician'])).toMatchObject({ code: 'PROVIDER_ACCOUNT' });
    house.links(ANNA, 'subject-0002');
    expect(await house.comesIn(['technician'])).toMatchObject({ code: 'PROVIDER_ACCOUNT' });
  });

  test('a provider whose key changes is followed, one that says it is another is not', async () => {
    house.provider.key = ec();
    house.provider.kid = 'second';
    expect(await house.comesIn()).toMatchObject({ __typename: 'Receipt' });
  });
});

describe('S31b a session by a provider', () => {
  test('approves nothing: everything else is there, and the approval key is not', async () => {
    const mine = await begun(house.url, ['approver']);
    expect(await finished(house.url, mine)).toMatchObject({ __typename: 'Receipt' });
    const { token } = mine;
    const bytes = await house.bench.ordered({ kind: 'suspend-operator', operator: TOM, reason: 'drill' }, []);
    const order = orderId(bytes);
    const approve = async (proof: { protected: string; signature: string }) => {
      const { data } = await asks(
        { url: house.url, token },
        `mutation($id: ID!, $order: ID!, $proof: ProofInput!) {
          outcome: approveOrder(id: $id, order: $order, proof: $proof) { ${OUTCOME} }
        }`,
        { id: uuidv7(), order, proof },
      );
      return (data?.['outcome'] as { code?: string }).code ?? 'approved';
    };
    const { signIn } = house.it.house.deployment.people.person('anna');
    const [header = '', , signature = ''] = house.beside
      .token(ANNA, lastToken(await house.it.events()))!
      .token.split('.');
    expect(await approve({ protected: header, signature })).not.toBe('approved');
    expect(await approve(signDetached('keyledger-approval+jws', bytes, signIn))).not.toBe('approved');
    expect(await approve(signDetached('keyledger-approval+jws', bytes, house.provider.key))).not.toBe('approved');
    expect(await approve(house.bench.signed('bo', bytes))).not.toBe('approved');
    expect(await approve(house.bench.signed('anna', bytes))).toBe('approved');
  });

  test('is none for who was suspended, and ends with the link', async () => {
    house.provider.subject = 'subject-tom';
    const toms = house.links(TOM, 'subject-tom');
    expect(codeOf(await house.bench.changes(await house.bench.ordered(house.linking(TOM, toms))))).toBe('done');
    const open = await begun(house.url, ['technician']);
    expect(await finished(house.url, open)).toMatchObject({ __typename: 'Receipt' });
    const suspension = { kind: 'suspend-operator', operator: TOM, reason: 'lost' };
    expect(codeOf(await house.bench.changes(await house.bench.ordered(suspension, ['anna'])))).toBe('done');
    expect((await asks({ url: house.url, token: open.token }, '{ viewer { subject } }')).codes).toEqual([
      'SESSION_OVER',
    ]);
    expect(await house.comesIn(['technician'])).toMatchObject({ code: 'SIGN_IN_SUSPENDED' });
    const lost = { kind: 'withdraw-credential', operator: ANNA, credential: house.link, reason: 'lost' };
    house.provider.subject = 'subject-0001';
    expect(await house.comesIn()).toMatchObject({ __typename: 'Receipt' });
    expect(codeOf(await house.bench.changes(await house.bench.ordered(lost, ['anna'])))).toBe('done');
    expect(await house.comesIn()).toMatchObject({ code: 'PROVIDER_ACCOUNT' });
  });

  test('is shown with the person, and the record holds', async () => {
    const all = await house.it.events();
    const seen = await house.it.world.callers.ask(
      'rita',
      'query ($person: String!, $after: String!) { operator(person: $person, after: $after) { links { issuer link } } }',
      { person: TOM, after: all.at(-1)!.position },
    );
    expect(seen).toMatchObject({ operator: { links: [{ issuer: house.provider.issuer }] } });
    const result = await replay(numbered(all));
    expect(isFinding(result) ? result : 'holds').toBe('holds');
  });
});

const lastToken = (log: Log): string =>
  log
    .filter((e) => e.type === 'SignedIn' && dataOf(e).provider !== undefined)
    .map((e) => (dataOf(e).provider as { idToken: string }).idToken)
    .at(-1) ?? '';

describe('whoever owns the platform and its log key', () => {
  const forged = async (type: string, members: (data: Data) => Data): Promise<string> => {
    const log = await house.it.events();
    const event = log.find((e) => e.type === type && ('provider' in dataOf(e) || type !== 'SignedIn'))!;
    const result = await replay(numbered(altered(log, event, (data) => members(data))));
    return isFinding(result) ? `${result.code} ${result.type}` : 'holds';
  };

  test.each([
    [
      'signs somebody in by a link that he does not have',
      'SIGN_IN_WITHOUT_LINK SignedIn',
      'SignedIn',
      (data: Data) => ({ ...data, operator: 'P-BO' }),
    ],
    [
      'signs somebody in by another provider',
      'SIGN_IN_WITHOUT_LINK SignedIn',
      'SignedIn',
      (data: Data) => ({ ...data, provider: { ...(data.provider as object), issuer: 'https://elsewhere.example' } }),
    ],
    [
      'signs somebody in with more roles',
      'SIGN_IN_ROLE SignedIn',
      'SignedIn',
      (data: Data) => ({ ...data, roles: ['administrator'] }),
    ],
    [
      'takes the provider off a sign-in',
      'SIGN_IN_BY_STRANGER SignedIn',
      'SignedIn',
      ({ provider: _gone, ...data }: Data) => data,
    ],
    [
      'links another account than ordered',
      'ACT_OTHER_THAN_ORDERED ProviderLinked',
      'ProviderLinked',
      (data: Data) => ({ ...data, link: 'A'.repeat(43) }),
    ],
  ] as const)('%s: found', async (_what, code, type, members) => {
    expect(await forged(type, members)).toBe(code);
  });
});

describe('an auditor who has what lies beside the record', () => {
  const verified = async (): Promise<{ code: number; said: Record<string, unknown> }> => {
    const { terminal, data } = heard(true);
    const code = await verify({ folder: house.it.folder }, terminal);
    return { code, said: data[0] as Record<string, unknown> };
  };
  const tokenFile = (idToken: string): string =>
    join(house.it.house.deployment.places.platform.folder, 'people', 'id-tokens', ANNA, `${idToken}.json`);

  test('S31b finds each sign-in carried by its ID token, and says where one does not carry it', async () => {
    const held = await verified();
    expect(held).toMatchObject({ code: 0, said: { verified: true } });
    const { all, carried } = held.said.byProvider as { all: number; carried: number };
    expect([carried, all > 5]).toEqual([all, true]);
    const tokens = (await house.it.events())
      .filter((e) => e.type === 'SignedIn' && dataOf(e).operator === ANNA)
      .map((e) => (dataOf(e).provider as { idToken: string } | undefined)?.idToken ?? '')
      .filter((idToken) => idToken !== '');
    const [first = '', second = ''] = tokens;
    const own = readFileSync(tokenFile(first), 'utf8');
    const swapped = async (text: string): Promise<unknown> => {
      writeFileSync(tokenFile(first), text);
      const { code, said } = await verified();
      return [code, said.code];
    };
    expect(await swapped(readFileSync(tokenFile(second), 'utf8'))).toEqual([1, 'ID_TOKEN_OTHER']);
    const { token } = JSON.parse(own) as { token: string };
    const other = JSON.stringify({ token, jwk: await exportJWK(createPublicKey(ec())) });
    expect(await swapped(other)).toEqual([1, 'ID_TOKEN_SIGNATURE']);
    expect(await swapped(own)).toEqual([0, undefined]);
  });

  test('S31b finds a session that the platform made of the ID token of another one', async () => {
    const event = (await house.it.events()).find((e) => e.type === 'SignedIn' && dataOf(e).provider !== undefined)!;
    const { provider } = dataOf(event) as { provider: { idToken: string; link: string } };
    const kept = { ...house.beside.token(ANNA, provider.idToken)!, linkKey: null };
    const { genesis } = house.it.house.deployment;
    expect(judgeKeptToken(event, genesis, kept)).toBeNull();
    const stolen = { ...event, stream: `sign-in-${'A'.repeat(43)}` };
    expect(judgeKeptToken(stolen, genesis, kept)).toMatchObject({ code: 'ID_TOKEN_CLAIMS' });
    const linkKey = new Uint8Array(32);
    expect(judgeKeptToken(event, genesis, { ...kept, linkKey })).toMatchObject({ code: 'ID_TOKEN_CLAIMS' });
  });

  test('S24c links an account by a verb, once, and has all of it thrown away with the name', async () => {
    const { folder } = house.it;
    const [first, again, gone] = [heard(true), heard(true), heard(true)];
    const account = { folder, operator: 'P-RITA', issuer: house.provider.issuer, subject: 'subject-rita' };
    expect(linkAccount(account, first.terminal)).toBe(0);
    expect(linkAccount({ ...account, operator: TOM }, again.terminal)).toBe(1);
    expect(again.data[0]).toMatchObject({ code: 'LINK_TWICE', operator: 'P-RITA' });
    expect(await erase({ folder, person: ANNA, url: house.url }, gone.terminal)).toBe(0);
    expect(gone.data[0]).toMatchObject({ erased: true, recorded: true });
    expect(house.beside.links().some(({ operator }) => operator === ANNA)).toBe(false);
    const { code, said } = await verified();
    const { all, carried } = said.byProvider as { all: number; carried: number };
    expect([code, carried < all]).toEqual([0, true]);
  });
});
