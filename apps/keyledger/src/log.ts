/**
 * What a running house says of itself, one line each: for a person at a terminal, or JSON for whoever collects it. Long words
 * are masked in both: a token, a key or a signature looks like any other, and none belongs into a log.
 */
import type { Clock } from '#libs/kernel/clock.ts';

export type Level = 'info' | 'warn' | 'error';

export interface Said {
  readonly part: string;
  readonly sentence: string;
  /** Else it follows from whether the sentence names a code. */
  readonly level?: Level;
}

export interface LogLine {
  /** RFC 3339 in UTC with milliseconds. */
  readonly time: string;
  readonly level: Level;
  readonly part: string;
  /** Stable, to search for; `NOTE` where the sentence names none. */
  readonly code: string;
  readonly sentence: string;
}

const CODE = /\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/;
/** 32 octets as base64url or longer, and what PEM is made of. */
const LONG = /[A-Za-z0-9+/_=-]{40,}|-----[A-Z ]+-----/g;
const SENTENCE_MAX = 500;

export function masked(text: string): string {
  return text
    .replace(LONG, '…')
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .slice(0, SENTENCE_MAX);
}

export function logLine({ part, sentence, level }: Said, clock: Clock): LogLine {
  const said = masked(sentence);
  const code = CODE.exec(said)?.[0] ?? null;
  const found: Level = level ?? (code === null ? 'info' : 'warn');
  return { time: clock.rfc3339(), level: found, part, code: code ?? 'NOTE', sentence: said };
}

/** As a person reads it. */
export function plainLine({ part, sentence }: LogLine): string {
  return `      [${part}] ${sentence}`;
}
