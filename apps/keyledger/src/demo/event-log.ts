/** Where the record of a deployment lies, chosen when it is founded: the event file in its folder, a PostgreSQL log or a KurrentDB one. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UPCASTERS } from '#libs/domain/upcasters.ts';
import type { LogReader } from '#libs/event-store/log-reader.ts';
import { withDriver } from '#libs/event-store/kurrentdb/driver.ts';
import { openPostgresReadOnly } from '#libs/event-store/postgresql/read-only.ts';
import { openSqliteReadOnly } from '#libs/event-store/sqlite/read-only.ts';
import { upcastingReader } from '#libs/event-store/upcast.ts';
import { utf8 } from '#libs/kernel/bytes.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';
import { Complaint } from '../config.ts';
import { addressFault, meansKurrent, shownLogAddress } from './log-address.ts';

/** Beside where the event file would lie; like the keys there it is its owner's alone, for it may hold a password. */
function addressFile(events: string): string {
  return join(dirname(events), 'events.address');
}

/** Null where the record lies in the event file. Throws Complaint BAD_EVENTS. */
export function addressOf(events: string): string | null {
  const kept = readWhole(addressFile(events));
  if (kept === null) return null;
  const address = Buffer.from(kept).toString('utf8').trim();
  if (addressFault(address) === null) return address;
  throw new Complaint('BAD_EVENTS', `The file ${addressFile(events)} holds no address of a log.`);
}

/** What KEYLEDGER_EVENTS said, held against what was chosen before. Undefined: nothing was said. Throws Complaint EVENTS_CHOSEN. */
export function chooseEvents(events: string, said: string | null | undefined): void {
  if (said === undefined) return;
  const chosen = addressOf(events);
  if (said === null && chosen !== null)
    throw new Complaint(
      'EVENTS_CHOSEN',
      `The record of this folder lies in ${shownLogAddress(chosen)}; that was chosen at its founding.`,
    );
  if (said !== null && existsSync(events))
    throw new Complaint('EVENTS_CHOSEN', `The record lies in ${events}; that was chosen at its founding.`);
  if (said !== null && said !== chosen) replaceWhole(addressFile(events), utf8(`${said}\n`));
}

/** Whether anything was ever founded there. */
export function logStands(events: string): boolean {
  return existsSync(events) || existsSync(addressFile(events));
}

/** Its events as today's versions of their types, its rows as they are stored. Throws as the readers of the engines do. */
export async function openLogReader(events: string): Promise<LogReader> {
  const address = addressOf(events);
  const reader = address === null ? await openSqliteReadOnly(events) : await openOnServer(address);
  return upcastingReader(UPCASTERS, reader);
}

/** KurrentDB's driver is large and has native parts: it is loaded where it is needed. */
async function openOnServer(address: string): Promise<LogReader> {
  if (!meansKurrent(address)) return openPostgresReadOnly(address);
  const { openKurrentReadOnly } = await withDriver(() => import('#libs/event-store/kurrentdb/read-only.ts'));
  return openKurrentReadOnly(address);
}
