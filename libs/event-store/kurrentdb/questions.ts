/**
 * Reads as the protocol has them, over the driver's own stub and connection: they end when they are told to, and give the
 * stored octets. The driver's readStream and readAll go through its native part, which does neither.
 */
import type { KurrentDBClient } from '@kurrent/kurrentdb-client';
import streamsService from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb.js';
import shared from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb.js';
import streams from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';

type Options = streams.ReadReq.Options;

/** An event as it lies in the database. */
export interface Recorded {
  readonly stream: string;
  readonly revision: bigint;
  readonly commit: bigint;
  readonly prepare: bigint;
  readonly id: string;
  readonly type: string;
  readonly json: boolean;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface StreamQuestion {
  readonly stream: string;
  readonly from: bigint | 'end';
  readonly backwards: boolean;
  readonly many: number;
}

export interface AllQuestion {
  /** A commit position: forwards from it inclusive, backwards what lies before it. */
  readonly from: bigint | 'start' | 'end';
  readonly backwards: boolean;
  /** The streams that are meant begin with one of these. */
  readonly prefixes: readonly string[];
  readonly many: number;
}

export function streamQuestion({ stream, from, backwards, many }: StreamQuestion): streams.ReadReq {
  const name = new shared.StreamIdentifier().setStreamName(Buffer.from(stream, 'utf8').toString('base64'));
  const asked = new streams.ReadReq.Options.StreamOptions().setStreamIdentifier(name);
  if (from === 'end') asked.setEnd(new shared.Empty());
  else asked.setRevision(from.toString());
  const options = new streams.ReadReq.Options().setStream(asked).setNoFilter(new shared.Empty());
  return question(options, backwards, many);
}

export function allQuestion({ from, backwards, prefixes, many }: AllQuestion): streams.ReadReq {
  const asked = new streams.ReadReq.Options.AllOptions();
  if (from === 'start') asked.setStart(new shared.Empty());
  else if (from === 'end') asked.setEnd(new shared.Empty());
  else {
    const position = new streams.ReadReq.Options.Position();
    position.setCommitPosition(from.toString()).setPreparePosition(from.toString());
    asked.setPosition(position);
  }
  const names = new streams.ReadReq.Options.FilterOptions.Expression().setPrefixList([...prefixes]);
  const filter = new streams.ReadReq.Options.FilterOptions().setStreamIdentifier(names);
  filter.setCount(new shared.Empty()).setCheckpointintervalmultiplier(1);
  return question(new streams.ReadReq.Options().setAll(asked).setFilter(filter), backwards, many);
}

function question(options: Options, backwards: boolean, many: number): streams.ReadReq {
  const { FORWARDS, BACKWARDS } = streams.ReadReq.Options.ReadDirection;
  options.setReadDirection(backwards ? BACKWARDS : FORWARDS).setCount(many.toString());
  options.setUuidOption(new streams.ReadReq.Options.UUIDOption().setString(new shared.Empty()));
  return new streams.ReadReq().setOptions(options);
}

/** An absent stream has no events. Ends with its signal. Throws what the driver throws. */
export async function answersTo(
  client: KurrentDBClient,
  asked: streams.ReadReq,
  limits: { readonly signal: AbortSignal; readonly deadlineMs: number },
): Promise<readonly Recorded[]> {
  const call = { requiresLeader: true, deadline: limits.deadlineMs };
  const reading = await client['GRPCStreamCreator'](streamsService.StreamsClient, 'read', (stub) =>
    stub.read(asked, ...client['callArguments'](call)),
  )();
  const cancel = (): void => reading.cancel();
  limits.signal.addEventListener('abort', cancel);
  if (limits.signal.aborted) cancel();
  const all: Recorded[] = [];
  try {
    for await (const answer of reading as AsyncIterable<streams.ReadResp>) {
      const event = answer.getEvent()?.getEvent();
      if (event !== undefined) all.push(recordedOf(event));
    }
    return all;
  } finally {
    limits.signal.removeEventListener('abort', cancel);
  }
}

function recordedOf(event: streams.ReadResp.ReadEvent.RecordedEvent): Recorded {
  const metadata = event.getMetadataMap();
  return {
    stream: Buffer.from(event.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8'),
    revision: BigInt(event.getStreamRevision()),
    commit: BigInt(event.getCommitPosition()),
    prepare: BigInt(event.getPreparePosition()),
    id: event.getId()?.getString() ?? '',
    type: metadata.get('type') ?? '',
    json: metadata.get('content-type') === 'application/json',
    data: event.getData_asU8(),
    metadata: event.getCustomMetadata_asU8(),
  };
}
