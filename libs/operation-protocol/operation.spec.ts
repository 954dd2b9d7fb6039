import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import type { Json } from '#libs/kernel/canonical-json.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { judge, without } from '#libs/kernel/law.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { newSigningKey, spkiOfPrivate } from '#test/attacks/module-bench.ts';
import { commitmentTo, openingOf } from './account.ts';
import { type MessageCase, helloLaw, stationMessageLaw, withdrawalLaw } from './laws.ts';
import {
  MESSAGE_DOMAIN,
  type MessageOf,
  type SignedMessage,
  frameOf,
  messageHash,
  parseMessage,
  signedBytes,
} from './messages.ts';

const [moduleKey, stationKey] = [newSigningKey(), newSigningKey()];

const session = {
  exporter: toBase64url(randomOctets(32)),
  module: hashId(spkiOfPrivate(moduleKey)),
  station: hashId(spkiOfPrivate(stationKey)),
  peerSpki: spkiOfPrivate(moduleKey),
};

const opening = openingOf('DE02120300000000202051');

const asked: MessageOf<'AuthorizeWithdrawal'> = {
  domain: MESSAGE_DOMAIN,
  type: 'AuthorizeWithdrawal',
  exporter: session.exporter,
  direction: 'module-to-station',
  counter: 2,
  module: session.module,
  station: session.station,
  transaction: 'AAAAAAAAAAAAAAAAAAAAAA',
  account: commitmentTo(opening),
  amount: 5000,
  currency: 'EUR',
};

const signedBy = (key: typeof moduleKey, message: SignedMessage['message']): SignedMessage => ({
  message,
  signature: signRaw(signedBytes(message), key),
});
const caseOf = (signed: SignedMessage): MessageCase => ({ signed, session, speaker: 'module-to-station', counter: 2 });

describe('messages between module and station', () => {
  test('S02b come out of a frame as they went in, and the signed bytes begin with their domain', () => {
    const signed = signedBy(moduleKey, asked);
    expect(parseMessage(frameOf(signed))).toEqual(signed);
    expect(Buffer.from(signedBytes(asked)).toString('latin1')).toMatch(/^keyledger message v1\n\{"account":/);
    expect(messageHash(asked)).toHaveLength(43);
  });

  test('an account stands in a message only as a commitment that nobody can try numbers on', () => {
    const frame = frameOf({ ...signedBy(moduleKey, asked), opening });
    expect(parseMessage(frame)).toEqual({ ...signedBy(moduleKey, asked), signature: expect.anything(), opening });
    expect(Buffer.from(signedBytes(asked)).includes('DE02120300000000202051')).toBe(false);
    expect(commitmentTo(openingOf(opening.account))).not.toBe(commitmentTo(opening));
  });

  test('what is no message is refused and nothing throws', () => {
    const frame = frameOf(signedBy(moduleKey, asked)) as { body: Record<string, Json>; signature: string };
    for (const change of [
      { amount: 0 },
      { amount: 1.5 },
      { currency: 'eur' },
      { type: 'PayInstruction' },
      { type: 'toString' },
      { extra: 1 },
      { counter: 0 },
      { account: 'x y' },
    ])
      expect(parseMessage({ ...frame, body: { ...frame.body, ...change } as Json })).toMatchObject({ is: 'refusal' });
    for (const broken of [
      null,
      7,
      [],
      {},
      { body: frame.body },
      { ...frame, signature: 'x' },
      { ...frame, more: 1 },
    ] as Json[])
      expect(parseMessage(broken)).toMatchObject({ is: 'refusal' });
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(isRefusal(parseMessage(value as Json))).toBe(true);
      }),
      { seed: 9, numRuns: 200 },
    );
  });

  test.each<[string, Partial<MessageOf<'AuthorizeWithdrawal'>>]>([
    ['MESSAGE_OTHER_SESSION', { exporter: toBase64url(randomOctets(32)) }],
    ['MESSAGE_DIRECTION', { direction: 'station-to-module' }],
    ['MESSAGE_COUNTER', { counter: 3 }],
    ['MESSAGE_COUNTER', { counter: 1 }],
    ['MESSAGE_OTHER_MODULE', { module: session.station }],
    ['MESSAGE_OTHER_STATION', { station: session.module }],
  ])('S02b S27f the station refuses with %s, and lets it through only where the check is missing', (code, change) => {
    const it = caseOf(signedBy(moduleKey, { ...asked, ...change }));
    expect(judge(stationMessageLaw, it)).toMatchObject({ code });
    expect(judge(without(stationMessageLaw, [code]), it)).toBeNull();
  });

  test('S02b S27f an altered sum, and a message by another key, fail at the signature', () => {
    const genuine = signedBy(moduleKey, asked);
    expect(judge(stationMessageLaw, caseOf(genuine))).toBeNull();
    const altered = { ...genuine, message: { ...asked, amount: 500_000 } };
    for (const it of [caseOf(altered), caseOf(signedBy(stationKey, asked))]) {
      expect(judge(stationMessageLaw, it)).toMatchObject({ code: 'MESSAGE_SIGNATURE' });
      expect(judge(without(stationMessageLaw, ['MESSAGE_SIGNATURE']), it)).toBeNull();
    }
  });

  test.each([
    ['ACCOUNT_OPENING', { opening: null }],
    ['ACCOUNT_OPENING', { opening: { ...opening, account: 'DE02120300000000202052' } }],
    ['AMOUNT_BOUNDS', { amountMax: 4999 }],
    ['CURRENCY_NOT_SERVED', { currencies: ['CHF'] }],
    ['TRANSACTION_TWICE', { answered: new Set([asked.transaction]) }],
  ])('S27f the station answers no withdrawal with %s', (code, change) => {
    const it = { asked, opening, amountMax: 100_000, currencies: ['EUR'], answered: new Set<string>() };
    expect(judge(withdrawalLaw, it)).toBeNull();
    expect(judge(withdrawalLaw, { ...it, ...change })).toMatchObject({ code });
    expect(judge(without(withdrawalLaw, [code]), { ...it, ...change })).toBeNull();
  });

  test('the station refuses a module that says something else than its certificate', () => {
    const { exporter, module, station } = session;
    const hello: MessageOf<'Hello'> = {
      domain: MESSAGE_DOMAIN,
      type: 'Hello',
      exporter,
      direction: 'module-to-station',
      counter: 1,
      module,
      station,
      serial: 'SM-1',
      epoch: 2,
    };
    expect(judge(helloLaw, { hello, serial: 'SM-1', epoch: 2 })).toBeNull();
    expect(judge(helloLaw, { hello, serial: 'SM-2', epoch: 2 })).toMatchObject({ code: 'HELLO_OTHER_SERIAL' });
    expect(judge(helloLaw, { hello, serial: 'SM-1', epoch: 3 })).toMatchObject({ code: 'HELLO_OTHER_EPOCH' });
  });
});
