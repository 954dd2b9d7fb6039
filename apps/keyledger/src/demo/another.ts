/** A further platform of a deployment, in a folder of its own: what it needs of the first one, and nothing of its record. */
import { copyFileSync, cpSync, existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Founding } from '#libs/domain/log/log.ts';
import { isPostgresAddress } from '#libs/event-store/postgresql/address.ts';
import { readWhole } from '#libs/local/durable-file.ts';
import { Complaint } from '../config.ts';
import { addressOf } from './event-log.ts';
import { type Places, placesIn } from './places.ts';

/** Beside keys and lists: what its operator wrote down. */
const WRITTEN = ['events.address', 'webhooks.json', 'provider.json', 'trusted-documents.json'];

/**
 * Copies the founding, the platform's keys and lists, and what was written down beside them, where they are not there yet.
 * Never checkpoints, places or tiles: each platform makes its own from the one log. Throws Complaint NOT_FOUNDED.
 */
export function standBeside(folder: string, like: string): void {
  const [from, to] = [placesIn(like), placesIn(folder)];
  if (!existsSync(from.founding)) throw new Complaint('NOT_FOUNDED', `No deployment was founded in ${like}.`);
  mkdirSync(to.platform.folder, { recursive: true, mode: 0o700 });
  const { logKey, nextLogKey, listKey, crl, crls } = from.platform;
  const written = WRITTEN.map((name) => join(from.platform.folder, name));
  for (const file of [logKey, nextLogKey, listKey, crl, ...written]) {
    const copy = join(to.platform.folder, basename(file));
    if (existsSync(file) && !existsSync(copy)) copyFileSync(file, copy);
  }
  if (existsSync(crls)) cpSync(crls, to.platform.crls, { recursive: true });
  if (!existsSync(to.founding)) copyFileSync(from.founding, to.founding); // last: what is founded is whole
}

export interface Standing {
  readonly places: Places;
  readonly founding: Founding;
}

/**
 * `alone`: whether it serves only while no other platform of the deployment does. Throws Complaint NOT_FOUNDED, ONE_PROCESS where
 * the record is a file, and STANDBY_ONLY where its engine keeps no leases by which two platforms serve at once.
 */
export function standingIn(folder: string, alone: boolean): Standing {
  const places = placesIn(folder);
  const founding = readWhole(places.founding);
  if (founding === null) throw new Complaint('NOT_FOUNDED', `No deployment was founded in ${folder}; see --like.`);
  const address = addressOf(places.platform.events);
  if (address !== null && !alone && !isPostgresAddress(address))
    throw new Complaint('STANDBY_ONLY', 'Two platforms serve at once behind a PostgreSQL log alone; see --standby.');
  if (address === null)
    throw new Complaint(
      'ONE_PROCESS',
      'The record of this deployment is a file, which is of one process; two platforms share a record on PostgreSQL.',
    );
  return { places, founding: JSON.parse(Buffer.from(founding).toString('utf8')) as Founding }; // our own file
}
