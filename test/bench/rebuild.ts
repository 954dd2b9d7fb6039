/** `npm run bench -- rebuild`: the views made anew from a log, beside reading and parsing the same log in the same run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SqliteReader, openSqliteReadOnly } from '#libs/event-store/sqlite/read-only.ts';
import { rebuild } from '#libs/views/projection.ts';
import { ViewFolder } from '#libs/views/sqlite/view-folder.ts';
import { writeBigLog } from './big-log.ts';
import { beside, measured, median, printRows } from './rows.ts';

const EVENTS = 300_000;
const ROUNDS = 3;

export async function benchRebuild(args: readonly string[]): Promise<void> {
  const events = Number(args[args.indexOf('--events') + 1] ?? NaN) || EVENTS;
  const folder = mkdtempSync(join(tmpdir(), 'keyledger-bench-'));
  try {
    const file = join(folder, 'events.sqlite');
    await writeBigLog(file, events);
    const [ours, peer]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      const reader = await openSqliteReadOnly(file);
      peer.push(await measured(events, () => drained(reader)));
      ours.push(await measured(events, () => rebuilt(reader, join(folder, `views-${round}`))));
      await reader.close();
    }
    const ratio = {
      work: 'views rebuilt',
      ours: median(ours),
      peer: median(peer),
      peerName: 'read and parsed',
      unit: '1/s',
    };
    printRows([beside(ratio, 0.4)], args.includes('--json'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function drained(reader: SqliteReader): Promise<void> {
  let octets = 0;
  for await (const event of reader.readAll()) octets += event.type.length;
  if (octets === 0) throw new Error('an empty log');
}

async function rebuilt(reader: SqliteReader, folder: string): Promise<void> {
  const done = await rebuild({
    log: await reader.identity(),
    events: reader.readAll(),
    factOf: async (judgement) => {
      for await (const fact of reader.readStream(judgement.stream, { from: judgement.revision - 1n, limit: 1 }))
        return fact;
      return null;
    },
    place: new ViewFolder(folder),
  });
  if (done === null) throw new Error('the rebuild was cut off');
}
