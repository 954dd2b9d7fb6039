/**
 * `npm run bench -- rebuild`: the audit trail made anew from a log, with its indexes, and then all the views, beside reading and
 * parsing the same log in the same run.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SqliteReader, openSqliteReadOnly } from '#libs/event-store/sqlite/read-only.ts';
import { eventView } from '#libs/views/event/event.ts';
import { rebuild } from '#libs/views/projection.ts';
import { ViewFolder } from '#libs/views/sqlite/view-folder.ts';
import type { View } from '#libs/views/view.ts';
import { VIEWS } from '#libs/views/views.ts';
import { writeBigLog } from './big-log.ts';
import { costRow, cpuMicros, machine, measured, median, printRows } from './rows.ts';

const EVENTS = 300_000;
const ROUNDS = 3;
const PEER = 'read and parsed';

interface Contender {
  readonly run: (reader: SqliteReader, folder: string) => Promise<void>;
  readonly perSecond: number[];
  /** Microseconds of processor time an event. */
  readonly cost: number[];
}

export async function benchRebuild(args: readonly string[]): Promise<void> {
  const events = Number(args[args.indexOf('--events') + 1] ?? NaN) || EVENTS;
  const rounds = Number(args[args.indexOf('--rounds') + 1]) || ROUNDS;
  const folder = mkdtempSync(join(tmpdir(), 'keyledger-bench-'));
  const of = (run: Contender['run']): Contender => ({ run, perSecond: [], cost: [] });
  const peer = of(drained);
  const audit = of((reader, place) => rebuilt(reader, place, [eventView]));
  const all = of((reader, place) => rebuilt(reader, place, VIEWS));
  try {
    const file = join(folder, 'events.sqlite');
    await writeBigLog(file, events);
    for (let round = 0; round < rounds; round += 1)
      for (const { run, perSecond, cost } of [peer, audit, all]) {
        const reader = await openSqliteReadOnly(file);
        const [place, spent] = [join(folder, 'views'), cpuMicros()];
        perSecond.push(await measured(events, () => run(reader, place)));
        cost.push((cpuMicros() - spent) / events);
        rmSync(place, { recursive: true, force: true });
        await reader.close();
      }
    const json = args.includes('--json');
    if (!json) console.log(`${events} events, ${rounds} rounds, ratios by round; ${machine()}`);
    printRows(
      [
        [ratioRow('audit view rebuilt', audit, peer), '>= 0.4'],
        [ratioRow('all views rebuilt', all, peer), 'for comparison'],
        costRow('audit view rebuilt', audit.cost, peer.cost, PEER),
        costRow('all views rebuilt', all.cost, peer.cost, PEER),
      ],
      json,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function ratioRow(work: string, { perSecond }: Contender, peer: Contender) {
  const ratio = median(perSecond.map((one, round) => one / (peer.perSecond[round] ?? NaN)));
  const [ours, its] = [median(perSecond), median(peer.perSecond)];
  return { work, ours, peer: its, peerName: PEER, limit: null, ratio, unit: 'events/s' };
}

async function drained(reader: SqliteReader): Promise<void> {
  let octets = 0;
  for await (const event of reader.readAll()) octets += event.type.length;
  if (octets === 0) throw new Error('an empty log');
}

async function rebuilt(reader: SqliteReader, folder: string, views: readonly View[]): Promise<void> {
  const done = await rebuild({
    log: await reader.identity(),
    events: reader.readAll(),
    factOf: async (judgement) => {
      for await (const fact of reader.readStream(judgement.stream, { from: judgement.revision - 1n, limit: 1 }))
        return fact;
      return null;
    },
    place: new ViewFolder(folder),
    views,
  });
  if (done === null) throw new Error('the rebuild was cut off');
}
