/** A process of its own that holds a log: appends events until it is killed and tells each acknowledged one. */
import { newEvent } from '../contract/harness.ts';
import { openSqliteStore } from './sqlite-store.ts';

process.on('disconnect', () => process.exit());

const store = await openSqliteStore(process.argv[2] ?? '');
const head = await store.streamHead('held-1');
for (let revision = head ?? -1n; ; revision += 1n) {
  const expected = revision < 0n ? 'no_stream' : revision;
  const appended = await store.append({ stream: 'held-1', expected, events: [newEvent()] });
  process.send?.(String(appended.revision));
}
