/** ID tokens that open nothing: each is refused by its own code, and the refusal is recorded. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dataOf } from '#test/journeys/forgery.ts';
import { type ProviderHouse, providerHouse } from './provider-house.ts';
import { CLIENT, type Twist, ec, unsigned } from './provider.ts';

let house: ProviderHouse;

beforeAll(async () => {
  house = await providerHouse();
}, 180_000);

afterAll(() => house?.close());

const refusals = async (code: string) =>
  (await house.it.events()).filter((e) => e.type === 'OperationRefused' && dataOf(e).code === code);

describe('signing in by a provider', () => {
  const other = ec();
  const TWISTS: readonly (readonly [string, string, Twist])[] = [
    ['of another issuer', 'PROVIDER_ISSUER', { claims: (c) => ({ ...c, iss: 'https://elsewhere.example' }) }],
    ['for another client', 'PROVIDER_AUDIENCE', { claims: (c) => ({ ...c, aud: 'somebody-else' }) }],
    [
      'for others beside us',
      'PROVIDER_AUDIENCE',
      { claims: (c) => ({ ...c, aud: [CLIENT.clientId, 'somebody-else'] }) },
    ],
    ['given to another party', 'PROVIDER_AUDIENCE', { claims: (c) => ({ ...c, azp: 'somebody-else' }) }],
    ['for another sign-in', 'PROVIDER_NONCE', { claims: (c) => ({ ...c, nonce: 'A'.repeat(43) }) }],
    ['without a nonce', 'PROVIDER_NONCE', { claims: ({ nonce: _none, ...c }) => c }],
    ['that has expired', 'PROVIDER_TOKEN_OLD', { claims: (c) => ({ ...c, exp: Number(c.iat) - 60 }) }],
    [
      'that is too old',
      'PROVIDER_TOKEN_OLD',
      { claims: (c) => ({ ...c, iat: Number(c.iat) - 3600, exp: Number(c.iat) + 3600 }) },
    ],
    ['that nobody signed', 'PROVIDER_ALGORITHM', { write: unsigned }],
    [
      'signed by another key under the same name',
      'PROVIDER_SIGNATURE',
      { write: (c, it) => it.sign(c, { key: other, kid: it.kid }) },
    ],
    [
      'signed by a key that the provider does not show',
      'PROVIDER_KEY',
      { write: (c, it) => it.sign(c, { key: other, kid: 'other' }) },
    ],
    ['that is none', 'PROVIDER_TOKEN', { write: () => Promise.resolve('a.b.c') }],
  ];

  test.each(TWISTS)('S31b with an ID token %s is refused: %s, and that is recorded', async (_what, code, twist) => {
    house.provider.twist = twist;
    expect(await house.comesIn()).toMatchObject({ __typename: 'Refusal', code });
    expect((await refusals(code)).length).toBeGreaterThan(0);
  });
});
