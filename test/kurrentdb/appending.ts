/** Appends and deletes of our test server. */
import type { ServerDuplexStream, ServerReadableStream, ServerUnaryCall, ServiceError } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import shared from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb.js';
import streams from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import type { Act } from './access.ts';
import { NO_STREAM, type Proposed, type TestDatabase } from './database.ts';
import {
  accessDenied,
  batchDone,
  batchRefused,
  expectedOf,
  failed,
  nameOf,
  proposedOf,
  uuidText,
  wrongVersion,
} from './messages.ts';
import { writable } from './writable.ts';

/** What a node adds to its database: who may, who leads, how slow it is. */
export interface Desk {
  readonly database: TestDatabase;
  readonly mayDo: (stream: string, act: Act) => boolean;
  /** Throws the error of a call that only the leader answers. */
  readonly requireLeader: () => void;
  readonly before: () => Promise<void>;
  readonly after: () => Promise<void>;
  readonly appendOctetsMax: number;
}

type Batch = ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>;

interface Open {
  readonly options: streams.BatchAppendReq.Options;
  readonly events: Proposed[];
}

/** One after the other, in the order in which they came. */
export async function batchAppend(call: Batch, desk: Desk): Promise<void> {
  const open = new Map<string, Open>();
  for await (const request of call as AsyncIterable<streams.BatchAppendReq>) {
    const id = uuidText(request.getCorrelationId());
    const options = request.getOptions();
    if (options !== undefined) open.set(id, { options, events: [] });
    const one = open.get(id);
    if (one === undefined) continue;
    one.events.push(...request.getProposedMessagesList().map(proposedOf));
    if (!request.getIsFinal()) continue;
    open.delete(id);
    await desk.before();
    const answer = answered(one, desk);
    await desk.after();
    answer.setCorrelationId(request.getCorrelationId()).setStreamIdentifier(one.options.getStreamIdentifier());
    if (!call.write(answer) && !call.cancelled) await writable(call);
  }
}

function answered({ options, events }: Open, desk: Desk): streams.BatchAppendResp {
  desk.requireLeader();
  const name = nameOf(options.getStreamIdentifier());
  const deadline = options.getDeadline21100()?.toDate().getTime() ?? Infinity;
  if (!desk.mayDo(name, '$w')) return batchRefused('Access Denied', 'AccessDenied', new shared.AccessDenied());
  if (deadline < Date.now()) return batchRefused('Timeout', 'Timeout', new shared.Timeout());
  if (octetsOf(events) > desk.appendOctetsMax) {
    const most = new shared.MaximumAppendSizeExceeded().setMaxappendsize(desk.appendOctetsMax);
    return batchRefused('Maximum Append Size Exceeded', 'MaximumAppendSizeExceeded', most);
  }
  const written = desk.database.append(name, expectedOf(options, options.getStreamPosition()), events);
  return written.is === 'wrong'
    ? batchRefused('WrongExpectedVersion', 'WrongExpectedVersion', wrongVersion(written.current))
    : batchDone(written.revision, written.position);
}

export async function append(
  call: ServerReadableStream<streams.AppendReq, streams.AppendResp>,
  desk: Desk,
): Promise<streams.AppendResp> {
  let options = new streams.AppendReq.Options();
  const events: Proposed[] = [];
  for await (const request of call as AsyncIterable<streams.AppendReq>) {
    options = request.getOptions() ?? options;
    const message = request.getProposedMessage();
    if (message !== undefined) events.push(proposedOf(message));
  }
  await desk.before();
  desk.requireLeader();
  const name = nameOf(options.getStreamIdentifier());
  if (!desk.mayDo(name, '$w')) throw accessDenied();
  if (octetsOf(events) > desk.appendOctetsMax) throw tooLarge(desk.appendOctetsMax);
  const written = desk.database.append(name, expectedOf(options, options.getRevision()), events);
  await desk.after();
  const answer = new streams.AppendResp();
  if (written.is === 'wrong') {
    const wrong = new streams.AppendResp.WrongExpectedVersion();
    if (written.current < 0n) wrong.setCurrentNoStream(new shared.Empty());
    else wrong.setCurrentRevision(written.current.toString());
    return answer.setWrongExpectedVersion(wrong);
  }
  const position = new streams.AppendResp.Position();
  position.setCommitPosition(written.position.toString()).setPreparePosition(written.position.toString());
  const done = new streams.AppendResp.Success().setCurrentRevision(written.revision.toString());
  return answer.setSuccess(done.setPosition(position));
}

/** A soft delete: its metadata then hides what stands in the stream. */
export async function remove(
  { request }: ServerUnaryCall<streams.DeleteReq, streams.DeleteResp>,
  desk: Desk,
): Promise<streams.DeleteResp> {
  await desk.before();
  desk.requireLeader();
  const options = request.getOptions() ?? new streams.DeleteReq.Options();
  const name = nameOf(options.getStreamIdentifier());
  if (!desk.mayDo(name, '$d')) throw accessDenied();
  const [expected, head] = [expectedOf(options, options.getRevision()), desk.database.headOf(name)];
  if (expected > NO_STREAM && expected !== head)
    throw failed(status.FAILED_PRECONDITION, 'Delete failed due to WrongExpectedVersion.', {
      exception: 'wrong-expected-version',
      'stream-name': name,
      'expected-version': String(expected),
      'actual-version': String(head),
    });
  const data = Buffer.from(JSON.stringify({ $tb: Number.MAX_SAFE_INTEGER }), 'utf8');
  const hiding = { id: crypto.randomUUID(), type: '$metadata', json: true, data, metadata: new Uint8Array() };
  desk.database.append(`$$${name}`, desk.database.headOf(`$$${name}`), [hiding]);
  return new streams.DeleteResp().setNoPosition(new shared.Empty());
}

function octetsOf(events: readonly Proposed[]): number {
  return events.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);
}

function tooLarge(most: number): ServiceError {
  return failed(status.INVALID_ARGUMENT, `Maximum Append Size of ${most} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(most),
  });
}
