/** The keys that sign the log's checkpoints, one after the other: the founding names the first, events introduce the others. */
import type { StoredEvent } from '#libs/kernel/event.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { type NoteKey, parseNoteKey } from '#libs/seal/note-key.ts';

/** The key that an event of the log's own stream introduces; null for every other event. */
export function introducedKey({ stream, type, data }: Pick<StoredEvent, 'stream' | 'type' | 'data'>): NoteKey | null {
  if (stream !== 'log' || type !== 'CheckpointKeyIntroduced') return null;
  const logKey = (data as { readonly logKey?: unknown } | null)?.logKey;
  const key = typeof logKey === 'string' ? parseNoteKey(logKey) : null;
  return key === null || isRefusal(key) || key.says !== 'note' ? null : key;
}
