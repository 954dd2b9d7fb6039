/**
 * A process of its own that appends under load until it is killed, and tells each acknowledged event. Writer `n` writes the
 * stream `w-n`; its event `i` has an id that follows from both. Taken up again, each writer first repeats its last event.
 */
import { newEvent } from '#libs/event-store/contract/harness.ts';
import { type EventStore, isEventStoreError } from '#libs/event-store/event-store.ts';
import { openKurrentStore } from '#libs/event-store/kurrentdb/kurrentdb-store.ts';
import { openPostgresStore } from '#libs/event-store/postgresql/postgresql-store.ts';
import { openSqliteStore } from '#libs/event-store/sqlite/sqlite-store.ts';
import { derivedId } from '#libs/kernel/ids.ts';

process.on('disconnect', () => process.exit());

const idOf = (writer: number, index: bigint): string => derivedId('load', String(writer), String(index));

const [log = '', writers = '16'] = process.argv.slice(2);
await load();

async function load(): Promise<void> {
  const store = await opened();
  await Promise.all(Array.from({ length: Number(writers) }, (_, writer) => write(store, writer)));
}

function opened(): Promise<EventStore> {
  if (log.startsWith('kurrentdb:')) return openKurrentStore(log, { callMs: 5000 });
  return log.startsWith('postgresql:') ? openPostgresStore(log, { callMs: 2000 }) : openSqliteStore(log);
}

async function write(store: EventStore, writer: number): Promise<void> {
  const stream = `w-${writer}`;
  const head = await insisting(() => store.streamHead(stream));
  for (let index = head ?? 0n; ; index += 1n) {
    const events = [newEvent({ id: idOf(writer, index), data: { index: Number(index), text: 'x'.repeat(400) } })];
    const expected = index === 0n ? 'no_stream' : index - 1n;
    const appended = await insisting(() => store.append({ stream, expected, events }));
    if (appended.revision !== index) throw new Error(`${stream}: ${appended.revision} instead of ${index}`);
    process.send?.({ writer, index: Number(index) });
  }
}

/** A server that is away comes back, and the same request again tells what became of it. */
async function insisting<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isEventStoreError(error, 'Unavailable') && !isEventStoreError(error, 'OutcomeUnknown')) throw error;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
}
