/** Users and access lists of our test server, as the documentation of the real one tells them. */
import type { Metadata } from '@grpc/grpc-js';
import type { TestDatabase } from './database.ts';

/** Read, write, delete a stream; read and write its metadata. */
export type Act = '$r' | '$w' | '$d' | '$mr' | '$mw';

/** Passwords by user name; `admin` belongs to the group `$admins`. Null: a server that runs without security. */
export type Users = Readonly<Record<string, string>> | null;

type Acl = Readonly<Partial<Record<Act, string | readonly string[]>>>;

/** The caller's name; null for nobody, undefined for a wrong password. */
export function callerOf(metadata: Metadata, users: Users): string | null | undefined {
  const [header] = metadata.get('authorization');
  if (users === null || header === undefined) return null;
  const [name = '', password] = Buffer.from(String(header).replace(/^basic /i, ''), 'base64')
    .toString('utf8')
    .split(/:(.*)/s);
  return users[name] === password ? name : undefined;
}

export function mayDo(database: TestDatabase, users: Users, caller: string | null, stream: string, act: Act): boolean {
  if (users === null || caller === 'admin') return true;
  if (stream.startsWith('$$')) return mayDo(database, users, caller, stream.slice(2), act === '$r' ? '$mr' : '$mw');
  const own = database.lastJson(`$$${stream}`)?.['$acl'] as Acl | undefined;
  const settings = database.lastJson('$settings');
  const [which, otherwise] = stream.startsWith('$') ? ['$systemStreamAcl', '$admins'] : ['$userStreamAcl', '$all'];
  const roles = own?.[act] ?? (settings?.[which] as Acl | undefined)?.[act] ?? otherwise;
  const list = typeof roles === 'string' ? [roles] : roles;
  return list.includes('$all') || (caller !== null && list.includes(caller));
}
