/** Reads and subscriptions of our test server. */
import { randomUUID } from 'node:crypto';
import type { ServerWritableStream } from '@grpc/grpc-js';
import streams from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import type { Stored, TestDatabase } from './database.ts';
import { caughtUp, checkpoint, confirmation, nameOf, notFound, readEvent } from './messages.ts';
import { writable } from './writable.ts';

type Call = ServerWritableStream<streams.ReadReq, streams.ReadResp>;
type Options = streams.ReadReq.Options;

const PAGE = 16;
const [FIRST, LAST] = [0n, 2n ** 63n - 1n];
const CHECKPOINT_EVERY = 32;

export async function read(call: Call, database: TestDatabase): Promise<void> {
  const options = call.request.getOptions() ?? new streams.ReadReq.Options();
  if (options.hasSubscription()) await subscription(call, database, options);
  else if (options.hasAll()) await all(call, database, options);
  else await stream(call, database, options);
}

async function stream(call: Call, database: TestDatabase, options: Options): Promise<void> {
  const asked = options.getStream() ?? new streams.ReadReq.Options.StreamOptions();
  const name = nameOf(asked.getStreamIdentifier());
  if (database.headOf(name) < 0n) {
    await send(call, notFound(name));
    return;
  }
  const backwards = isBackwards(options);
  const step = backwards ? -1n : 1n;
  const revision = BigInt(asked.getRevision() || 0);
  let from = asked.hasEnd() ? LAST : asked.hasStart() ? FIRST : revision > LAST ? LAST : revision;
  for (let left = countOf(options); left > 0 && !call.cancelled;) {
    const page = database.readStream(name, { from, backwards, limit: Math.min(PAGE, left) });
    for (const event of page) await send(call, readEvent(event, isStructured(options)));
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    from = last.revision + step;
    left -= page.length;
  }
}

async function all(call: Call, database: TestDatabase, options: Options): Promise<void> {
  const backwards = isBackwards(options);
  const passes = filterOf(options);
  let from = startOf(options, backwards);
  let left = countOf(options);
  while (left > 0 && !call.cancelled) {
    const page = database.readAll({ from, backwards, limit: PAGE });
    for (const event of page.filter(passes)) {
      if (left <= 0) return;
      await send(call, readEvent(event, isStructured(options)));
      left -= 1;
    }
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    from = backwards ? last.position : last.position + 1n;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** After a position exclusive, as the real server has it; a checkpoint whenever so many events were looked at. */
async function subscription(call: Call, database: TestDatabase, options: Options): Promise<void> {
  await send(call, confirmation(randomUUID()));
  const passes = filterOf(options);
  const filter = options.getFilter();
  const every = (filter?.getMax() || CHECKPOINT_EVERY) * (filter?.getCheckpointintervalmultiplier() || 1);
  const place = options.getAll();
  let after = place?.hasEnd() === true ? database.end : place?.hasStart() === true ? -1n : startOf(options, false);
  let [considered, live] = [0, false];
  for (let wake = Promise.withResolvers<void>(); !call.cancelled; wake = Promise.withResolvers<void>()) {
    const deaf = database.onCommit(wake.resolve);
    call.once('cancelled', wake.resolve);
    const page = database.readAll({ from: after + 1n, backwards: false, limit: PAGE });
    for (const event of page) {
      if (passes(event)) await send(call, readEvent(event, isStructured(options)));
      considered += 1;
      if (filter !== undefined && considered % every === 0) await send(call, checkpoint(event.position));
      after = event.position;
    }
    if (page.length === 0) {
      if (!live) await send(call, caughtUp());
      live = true;
      await wake.promise;
    }
    deaf();
    call.off('cancelled', wake.resolve);
  }
}

function startOf(options: Options, backwards: boolean): bigint {
  const place = options.getAll();
  if (place?.hasEnd() === true) return LAST;
  if (place?.hasStart() === true) return backwards ? LAST : FIRST;
  const position = BigInt(place?.getPosition()?.getCommitPosition() || 0);
  return position > LAST ? LAST : position;
}

function isBackwards(options: Options): boolean {
  return options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
}

function isStructured(options: Options): boolean {
  return options.getUuidOption()?.hasString() !== true;
}

function countOf(options: Options): number {
  return Number(options.getCount() || 0);
}

function filterOf(options: Options): (event: Stored) => boolean {
  const filter = options.getFilter();
  if (filter === undefined) return () => true;
  const expression = filter.getStreamIdentifier() ?? filter.getEventType();
  const regex = expression?.getRegex() ?? '';
  const prefixes = expression?.getPrefixList() ?? [];
  const matches = (text: string) =>
    regex === '' ? prefixes.some((prefix) => text.startsWith(prefix)) : new RegExp(regex, 'u').test(text);
  return (event) => matches(filter.hasStreamIdentifier() ? event.stream : event.type);
}

/** As fast as the reader reads. */
async function send(call: Call, message: streams.ReadResp): Promise<void> {
  if (call.cancelled || call.write(message)) return;
  await writable(call);
}
