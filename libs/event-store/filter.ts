/** The one meaning of a filter: which events match it. Engines may ask their database the same question. */
import type { StoredEvent } from '#libs/kernel/event.ts';
import type { Filter } from './event-store.ts';

export function matches(filter: Filter | undefined, event: Pick<StoredEvent, 'stream' | 'type'>): boolean {
  const begins = (text: string, prefixes: readonly string[] | undefined) =>
    prefixes === undefined || prefixes.some((prefix) => text.startsWith(prefix));
  return (
    filter === undefined || (begins(event.stream, filter.streamPrefixes) && begins(event.type, filter.typePrefixes))
  );
}
