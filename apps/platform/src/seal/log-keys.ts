/**
 * Rolling over the log key. While the file of the next key lies beside the present one, both sign every checkpoint; the
 * event that introduces it is sealed by both, and what a station needs to follow is kept beside the log for ever.
 */
import { createPrivateKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { logDecider, logStream } from '#libs/domain/log/log.ts';
import { type HandlePort, handle } from '#libs/event-store/handle.ts';
import { toBase64url, utf8 } from '#libs/kernel/bytes.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { derivedId } from '#libs/kernel/ids.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import type { LogKeyLink } from '#libs/kernel/trust-list.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';
import { openCheckpoint } from '#libs/seal/checkpoint.ts';
import { ed25519NoteKey, parseNoteKey } from '#libs/seal/note-key.ts';
import type { Sealer } from '#libs/seal/sealer.ts';
import type { Cosigner } from './cosigner.ts';

export type { LogKeyLink } from '#libs/kernel/trust-list.ts';

/** Beside the log. */
export const LOG_KEYS_FILE = 'log-keys.json';

export function linksIn(folder: string): readonly LogKeyLink[] {
  const octets = readWhole(join(folder, LOG_KEYS_FILE));
  return octets === null ? [] : (JSON.parse(Buffer.from(octets).toString('utf8')) as readonly LogKeyLink[]); // written here alone
}

/** What of the record concerns its key. */
interface SealedRecord extends Pick<HandlePort, 'store'> {
  readonly port: HandlePort;
  readonly sealer: Sealer;
  readonly cosigner: Cosigner;
}

export interface LogKeyPlace {
  readonly folder: string;
  readonly origin: string;
  readonly logKeyFile: string;
  readonly nextLogKeyFile?: string | undefined;
}

/**
 * Introduces the next key where there is one. Throws LOG_KEY_OTHER where the log introduced a key that does not sign here:
 * what is signed without it holds for nobody. Answers with what goes on until the introduction can be followed.
 */
export async function settleLogKey(
  record: SealedRecord,
  place: LogKeyPlace,
): Promise<{ readonly kept: Promise<void> }> {
  const { logKeyFile, nextLogKeyFile, origin } = place;
  const next = nextLogKeyFile === undefined || !existsSync(nextLogKeyFile) ? null : lineOf(origin, nextLogKeyFile);
  if (next !== null) {
    const outcome = await handle(record.port, {
      decider: logDecider,
      stream: logStream(),
      command: { do: 'IntroduceCheckpointKey', logKey: next },
      commandId: derivedId('introduce', next),
      actor: 'platform',
      operation: 'introduceCheckpointKey',
    });
    if (isRefusal(outcome)) throw new Error(`${outcome.code}: ${outcome.message}`);
  }
  const introduced = await lastIntroduced(record);
  const own = [lineOf(origin, logKeyFile), next];
  if (introduced !== null && !own.includes(keyIn(introduced)))
    throw new Error(
      `LOG_KEY_OTHER: The log introduced another key for its checkpoints than ${logKeyFile}; put that key in its place.`,
    );
  return {
    kept: next === null || introduced === null ? Promise.resolve() : keepLink(record, place.folder, introduced),
  };
}

function lineOf(origin: string, file: string): string {
  return ed25519NoteKey(origin, createPrivateKey(readFileSync(file))).line;
}

function keyIn({ data }: StoredEvent): string {
  return (data as { readonly logKey: string }).logKey; // of an event of the log room
}

async function lastIntroduced({ store }: SealedRecord): Promise<StoredEvent | null> {
  let last: StoredEvent | null = null;
  for await (const event of store.readStream(logStream())) if (event.type === 'CheckpointKeyIntroduced') last = event;
  return last;
}

const WITNESSES_MS = 2000;

/** Waits until witnesses saw it, where the founding asks for them; ends unfinished when the seal closes. */
async function keepLink({ sealer, cosigner }: SealedRecord, folder: string, event: StoredEvent): Promise<void> {
  const links = linksIn(folder);
  if (links.some((link) => lineIn(link) === keyIn(event))) return;
  const sealed = await sealer.sealed(event.position).catch(() => null);
  const index = sealer.indexOf(event.position);
  let checkpoint = cosigner.policy.quorum === 0 ? sealed : null;
  while (index !== null && checkpoint === null && sealer.failed === null)
    checkpoint = await cosigner.over(index + 1, WITNESSES_MS);
  if (index === null || checkpoint === null) return;
  const { position: _, revision, data, ...rest } = event;
  const link: LogKeyLink = {
    event: { ...rest, data: data as LogKeyLink['event']['data'], revision: Number(revision) }, // JSON, as every stored event's
    index,
    inclusion: sealer.inclusionProof(index, checkpoint.size).map(toBase64url),
    checkpoint: checkpoint.note,
  };
  replaceWhole(join(folder, LOG_KEYS_FILE), utf8(canonicalJson([...links, link])));
}

function lineIn({ event }: LogKeyLink): unknown {
  return (event.data as { readonly logKey?: unknown }).logKey;
}

/** Whether stations can follow to a key from what is kept in this folder: both keys sealed its introduction. */
export function isFollowable(folder: string, before: string, next: string): boolean {
  const [old, key] = [parseNoteKey(before), parseNoteKey(next)];
  const link = linksIn(folder).find((one) => lineIn(one) === next);
  if (link === undefined || isRefusal(old) || isRefusal(key)) return false;
  return [old, key].every((one) => !isRefusal(openCheckpoint(link.checkpoint, one)));
}
