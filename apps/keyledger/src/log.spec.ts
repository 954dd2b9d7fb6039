/** What a house says of itself is a line of JSON with its five members, and no secret is ever in it. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { readEnvironment } from './config.ts';
import { logLine, masked, plainLine } from './log.ts';

const clock = { seconds: () => 1, rfc3339: () => '2026-01-01T00:00:00.000Z' };

describe('a log line', () => {
  test.each([
    ['ATM-000013: ORDER_NOT_APPROVED', undefined, 'warn', 'ORDER_NOT_APPROVED'],
    ['views: 100000 events', undefined, 'info', 'NOTE'],
    ['stopped by a defect: Cannot read properties', 'error', 'error', 'NOTE'],
  ] as const)('%s', (sentence, level, found, code) => {
    const line = logLine({ part: 'unit', sentence, ...(level === undefined ? {} : { level }) }, clock);
    expect(line).toEqual({ time: '2026-01-01T00:00:00.000Z', level: found, part: 'unit', code, sentence });
    expect(plainLine(line)).toBe(`      [unit] ${sentence}`);
  });

  test('has no secret in it, however it got into the sentence', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const secrets = [
      randomBytes(32).toString('base64url'),
      randomBytes(32).toString('hex'),
      privateKey.export({ format: 'jwk' }).d!,
      ...privateKey.export({ format: 'pem', type: 'pkcs8' }).toString().trim().split('\n'),
    ];
    for (const secret of secrets) expect(masked(`before ${secret} behind`)).toBe('before … behind');
  });

  test('is one line, and no longer than a sentence', () => {
    const { sentence } = logLine({ part: 'unit', sentence: `a\nb\u001b[2J${' c'.repeat(1000)}` }, clock);
    expect(sentence).not.toMatch(/[\n\u001b]/);
    expect(sentence.length).toBeLessThanOrEqual(500);
  });
});

describe('the environment', () => {
  test.each([
    [{}, null],
    [{ KEYLEDGER_LOG: 'json' }, 'json'],
    [{ KEYLEDGER_LOG: 'text' }, 'text'],
  ])('%j says how', (variables, log) => expect(readEnvironment(variables).log).toBe(log));

  test('and a value that makes no sense is said so', () => {
    expect(() => readEnvironment({ KEYLEDGER_LOG: 'xml' })).toThrow('KEYLEDGER_LOG is "xml"; it is json or text.');
    expect(() => readEnvironment({ KEYLEDGER_METRICS: 'all' })).toThrow('it is loopback or open.');
    expect(() => readEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: 'here' })).toThrow('it is an http or https address');
  });
});
