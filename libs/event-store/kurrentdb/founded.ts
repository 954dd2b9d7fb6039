/** What an administrator lays down once in a KurrentDB database before a log is written there, and what a platform looks for. */
import { type KurrentDBClient, jsonEvent } from '@kurrent/kurrentdb-client';
import { uuidv7 } from '#libs/kernel/ids.ts';
import type { Call } from '../event-store.ts';
import { EventStoreError } from '../event-store.ts';
import type { KurrentAddress } from './address.ts';
import { asEventStoreError, isAccessDenied, isWrongVersion } from './failure.ts';
import { KurrentLink } from './link.ts';
import { answersTo, streamQuestion } from './questions.ts';

export const FORMAT = 1;
const FOUND_MS = 30_000;
const USER = /^[a-z_][a-z0-9_.-]{0,62}$/;
const [ADMINS, SETTINGS, ALL] = ['$admins', '$settings', '$all'];

/** Beside the log's own streams, so that what it holds is no event of the log. */
export function identityStream(log: string): string {
  return `${log}!log`;
}

type Roles = string | readonly string[] | undefined;

/** Who stood there already keeps what he had: a database may hold several logs, and their writers then trust each other. */
function joined(had: Roles, user: string): readonly string[] {
  const before = had === undefined ? [ADMINS] : typeof had === 'string' ? [had] : had;
  return [...new Set([...before.filter((role) => role !== '$all'), ADMINS, user])];
}

/** By default, in the whole database: writers read and write, and nobody but administrators deletes or hides anything. */
function settingsFor(user: string, had: unknown): object {
  const before = ((had ?? {}) as { readonly $userStreamAcl?: Readonly<Record<string, Roles>> }).$userStreamAcl ?? {};
  const both = joined(before['$w'], user);
  const admins = { $r: ADMINS, $w: ADMINS, $d: ADMINS, $mr: ADMINS, $mw: ADMINS };
  return { $userStreamAcl: { ...admins, $r: both, $w: both, $mr: both }, $systemStreamAcl: admins };
}

/** The rights of the writing user, in the two places where KurrentDB keeps such. */
async function grant(link: KurrentLink, user: string): Promise<void> {
  const last = (stream: string) => (client: KurrentDBClient, signal: AbortSignal) =>
    answersTo(client, streamQuestion({ stream, from: 'end', backwards: true, many: 1 }), {
      signal,
      deadlineMs: FOUND_MS,
    });
  const [settings] = await link.once(last(SETTINGS), FOUND_MS);
  const changed = jsonEvent({
    type: 'update-default-acl',
    data: settingsFor(user, settings === undefined ? null : parsed(settings.data)) as never,
  });
  await link.once((client) => client.appendToStream(SETTINGS, changed), FOUND_MS);
  const [metadata] = await link.once(last(`$$${ALL}`), FOUND_MS);
  const acl =
    metadata === undefined ? undefined : (parsed(metadata.data) as { readonly $acl?: { readonly $r?: Roles } }).$acl;
  const readRoles = [...joined(acl?.$r, user)];
  await link.once((client) => client.setStreamMetadata(ALL, { acl: { readRoles } }), FOUND_MS);
}

function parsed(octets: Uint8Array): unknown {
  return JSON.parse(Buffer.from(octets).toString('utf8'));
}

/**
 * `owner` is the address of an administrator; `user` the name of the writing user, who was made there before. Where people
 * are not told apart (`tls=false`) only the log is laid down. Throws AccessDenied, Unavailable, and Unsupported where a log of that name stands.
 */
export async function foundKurrentLog(owner: KurrentAddress, user: string): Promise<void> {
  if (!USER.test(user))
    throw new EventStoreError(
      'Unsupported',
      'The writing user is named in small letters, digits, dots, hyphens and underscores.',
    );
  const link = new KurrentLink(owner, FOUND_MS);
  const { log, secure } = link.place;
  try {
    if (secure) await grant(link, user);
    const founded = jsonEvent({ type: 'KeyledgerLogFounded', data: { format: FORMAT, identity: uuidv7() } });
    await link.once(
      (client) => client.appendToStream(identityStream(log), founded, { streamState: 'no_stream' }),
      FOUND_MS,
    );
  } catch (error) {
    if (isWrongVersion(error))
      throw new EventStoreError(
        'Unsupported',
        `A log named ${log} stands in this database already; it is founded once.`,
      );
    throw asEventStoreError(error, owner);
  } finally {
    await link.close();
  }
}

/** The id of the log. Throws Corrupt where there is no log, Unsupported where it is of another format. */
export function identityIn(founded: unknown, log: string): string {
  const { identity, format } = (founded ?? {}) as { readonly identity?: unknown; readonly format?: unknown };
  if (typeof identity !== 'string' || identity === '')
    throw new EventStoreError(
      'Corrupt',
      `The database holds no event log named ${log}; an administrator founds one with: keyledger found-log --owner ADDRESS --role USER.`,
    );
  if (format !== FORMAT)
    throw new EventStoreError(
      'Unsupported',
      `The event log has format ${String(format)}; this version reads format ${FORMAT}.`,
    );
  return identity;
}

/** A revision that no stream has: what may be tried without being done. */
const NEVER = 2n ** 62n;

/** Throws AccessDenied for a user who may do more than add. Where people are not told apart nothing can be asked. */
export async function requireWriter(link: KurrentLink, call: Call = {}): Promise<void> {
  const { log, secure } = link.place;
  if (!secure) return;
  const stream = identityStream(log);
  const nothing = jsonEvent({ type: '$metadata', data: {} });
  const deletes = (client: KurrentDBClient) => client.deleteStream(stream, { expectedRevision: NEVER });
  const hides = (client: KurrentDBClient) => client.appendToStream(`$$${stream}`, nothing, { streamState: NEVER });
  for (const attempt of [deletes, hides]) {
    try {
      await link.once(attempt, call.timeoutMs ?? link.callMs);
    } catch (error) {
      if (isAccessDenied(error)) continue;
      if (!isWrongVersion(error)) throw asEventStoreError(error, link.address);
    }
    throw new EventStoreError(
      'AccessDenied',
      'The user may change what is stored; write as the user that was named when the log was founded.',
    );
  }
}
