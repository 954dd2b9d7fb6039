/** What a provider says of itself: asked seldom, believed only where it is the one that is set down. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Clock } from '#libs/kernel/clock.ts';
import { TestProvider } from '#test/platform/provider.ts';
import { Provider } from './provider.ts';

const there = new TestProvider();
let now = 1000;
const clock: Clock = { seconds: () => now, rfc3339: () => new Date(now * 1000).toISOString() };
let asked = 0;
let it: Provider;

beforeAll(() => there.start());
afterAll(() => there.close());
beforeEach(() => {
  asked = 0;
  there.twist = counted((said) => said);
  it = new Provider({ issuer: there.issuer, clientId: 'keyledger', redirectUri: there.redirectUri }, clock);
});

const counted = (discovery: (said: Record<string, unknown>) => Record<string, unknown>) => ({
  discovery: (said: Record<string, unknown>) => {
    asked += 1;
    return discovery(said);
  },
});

describe('the provider of a deployment', () => {
  test('is asked once for all who want it, and again after some minutes', async () => {
    const all = await Promise.all([it.metadata(), it.metadata(), it.metadata()]);
    expect(all[0]).toMatchObject({ authorization: `${there.issuer}/authorize` });
    expect(asked).toBe(1);
    now += 301;
    await it.metadata();
    expect(asked).toBe(2);
  });

  test('S31b that says it is another is not believed, nor one that sends people or codes over an open network', async () => {
    there.twist = counted((said) => ({ ...said, issuer: 'https://elsewhere.example' }));
    expect(await it.metadata()).toMatchObject({ code: 'PROVIDER_ISSUER' });
    await it.metadata();
    expect(asked).toBe(1);
    now += 6;
    there.twist = counted((said) => ({ ...said, token_endpoint: 'http://elsewhere.example/token' }));
    expect(await it.metadata()).toMatchObject({ code: 'PROVIDER_SILENT' });
    expect(asked).toBe(2);
    now += 6;
    there.twist = counted((said) => said);
    expect(await it.metadata()).toMatchObject({ keys: `${there.issuer}/keys` });
  });
});
