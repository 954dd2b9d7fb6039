/** The environment, read here and nowhere else. A value that makes no sense stops the start with one clear sentence. */
import { resolve } from 'node:path';
import { isPostgresAddress } from '#libs/event-store/postgresql/address.ts';
import { addressFault } from './demo/log-address.ts';

export interface Environment {
  /** Null where nothing was said: 4400 for `start`, a free one for `demo`. */
  readonly port: number | null;
  readonly host: string;
  /** Null where nothing was said: ./data for `start`, a temporary folder for `demo`. */
  readonly folder: string | null;
  readonly nodeEnv: string;
  /** Address of a PostgreSQL or KurrentDB log; null for the event file, undefined where nothing was said. */
  readonly events: string | null | undefined;
  /** Address of a PostgreSQL database for the views; null for a file in the data folder. */
  readonly views: string | null;
  /** How a running house says of itself what happens; null where nothing was said: JSON unless a terminal watches. */
  readonly log: 'json' | 'text' | null;
  /** Who may read /metrics. */
  readonly metrics: 'loopback' | 'open';
  /** Where traces go, OTLP over HTTP; null for nowhere. */
  readonly traces: string | null;
}

/** Thrown for what a person can mend; its message is the whole of what he is shown. */
export class Complaint extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const NODE_ENVS = ['development', 'test', 'production'];

export function readEnvironment(variables: Readonly<Record<string, string | undefined>> = process.env): Environment {
  const { PORT, HOST, KEYLEDGER_DATA, KEYLEDGER_EVENTS, KEYLEDGER_VIEWS, NODE_ENV } = variables;
  const { KEYLEDGER_LOG, KEYLEDGER_METRICS, OTEL_EXPORTER_OTLP_ENDPOINT } = variables;
  const fault =
    KEYLEDGER_EVENTS === undefined || KEYLEDGER_EVENTS === 'sqlite:' ? null : addressFault(KEYLEDGER_EVENTS);
  if (fault !== null)
    throw new Complaint('BAD_EVENTS', `KEYLEDGER_EVENTS is "${withoutSecrets(KEYLEDGER_EVENTS ?? '')}"; ${fault}.`);
  if (KEYLEDGER_VIEWS !== undefined && KEYLEDGER_VIEWS !== 'sqlite:' && !isPostgresAddress(KEYLEDGER_VIEWS))
    throw new Complaint(
      'BAD_VIEWS',
      `KEYLEDGER_VIEWS is "${withoutSecrets(KEYLEDGER_VIEWS)}"; it is sqlite: or postgresql://role@host:port/database.`,
    );
  if (NODE_ENV !== undefined && !NODE_ENVS.includes(NODE_ENV))
    throw new Complaint('BAD_NODE_ENV', `NODE_ENV is "${shown(NODE_ENV)}"; it is one of ${NODE_ENVS.join(', ')}.`);
  if (HOST !== undefined && !/^[A-Za-z0-9.:-]{1,255}$/.test(HOST))
    throw new Complaint('BAD_HOST', `HOST is "${shown(HOST)}"; it is an address to listen on, for example 127.0.0.1.`);
  if (KEYLEDGER_DATA === '')
    throw new Complaint('BAD_DATA', 'KEYLEDGER_DATA is empty; name the data folder, or leave it out.');
  return {
    port: PORT === undefined ? null : portOf(PORT),
    host: HOST ?? '127.0.0.1',
    folder: KEYLEDGER_DATA === undefined ? null : resolve(KEYLEDGER_DATA),
    nodeEnv: NODE_ENV ?? 'development',
    events: KEYLEDGER_EVENTS === 'sqlite:' ? null : KEYLEDGER_EVENTS,
    views: KEYLEDGER_VIEWS === undefined || KEYLEDGER_VIEWS === 'sqlite:' ? null : KEYLEDGER_VIEWS,
    log: oneOf('KEYLEDGER_LOG', KEYLEDGER_LOG, ['json', 'text'] as const) ?? null,
    metrics: oneOf('KEYLEDGER_METRICS', KEYLEDGER_METRICS, ['loopback', 'open'] as const) ?? 'loopback',
    traces: OTEL_EXPORTER_OTLP_ENDPOINT === undefined ? null : collectorOf(OTEL_EXPORTER_OTLP_ENDPOINT),
  };
}

function oneOf<Word extends string>(name: string, text: string | undefined, words: readonly Word[]): Word | undefined {
  if (text === undefined) return undefined;
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw new Complaint(
    `BAD_${name.replace('KEYLEDGER_', '')}`,
    `${name} is "${shown(text)}"; it is ${words.join(' or ')}.`,
  );
}

function collectorOf(text: string): string {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '')
    return text.replace(/\/+$/, '');
  throw new Complaint(
    'BAD_TRACES',
    `OTEL_EXPORTER_OTLP_ENDPOINT is "${withoutSecrets(text)}"; it is an http or https address without a password, for example http://127.0.0.1:4318.`,
  );
}

function portOf(text: string): number {
  if (/^[0-9]{1,5}$/.test(text) && Number(text) <= 65535) return Number(text);
  throw new Complaint('BAD_PORT', `PORT is "${shown(text)}"; it is a number from 0 to 65535.`);
}

/** An address that is none may hold a password all the same. */
function withoutSecrets(text: string): string {
  return shown(text.replace(/:[^:@]*@.*$/, ':…'));
}

function shown(text: string): string {
  return text.replace(/[^ -~]/g, '?').slice(0, 60);
}
