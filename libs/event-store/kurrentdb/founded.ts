/** What an administrator lays down once in a KurrentDB database before a log is written there, and what a platform looks for. */
import { type KurrentDBClient, jsonEvent } from '@kurrent/kurrentdb-client';
import { uuidv7 } from '#libs/kernel/ids.ts';
import type { Call } from '../event-store.ts';
import { EventStoreError } from '../event-store.ts';
import type { KurrentAddress } from './address.ts';
import { asEventStoreError, isAccessDenied, isWrongVersion } from './failure.ts';
import { KurrentLink } from './link.ts';

export const FORMAT = 1;
const FOUND_MS = 30_000;
const USER = /^[a-z_][a-z0-9_.-]{0,62}$/;
const [ADMINS, SETTINGS, ALL] = ['$admins', '$settings', '$all'];

/** Beside the log's own streams, so that what it holds is no event of the log. */
export function identityStream(log: string): string {
  return `${log}!log`;
}

/** By default, in the whole database: the writer reads and writes, and nobody but administrators deletes or hides anything. */
function settingsFor(user: string): object {
  const both = [ADMINS, user];
  const admins = { $r: ADMINS, $w: ADMINS, $d: ADMINS, $mr: ADMINS, $mw: ADMINS };
  return { $userStreamAcl: { ...admins, $r: both, $w: both, $mr: both }, $systemStreamAcl: admins };
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
  const write = (work: (client: KurrentDBClient) => Promise<unknown>) => link.once(work, FOUND_MS);
  try {
    if (secure) {
      const settings = jsonEvent({ type: 'update-default-acl', data: settingsFor(user) as never });
      await write((client) => client.appendToStream(SETTINGS, settings));
      await write((client) => client.setStreamMetadata(ALL, { acl: { readRoles: [ADMINS, user] } }));
    }
    const founded = jsonEvent({ type: 'KeyledgerLogFounded', data: { format: FORMAT, identity: uuidv7() } });
    await write((client) => client.appendToStream(identityStream(log), founded, { streamState: 'no_stream' }));
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
