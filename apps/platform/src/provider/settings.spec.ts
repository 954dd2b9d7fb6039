/** What is set down of a provider makes sense, or the platform says why and does not start. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { readProvider } from './settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'kl-provider-'));
const file = join(folder, 'provider.json');
const good = { issuer: 'https://in.example/bank', clientId: 'k', redirectUri: 'https://audit.example/sign-in' };

afterAll(() => rmSync(folder, { recursive: true }));

const read = (it: object | string): string => {
  writeFileSync(file, typeof it === 'string' ? it : JSON.stringify(it));
  try {
    return readProvider(file)?.issuer ?? 'none';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('the file of the provider', () => {
  test('is none until somebody writes it, and then says issuer, client and where to come back to', () => {
    expect(readProvider(file)).toBeNull();
    expect(read(good)).toBe('https://in.example/bank');
    expect(read({ ...good, issuer: 'http://localhost:8080', clientSecret: 'a b' })).toBe('http://localhost:8080');
  });

  test.each([
    ['no JSON', '{', 'provider must be an object'],
    ['no issuer', { ...good, issuer: undefined }, 'provider.issuer must be a text'],
    [
      'an issuer over an open network',
      { ...good, issuer: 'http://in.example' },
      'neither https nor http of this machine',
    ],
    ['an issuer with a query', { ...good, issuer: 'https://in.example?x=1' }, 'provider.issuer must be a text'],
    ['a way back over an open network', { ...good, redirectUri: 'http://audit.example/sign-in' }, 'neither https'],
    ['a member that nobody knows', { ...good, audience: 'x' }, 'without the member audience'],
  ])('with %s is refused in one sentence without its secret', (_what, it, why) => {
    const said = read(typeof it === 'string' ? it : { ...it, clientSecret: 'canary-secret' });
    expect(said).toContain(why);
    expect(said).not.toContain('canary-secret');
  });
});
